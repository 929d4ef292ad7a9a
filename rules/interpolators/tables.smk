# What follows from the exact interpolators and their theory: elbows, exponents, the published claims, the two laws.
# A table each: the tables that it needs, the settings that it takes.
INTERPOLATOR_TABLES = {
    "elbow": (
        {"samples": "samples.parquet"},
        ["--fixed-d", to_json(INTERPOLATORS.fixed_d), "--theory-d", *INTERPOLATORS.theory_d],
    ),
    "slopes": (
        {"samples": "samples.parquet"},
        ["--fixed-ratio", to_json(INTERPOLATORS.fixed_ratio), "--r", *INTERPOLATORS.r],
    ),
    "limits": ({}, ["--fixed-ratio", to_json(INTERPOLATORS.fixed_ratio), "--r", *INTERPOLATORS.r]),
    "agreement": ({"samples": "samples.parquet", "theory": "theory.tsv"}, []),
    "claims": (
        {"limits": "limits.tsv", "elbow": "elbow.tsv", "slopes": "slopes.tsv", "network": "network.tsv"},
        [],
    ),
    "laws": ({"paths": "paths.tsv"}, ["--fixed-ratio", to_json(INTERPOLATORS.fixed_ratio)]),
}
TARGETS += [f"results/interpolators/{table}.tsv" for table in (*INTERPOLATOR_TABLES, "theory", "network", "paths")]
LAWS += ["results/interpolators/laws.tsv"]


for table, (needed, settings) in INTERPOLATOR_TABLES.items():

    rule:
        name:
            f"interpolators_{table}"
        input:
            **{option: f"results/interpolators/{file}" for option, file in needed.items()},
        output:
            f"results/interpolators/{table}.tsv",
        log:
            f"logs/interpolators_{table}.log",
        localrule: True
        params:
            step=f"interpolators/{table}",
            tables=options({option: f"results/interpolators/{file}" for option, file in needed.items()}),
            settings=settings,
            code=code(f"interpolators/{table}"),
        shell:
            'python "$SCALING_RUN" {params.step} {params.tables:q} {params.settings:q} --output {output:q} > {log:q} 2>&1'


rule interpolators_network:
    output:
        table="results/interpolators/network.tsv",
        curves="results/interpolators/network_curves.tsv",
    log:
        "logs/interpolators_network.log",
    benchmark:
        "results/benchmarks/interpolators_network.tsv"
    params:
        alpha=INTERPOLATORS.fixed_d.alpha,
        d=[INTERPOLATORS.fixed_d.d, *INTERPOLATORS.theory_d],
        kappa=INTERPOLATORS.fixed_ratio.ratios(),
        code=code("interpolators/network"),
    shell:
        'python "$SCALING_RUN" interpolators/network --alpha {params.alpha} --d {params.d} --kappa {params.kappa}'
        " --table {output.table:q} --curves {output.curves:q} > {log:q} 2>&1"
