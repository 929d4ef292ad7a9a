# What smaller P say of larger ones, measured or not.
TARGETS += ["results/prediction.tsv"] if STUDY.cells else []


rule prediction:
    input:
        trajectories="results/{of}trajectories/{cell}/{variant}/{norm}.parquet",
    output:
        table="results/{of}prediction/{cell}/{variant}/{norm}.tsv",
        figures=multiext("results/{of}prediction/{cell}/{variant}/{norm}", ".pdf", ".png"),
    log:
        "logs/prediction/{of}{cell}/{variant}/{norm}.log",
    benchmark:
        "results/benchmarks/prediction/{of}{cell}/{variant}/{norm}.tsv"
    params:
        sizes=STUDY.predict,
        resamples=STUDY.exponents.bootstrap_resamples,
        confidence=STUDY.exponents.confidence,
        seed=STUDY.exponents.seed,
        code=code("analysis/prediction"),
    shell:
        'python "$SCALING_RUN" analysis/prediction --trajectories {input.trajectories:q} --sizes {params.sizes}'
        " --resamples {params.resamples} --confidence {params.confidence} --seed {params.seed}"
        " --table {output.table:q} --figures {output.figures:q} > {log:q} 2>&1"


rule prediction_table:
    input:
        tables=lambda wildcards: [row.file("prediction", ".tsv") for row in rows_of(wildcards.of, "baseline")],
    output:
        table="results/{of}prediction.tsv",
    log:
        "logs/prediction_table/{of}prediction.log",
    localrule: True
    params:
        code=code("core/concatenate"),
    shell:
        'python "$SCALING_RUN" core/concatenate --tables {input.tables:q} --output {output.table:q} > {log:q} 2>&1'
