# The figures of the shallow networks, and what of the room `all` asks for.
SHALLOW_FIGURES = {
    "maps": (
        {"diagonal": "results/shallow/diagonal_map.tsv", "quadratic": "results/shallow/quadratic_map.tsv"},
        "the phases",
    ),
    "norms": ({"paths": shallow_parts("paths", SHALLOW.paths.g)}, "risk against norm, and the frontier"),
    "collapse": ({"curves": "results/shallow/collapse_curves.parquet"}, "where the curves collapse"),
    "finite": ({"finite": "results/shallow/finite.tsv"}, "finite networks beside theory"),
    "spectra": ({"spectra": "results/shallow/spectra.tsv"}, "spectra of trained weights"),
    "training": (
        {"paths": shallow_parts("training", SHALLOW.training.g), "minima": "results/shallow/minima.tsv"},
        "networks without weight decay",
    ),
}
# Settings that a figure takes besides its tables.
SHALLOW_OPTIONS = {
    "maps": f"--g {SHALLOW.maps.g} --sizes {SHALLOW.maps.diagonal_d} {SHALLOW.maps.quadratic_d} --noise {SHALLOW.noise}",
    "collapse": f"--decays {shallow_numbers([g for g in SHALLOW.paths.g if g in SHALLOW.laws.g] or SHALLOW.laws.g)}",
}
SHALLOW_TABLES = "laws.tsv", "phases.tsv", "norm_laws.tsv", "collapse.tsv", "spectra_decay.tsv", "trained_laws.tsv"
TARGETS += [f"results/shallow/{table}" for table in SHALLOW_TABLES]
LAWS += ["results/shallow/laws.tsv"]
TARGETS += [f"results/figures/shallow_{name}.{kind}" for name in SHALLOW_FIGURES for kind in ("pdf", "png")]


for name, (tables, shows) in SHALLOW_FIGURES.items():

    rule:
        name:
            f"shallow_figure_{name}"
        input:
            **tables,
        output:
            pdf=f"results/figures/shallow_{name}.pdf",
            png=report(
                f"results/figures/shallow_{name}.png",
                caption=f"captions/{name}.rst",
                category="Shallow networks",
                labels={"figure": name, "shows": shows},
            ),
        log:
            f"logs/shallow/figures/{name}.log",
        localrule: True
        params:
            name=name,
            tables=options(tables),
            settings=SHALLOW_OPTIONS.get(name, ""),
            code=code(f"shallow/figure_{name}"),
        shell:
            'python "$SCALING_RUN" shallow/figure_{params.name} {params.tables:q} {params.settings} --pdf {output.pdf:q}'
            " --png {output.png:q} > {log:q} 2>&1"
