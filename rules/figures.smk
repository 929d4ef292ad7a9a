# The figures of the networks, from tidy tables.
from scaling.tables.paper import table_rows

# Which of the paper's tables a figure shows the rows of, one panel each.
TABLE_OF_FIGURE = {
    **dict.fromkeys(("3", "4", "11", "12"), 1),
    **dict.fromkeys(("13", "14", "15"), 3),
    **dict.fromkeys(("16", "17", "18"), 4),
    **dict.fromkeys(("19", "20", "21"), 5),
}
# Figure 10 shows one cell: the first CNN.
TRAJECTORY_CELL = (
    [cell for cell in STUDY.cells if cell.startswith("CNN_")] + list(STUDY.cells) + [""]
)[0]
NETWORK_FIGURES = [
    f"results/figures/fig{number}.{kind}"
    for number in map(str, range(3, 22))
    if (number in TABLE_OF_FIGURE and table_rows(STUDY, TABLE_OF_FIGURE[number]))
    or (number == "10" and TRAJECTORY_CELL)
    for kind in ("pdf", "png")
]


def figure_labels(shows):
    """A figure's labels in the report; its number such that their order, which is the alphabet's, is the paper's."""
    return lambda wildcards: {"figure": wildcards.number.zfill(2), "shows": shows}


def figure_panels(wildcards):
    """A figure's panels, as cell/variant/norm."""
    return [
        "/".join(row) for row in table_rows(STUDY, TABLE_OF_FIGURE[wildcards.number])
    ]


def settings_in_words(rows):
    """For captions: how the networks of these rows, cell/variant/norm, were trained, a line for each cell and variant."""
    trained = dict.fromkeys(tuple(row.split("/")[:2]) for row in rows)
    return [
        f"{cell} {variant}".removesuffix(" baseline").replace("_", " ")
        + f": {STUDY.training(cell, variant).in_words()}."
        for cell, variant in trained
    ]


def figure_settings(wildcards):
    return settings_in_words(figure_panels(wildcards))


def panel_files(pattern):
    """An input function: `pattern` filled in with each panel of a figure."""
    return lambda wildcards: expand(pattern, panel=figure_panels(wildcards))


rule figure_learning_curves:
    input:
        curves=panel_files("results/curves/{panel}.parquet"),
        optima=panel_files("results/curves/{panel}.optima.parquet"),
    output:
        pdf="results/figures/fig{number,3|13|16|19}.pdf",
        png=report(
            "results/figures/fig{number,3|13|16|19}.png",
            caption="captions/learning_curves.rst",
            category="Figures",
            labels=figure_labels("test error against norm"),
        ),
    log:
        "logs/figures/fig{number}.log",
    threads: 1
    params:
        panels=figure_panels,
        settings=figure_settings,
        code=code("draw_learning_curves"),
    shell:
        "python workflow_scripts/draw_learning_curves.py --panels {params.panels} --curves {input.curves}"
        " --optima {input.optima} --pdf {output.pdf} --png {output.png} > {log} 2>&1"


rule figure_collapse:
    input:
        curves=panel_files("results/curves/{panel}.parquet"),
        optima=panel_files("results/curves/{panel}.optima.parquet"),
    output:
        pdf="results/figures/fig{number,4|14|17|20}.pdf",
        png=report(
            "results/figures/fig{number,4|14|17|20}.png",
            caption="captions/collapse.rst",
            category="Figures",
            labels=figure_labels("curves rescaled by their optima"),
        ),
    log:
        "logs/figures/fig{number}.log",
    threads: 1
    params:
        panels=figure_panels,
        settings=figure_settings,
        code=code("draw_collapse"),
    shell:
        "python workflow_scripts/draw_collapse.py --panels {params.panels} --curves {input.curves}"
        " --optima {input.optima} --pdf {output.pdf} --png {output.png} > {log} 2>&1"


