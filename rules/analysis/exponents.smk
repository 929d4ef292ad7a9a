# From trajectories to exponents, the same for every source of curves: mean curves, two procedures, all choices.


rule mean_curves:
    input:
        trajectories="results/{of}trajectories/{cell}/{variant}/{norm}.parquet",
    output:
        curves="results/{of}curves/{cell}/{variant}/{norm}.parquet",
        optima="results/{of}curves/{cell}/{variant}/{norm}.optima.parquet",
    log:
        "logs/mean_curves/{of}{cell}/{variant}/{norm}.log",
    priority: lambda wildcards: 2 * shown_early(wildcards)
    localrule: True
    params:
        grid_points=STUDY.exponents.grid_points,
        code=code("analysis/mean_curves"),
    shell:
        'python "$SCALING_RUN" analysis/mean_curves --trajectories {input.trajectories:q} --grid-points {params.grid_points}'
        " --curves {output.curves:q} --optima {output.optima:q} > {log:q} 2>&1"


rule authors_exponents:
    input:
        curves="results/{of}curves/{cell}/{variant}/{norm}.parquet",
        optima="results/{of}curves/{cell}/{variant}/{norm}.optima.parquet",
    output:
        exponents="results/{of}exponents/{cell}/{variant}/{norm}.authors.tsv",
        gamma_1="results/{of}exponents/{cell}/{variant}/{norm}.gamma_1.tsv",
    log:
        "logs/authors_exponents/{of}{cell}/{variant}/{norm}.log",
    priority: lambda wildcards: 2 * shown_early(wildcards)
    localrule: True
    params:
        window=lambda wildcards: to_json(source_of(wildcards.of).window(row_of(wildcards))),
        code=code("analysis/authors_exponents"),
    shell:
        'python "$SCALING_RUN" analysis/authors_exponents --curves {input.curves:q} --optima {input.optima:q}'
        " --window {params.window:q} --exponents {output.exponents:q} --gamma-1 {output.gamma_1:q} > {log:q} 2>&1"


rule robust_exponents:
    input:
        trajectories="results/{of}trajectories/{cell}/{variant}/{norm}.parquet",
    output:
        exponents="results/{of}exponents/{cell}/{variant}/{norm}.robust.tsv",
        collapse="results/{of}exponents/{cell}/{variant}/{norm}.collapse.tsv",
        scales="results/{of}exponents/{cell}/{variant}/{norm}.scales.tsv",
        slopes="results/{of}exponents/{cell}/{variant}/{norm}.slopes.tsv",
    log:
        "logs/robust_exponents/{of}{cell}/{variant}/{norm}.log",
    benchmark:
        "results/benchmarks/robust_exponents/{of}{cell}/{variant}/{norm}.tsv"
    priority: lambda wildcards: 2 * shown_early(wildcards)
    params:
        resamples=STUDY.exponents.bootstrap_resamples,
        confidence=STUDY.exponents.confidence,
        seed=STUDY.exponents.seed,
        code=code("analysis/robust_exponents"),
    shell:
        'python "$SCALING_RUN" analysis/robust_exponents --trajectories {input.trajectories:q} --resamples {params.resamples}'
        " --confidence {params.confidence} --seed {params.seed} --exponents {output.exponents:q}"
        " --collapse {output.collapse:q} --scales {output.scales:q} --slopes {output.slopes:q} > {log:q} 2>&1"


rule exponents:
    input:
        authors="results/{of}exponents/{cell}/{variant}/{norm}.authors.tsv",
        robust="results/{of}exponents/{cell}/{variant}/{norm}.robust.tsv",
    output:
        exponents="results/{of}exponents/{cell}/{variant}/{norm}.tsv",
    log:
        "logs/exponents/{of}{cell}/{variant}/{norm}.log",
    priority: lambda wildcards: 2 * shown_early(wildcards)
    localrule: True
    params:
        code=code("core/concatenate"),
    shell:
        'python "$SCALING_RUN" core/concatenate --tables {input:q} --output {output.exponents:q} > {log:q} 2>&1'


# How much the choices matter.
rule choices:
    input:
        trajectories="results/{of}trajectories/{cell}/{variant}/{norm}.parquet",
        curves="results/{of}curves/{cell}/{variant}/{norm}.parquet",
        optima="results/{of}curves/{cell}/{variant}/{norm}.optima.parquet",
    output:
        table="results/{of}choices/{cell}/{variant}/{norm}.tsv",
        figures=multiext("results/{of}choices/{cell}/{variant}/{norm}", ".pdf", ".png"),
    log:
        "logs/choices/{of}{cell}/{variant}/{norm}.log",
    benchmark:
        "results/benchmarks/choices/{of}{cell}/{variant}/{norm}.tsv"
    params:
        window=lambda wildcards: to_json(source_of(wildcards.of).window(row_of(wildcards))),
        resamples=STUDY.exponents.bootstrap_resamples,
        seed=STUDY.exponents.seed,
        code=code("analysis/choices"),
    shell:
        'python "$SCALING_RUN" analysis/choices --trajectories {input.trajectories:q} --curves {input.curves:q}'
        " --optima {input.optima:q} --window {params.window:q} --resamples {params.resamples} --seed {params.seed}"
        " --table {output.table:q} --figures {output.figures:q} > {log:q} 2>&1"
