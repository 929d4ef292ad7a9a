# The interpolators' figures: a step each, its tables its options.
INTERPOLATOR_FIGURES = {
    "fixed_d": (
        "norms against n at one dimension",
        {"samples": "samples.parquet", "theory": "theory.tsv", "elbow": "elbow.tsv"},
    ),
    "fixed_ratio": (
        "bulk norms against n at fixed d/n",
        {"samples": "samples.parquet", "theory": "theory.tsv"},
    ),
    "network": (
        "diagonal networks and their effective p",
        {"curves": "network_curves.tsv", "table": "network.tsv"},
    ),
    "paths": ("error against norm along regularised paths", {"paths": "paths.tsv"}),
}
TARGETS += [f"results/figures/interpolators_{name}.{kind}" for name in INTERPOLATOR_FIGURES for kind in ("pdf", "png")]


for figure, (shows, tables) in INTERPOLATOR_FIGURES.items():

    rule:
        name:
            f"interpolators_figure_{figure}"
        input:
            **{option: f"results/interpolators/{file}" for option, file in tables.items()},
        output:
            pdf=f"results/figures/interpolators_{figure}.pdf",
            png=report(
                f"results/figures/interpolators_{figure}.png",
                caption=f"captions/{figure}.rst",
                category="Interpolators",
                labels={"figure": figure.replace("_", " "), "shows": shows},
            ),
        log:
            f"logs/figures/interpolators_{figure}.log",
        localrule: True
        params:
            step=f"interpolators/figure_{figure}",
            tables=options({option: f"results/interpolators/{file}" for option, file in tables.items()}),
            code=code(f"interpolators/figure_{figure}"),
        shell:
            'python "$SCALING_RUN" {params.step} {params.tables:q} --pdf {output.pdf:q} --png {output.png:q} > {log:q} 2>&1'