rule figure_trajectories:
    input:
        trajectories=f"results/trajectories/{TRAJECTORY_CELL}/baseline.parquet",
    output:
        pdf="results/figures/fig10.pdf",
        png=report(
            "results/figures/fig10.png",
            caption="captions/trajectories.rst",
            category="Figures",
            labels={
                "figure": "10",
                "shows": "test error and norm against training time",
            },
        ),
    log:
        "logs/figures/fig10.log",
    threads: 1
    params:
        norm=STUDY.norms[0],
        title=TRAJECTORY_CELL.replace("_", ", "),
        settings=settings_in_words(
            [f"{TRAJECTORY_CELL}/baseline"] if TRAJECTORY_CELL else []
        ),
        code=code("draw_trajectories"),
    shell:
        "python workflow_scripts/draw_trajectories.py --trajectories {input.trajectories} --norm {params.norm}"
        " --title {params.title:q} --pdf {output.pdf} --png {output.png} > {log} 2>&1"


rule figure_exponent_fits:
    input:
        curves=panel_files("results/curves/{panel}.parquet"),
        optima=panel_files("results/curves/{panel}.optima.parquet"),
        exponents=panel_files("results/exponents/{panel}.tsv"),
        local_fits=panel_files("results/exponents/{panel}.gamma_1.tsv"),
    output:
        pdf="results/figures/fig{number,11}.pdf",
        png=report(
            "results/figures/fig{number,11}.png",
            caption="captions/exponent_fits.rst",
            category="Figures",
            labels=figure_labels("fits of γ₁ and γ₂"),
        ),
    log:
        "logs/figures/fig{number}.log",
    threads: 1
    params:
        panels=figure_panels,
        settings=figure_settings,
        code=code("draw_exponent_fits"),
    shell:
        "python workflow_scripts/draw_exponent_fits.py --panels {params.panels} --curves {input.curves}"
        " --optima {input.optima} --exponents {input.exponents} --local-fits {input.local_fits}"
        " --pdf {output.pdf} --png {output.png} > {log} 2>&1"


rule figure_scaling_laws:
    input:
        optima=panel_files("results/curves/{panel}.optima.parquet"),
        exponents=panel_files("results/exponents/{panel}.tsv"),
    output:
        pdf="results/figures/fig{number,12|15|18|21}.pdf",
        png=report(
            "results/figures/fig{number,12|15|18|21}.png",
            caption="captions/scaling_laws.rst",
            category="Figures",
            labels=figure_labels("measured and predicted power laws"),
        ),
    log:
        "logs/figures/fig{number}.log",
    threads: 1
    params:
        panels=figure_panels,
        settings=figure_settings,
        code=code("draw_scaling_laws"),
    shell:
        "python workflow_scripts/draw_scaling_laws.py --panels {params.panels} --optima {input.optima}"
        " --exponents {input.exponents} --pdf {output.pdf} --png {output.png} > {log} 2>&1"


# The same figures from the published curves, of those panels whose files are there.
def published_panels(wildcards):
    rows = rows_of_table(TABLE_OF_FIGURE[wildcards.number])
    there = published_there(rows)
    if not there:
        files = ", ".join(sorted({row.file for row in rows}))
        raise WorkflowError(
            f"published figure {wildcards.number}: none of {files} is in {published_folder()}"
        )
    return there


def published_files(pattern):
    return lambda wildcards: expand(pattern, panel=published_panels(wildcards))


def published_figures(wildcards):
    """An input function: every figure that the published curves that are there can give."""
    return [
        f"results/published/figures/fig{number}.{kind}"
        for number, table in TABLE_OF_FIGURE.items()
        if published_there(rows_of_table(table))
        for kind in ("pdf", "png")
    ]


rule published_figures:
    input:
        published_figures,


use rule figure_learning_curves as published_figure_learning_curves with:
    input:
        curves=published_files("results/published/curves/{panel}.parquet"),
        optima=published_files("results/published/curves/{panel}.optima.parquet"),
    output:
        pdf="results/published/figures/fig{number,3|13|16|19}.pdf",
        png="results/published/figures/fig{number,3|13|16|19}.png",
    log:
        "logs/published_figures/fig{number}.log",
    params:
        panels=published_panels,
        code=code("draw_learning_curves"),


