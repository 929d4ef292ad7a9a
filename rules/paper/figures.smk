# The figures of the networks, from tidy tables: one rule for those with a panel for each row of a table.
from scaling.paper.contents import FIGURES, PANELLED

# Figure 10 shows one cell: the first CNN.
TRAJECTORY_CELL = next(
    (cell for cell in STUDY.cells if cell.startswith("CNN_")),
    next(iter(STUDY.cells), ""),
)
TARGETS += [
    f"results/figures/fig{number}.{kind}"
    for number, figure in FIGURES.items()
    if (figure.rows and rows_of("", figure.rows)) or (number == 10 and TRAJECTORY_CELL)
    for kind in ("pdf", "png")
]


def figure_of(wildcards):
    return FIGURES[int(wildcards.number)]


def figure_labels(wildcards):
    """A figure's labels in the report; its number such that their order, which is the alphabet's, is the paper's."""
    return {"figure": wildcards.number.zfill(2), "shows": figure_of(wildcards).shows}


def figure_files(wildcards):
    """The tables of a figure's panels, by the options of its step."""
    figure = figure_of(wildcards)
    rows = rows_of(wildcards.of, figure.rows)
    return {option: [row.file(folder, ending) for row in rows] for option, folder, ending in figure.needs}


def figure_settings(wildcards):
    """For captions: how the runs of the figure came about, a line for each cell and variant."""
    source = source_of(wildcards.of)
    return source.words(source.rows(wildcards.of, figure_of(wildcards).rows))


rule figure:
    input:
        unpack(figure_files),
    output:
        pdf="results/{of}figures/fig{number}.pdf",
        png=report(
            "results/{of}figures/fig{number}.png",
            caption="captions/figures.rst",
            category="Figures",
            labels=figure_labels,
        ),
    log:
        "logs/figures/{of}fig{number}.log",
    wildcard_constraints:
        number="|".join(map(str, PANELLED)),
    localrule: True
    params:
        step=lambda wildcards: figure_of(wildcards).step,
        tables=lambda wildcards, input: options(dict(input.items())),
        settings=figure_settings,
        code=lambda wildcards: code(figure_of(wildcards).step),
    shell:
        'python "$SCALING_RUN" {params.step} {params.tables:q} --pdf {output.pdf:q} --png {output.png:q} > {log:q} 2>&1'


rule figure10:
    input:
        trajectories=f"results/trajectories/{TRAJECTORY_CELL}/baseline/{STUDY.norms[0]}.parquet",
    output:
        pdf="results/figures/fig10.pdf",
        png=report(
            "results/figures/fig10.png",
            caption="captions/trajectories.rst",
            category="Figures",
            labels={"figure": "10", "shows": FIGURES[10].shows},
        ),
    log:
        "logs/figures/fig10.log",
    localrule: True
    params:
        settings=lambda wildcards: source_of("").words([Row("", TRAJECTORY_CELL, "baseline", STUDY.norms[0])]),
        code=code("paper/trajectories"),
    shell:
        'python "$SCALING_RUN" paper/trajectories --trajectories {input.trajectories:q} --pdf {output.pdf:q} --png {output.png:q}'
        " > {log:q} 2>&1"


def figures_of_rows(of):
    """The figures, as PDF and PNG, of every kind of rows that a source has."""
    return [
        f"results/{of}figures/fig{number}.{kind}"
        for number, figure in PANELLED.items()
        if rows_of(of, figure.rows)
        for kind in ("pdf", "png")
    ]
