# The figures of the networks, from tidy tables.
from scaling.tables.notation import power_of_ten


def panel(cell, column=None, variant="baseline", norm=None):
    """One panel: what its row and column are called, and whose tables it shows."""
    family, dataset = cell.split("_", 1)
    row = family if column is None else f"{family} {dataset}"
    return {
        "row": row,
        "column": column or dataset,
        "tables": f"{cell}/{variant}/{norm or STUDY.norms[0]}",
    }


def variant_panels(changed):
    """A panel for each cell's variants for which `changed(settings)` gives a name."""
    return [
        panel(cell, column=name, variant=variant)
        for cell, settings in STUDY.cells.items()
        for variant in settings.variants
        if (name := changed(STUDY.variants[variant]))
    ]


def weight_decay(settings):
    if set(settings) <= {"weight_decay", "P", "seeds", "epochs"}:
        if settings.get("weight_decay"):
            return f"weight decay {power_of_ten(settings['weight_decay'])}"


def sgd(settings):
    return "SGD" if settings.get("optimizer") == "SGD" else None


def norm_panels():
    """The other norms, on the data sets on which weight decay is varied (CIFAR10 in the paper), or on all."""
    varied = {
        STUDY.cells[p["tables"].split("/")[0]].dataset for p in PANELS["weight_decay"]
    }
    return [
        panel(cell, column=norm, norm=norm)
        for cell, settings in STUDY.cells.items()
        if settings.dataset in varied or not varied
        for norm in ("l1", "l2", "g21", "spectral")
        if norm in STUDY.norms
    ]


PANELS = {
    "main": [panel(cell) for cell in STUDY.cells],
    "weight_decay": variant_panels(weight_decay),
    "sgd": variant_panels(sgd),
}
PANELS["norms"] = norm_panels()
# Which panels a figure shows, by its number in the paper.
FIGURES = {
    **dict.fromkeys(("3", "4", "11", "12"), PANELS["main"]),
    **dict.fromkeys(("13", "14", "15"), PANELS["weight_decay"]),
    **dict.fromkeys(("16", "17", "18"), PANELS["sgd"]),
    **dict.fromkeys(("19", "20", "21"), PANELS["norms"]),
}
# Figure 10 shows one cell: the first CNN.
TRAJECTORY_CELL = next(
    (cell for cell in STUDY.cells if cell.startswith("CNN_")),
    next(iter(STUDY.cells), None),
)
NETWORK_FIGURES = [
    f"results/figures/fig{number}.{kind}"
    for number in sorted(
        [
            *(n for n, panels in FIGURES.items() if panels),
            *(["10"] if TRAJECTORY_CELL else []),
        ],
        key=int,
    )
    for kind in ("pdf", "png")
]


def panel_files(pattern):
    """An input function: `pattern` filled in with the tables of each panel of the wildcard figure."""
    return lambda wildcards: [
        pattern.format(p["tables"]) for p in FIGURES[wildcards.number]
    ]


def panel_labels(wildcards):
    """A parameter: the panels' rows and columns, as JSON."""
    return [
        to_json({side: p[side] for side in ("row", "column")})
        for p in FIGURES[wildcards.number]
    ]


rule figure_learning_curves:
    input:
        curves=panel_files("results/curves/{}.parquet"),
        optima=panel_files("results/curves/{}.optima.parquet"),
    output:
        pdf="results/figures/fig{number,3|13|16|19}.pdf",
        png=report(
            "results/figures/fig{number,3|13|16|19}.png",
            caption="captions/learning_curves.rst",
            category="Figures",
            labels={"figure": "{number}", "shows": "test error against norm"},
        ),
    log:
        "logs/figures/fig{number}.log",
    threads: 1
    params:
        panels=panel_labels,
        code=code("draw_learning_curves"),
    shell:
        "python workflow_scripts/draw_learning_curves.py --panels {params.panels:q} --curves {input.curves}"
        " --optima {input.optima} --pdf {output.pdf} --png {output.png} > {log} 2>&1"


rule figure_collapse:
    input:
        curves=panel_files("results/curves/{}.parquet"),
        optima=panel_files("results/curves/{}.optima.parquet"),
    output:
        pdf="results/figures/fig{number,4|14|17|20}.pdf",
        png=report(
            "results/figures/fig{number,4|14|17|20}.png",
            caption="captions/collapse.rst",
            category="Figures",
            labels={"figure": "{number}", "shows": "curves rescaled by their optima"},
        ),
    log:
        "logs/figures/fig{number}.log",
    threads: 1
    params:
        panels=panel_labels,
        code=code("draw_collapse"),
    shell:
        "python workflow_scripts/draw_collapse.py --panels {params.panels:q} --curves {input.curves}"
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
        title=f"{TRAJECTORY_CELL}".replace("_", ", "),
        code=code("draw_trajectories"),
    shell:
        "python workflow_scripts/draw_trajectories.py --trajectories {input.trajectories} --norm {params.norm}"
        " --title {params.title:q} --pdf {output.pdf} --png {output.png} > {log} 2>&1"


rule figure_exponent_fits:
    input:
        curves=panel_files("results/curves/{}.parquet"),
        optima=panel_files("results/curves/{}.optima.parquet"),
        exponents=panel_files("results/exponents/{}.tsv"),
        local_fits=panel_files("results/exponents/{}.gamma_1.tsv"),
    output:
        pdf="results/figures/fig{number,11}.pdf",
        png=report(
            "results/figures/fig{number,11}.png",
            caption="captions/exponent_fits.rst",
            category="Figures",
            labels={"figure": "{number}", "shows": "fits of gamma_1 and gamma_2"},
        ),
    log:
        "logs/figures/fig{number}.log",
    threads: 1
    params:
        panels=panel_labels,
        code=code("draw_exponent_fits"),
    shell:
        "python workflow_scripts/draw_exponent_fits.py --panels {params.panels:q} --curves {input.curves}"
        " --optima {input.optima} --exponents {input.exponents} --local-fits {input.local_fits}"
        " --pdf {output.pdf} --png {output.png} > {log} 2>&1"


rule figure_scaling_laws:
    input:
        optima=panel_files("results/curves/{}.optima.parquet"),
        exponents=panel_files("results/exponents/{}.tsv"),
    output:
        pdf="results/figures/fig{number,12|15|18|21}.pdf",
        png=report(
            "results/figures/fig{number,12|15|18|21}.png",
            caption="captions/scaling_laws.rst",
            category="Figures",
            labels={
                "figure": "{number}",
                "shows": "measured and predicted power laws",
            },
        ),
    log:
        "logs/figures/fig{number}.log",
    threads: 1
    params:
        panels=panel_labels,
        code=code("draw_scaling_laws"),
    shell:
        "python workflow_scripts/draw_scaling_laws.py --panels {params.panels:q} --optima {input.optima}"
        " --exponents {input.exponents} --pdf {output.pdf} --png {output.png} > {log} 2>&1"