use rule figure_collapse as published_figure_collapse with:
    input:
        curves=published_files("results/published/curves/{panel}.parquet"),
        optima=published_files("results/published/curves/{panel}.optima.parquet"),
    output:
        pdf="results/published/figures/fig{number,4|14|17|20}.pdf",
        png="results/published/figures/fig{number,4|14|17|20}.png",
    log:
        "logs/published_figures/fig{number}.log",
    params:
        panels=published_panels,
        code=code("draw_collapse"),


use rule figure_exponent_fits as published_figure_exponent_fits with:
    input:
        curves=published_files("results/published/curves/{panel}.parquet"),
        optima=published_files("results/published/curves/{panel}.optima.parquet"),
        exponents=published_files("results/published/exponents/{panel}.tsv"),
        local_fits=published_files("results/published/exponents/{panel}.gamma_1.tsv"),
    output:
        pdf="results/published/figures/fig{number,11}.pdf",
        png="results/published/figures/fig{number,11}.png",
    log:
        "logs/published_figures/fig{number}.log",
    params:
        panels=published_panels,
        code=code("draw_exponent_fits"),


use rule figure_scaling_laws as published_figure_scaling_laws with:
    input:
        optima=published_files("results/published/curves/{panel}.optima.parquet"),
        exponents=published_files("results/published/exponents/{panel}.tsv"),
    output:
        pdf="results/published/figures/fig{number,12|15|18|21}.pdf",
        png="results/published/figures/fig{number,12|15|18|21}.png",
    log:
        "logs/published_figures/fig{number}.log",
    params:
        panels=published_panels,
        code=code("draw_scaling_laws"),


# And from curves of one's own: each external study is one panel.
use rule figure_learning_curves as external_figure_learning_curves with:
    input:
        curves="results/external/{name}/curves.parquet",
        optima="results/external/{name}/optima.parquet",
    output:
        pdf="results/external/{name}/figures/fig{number,3}.pdf",
        png="results/external/{name}/figures/fig{number,3}.png",
    log:
        "logs/external_figures/{name}/fig{number}.log",
    params:
        panels=lambda wildcards: wildcards.name,
        code=code("draw_learning_curves"),


use rule figure_collapse as external_figure_collapse with:
    input:
        curves="results/external/{name}/curves.parquet",
        optima="results/external/{name}/optima.parquet",
    output:
        pdf="results/external/{name}/figures/fig{number,4}.pdf",
        png="results/external/{name}/figures/fig{number,4}.png",
    log:
        "logs/external_figures/{name}/fig{number}.log",
    params:
        panels=lambda wildcards: wildcards.name,
        code=code("draw_collapse"),


use rule figure_exponent_fits as external_figure_exponent_fits with:
    input:
        curves="results/external/{name}/curves.parquet",
        optima="results/external/{name}/optima.parquet",
        exponents="results/external/{name}/exponents.tsv",
        local_fits="results/external/{name}/gamma_1.tsv",
    output:
        pdf="results/external/{name}/figures/fig{number,11}.pdf",
        png="results/external/{name}/figures/fig{number,11}.png",
    log:
        "logs/external_figures/{name}/fig{number}.log",
    params:
        panels=lambda wildcards: wildcards.name,
        code=code("draw_exponent_fits"),


use rule figure_scaling_laws as external_figure_scaling_laws with:
    input:
        optima="results/external/{name}/optima.parquet",
        exponents="results/external/{name}/exponents.tsv",
    output:
        pdf="results/external/{name}/figures/fig{number,12}.pdf",
        png="results/external/{name}/figures/fig{number,12}.png",
    log:
        "logs/external_figures/{name}/fig{number}.log",
    params:
        panels=lambda wildcards: wildcards.name,
        code=code("draw_scaling_laws"),
