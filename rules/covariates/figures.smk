# The figures of the covariates: a step each, its tables its options.
COVARIATE_FIGURES = {
    "laws": {"curves": "curves.parquet", "optima": "optima.tsv", "collapse": "collapse.parquet"},
    "phases": {"phases": "phases.tsv", "exponents": "exponents.tsv"},
    "features": {
        "paths": "features_paths.parquet",
        "floors": "features.tsv",
        "joint": "features_joint.tsv",
        "isotropic": "features_isotropic.tsv",
    },
    "samples": {"samples": "samples.tsv", "flow": "flow.tsv"},
}
COVARIATE_FIGURES_SHOW = {
    "laws": "error against norm, its collapse, the optima",
    "phases": "maps of the exponents",
    "features": "scaling in the number of features",
    "samples": "samples and gradient flow beside the theory",
}
TARGETS += [f"results/figures/covariates_{figure}.{kind}" for figure in COVARIATE_FIGURES for kind in ("pdf", "png")]


for figure, tables in COVARIATE_FIGURES.items():

    rule:
        name:
            f"covariates_figure_{figure}"
        input:
            **{option: f"results/covariates/{table}" for option, table in tables.items()},
        output:
            pdf=f"results/figures/covariates_{figure}.pdf",
            png=report(
                f"results/figures/covariates_{figure}.png",
                caption=f"captions/{figure}.rst",
                category="Figures",
                labels={"figure": f"covariates: {figure}", "shows": COVARIATE_FIGURES_SHOW[figure]},
            ),
        log:
            f"logs/figures/covariates_{figure}.log",
        localrule: True
        params:
            step=f"covariates/figure_{figure}",
            tables=[word for option, table in tables.items() for word in (f"--{option}", f"results/covariates/{table}")],
            code=code(f"covariates/figure_{figure}"),
        shell:
            'python "$SCALING_RUN" {params.step} {params.tables:q} --pdf {output.pdf:q} --png {output.png:q} > {log:q} 2>&1'
