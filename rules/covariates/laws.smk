# What the covariates say in the table of all models, and their curves of known exponents.
LAWS += ["results/covariates/laws.tsv"]
KNOWN_CURVES += ["results/covariates/known_curves.parquet"]
TARGETS += ["results/covariates/laws.tsv", "results/covariates/known_curves.parquet"]


rule covariates_laws:
    input:
        exponents="results/covariates/exponents.tsv",
        curves="results/covariates/curves.parquet",
        optima="results/covariates/optima.tsv",
        features="results/covariates/features.tsv",
        isotropic="results/covariates/features_isotropic.tsv",
    output:
        "results/covariates/laws.tsv",
    log:
        "logs/covariates_laws.log",
    localrule: True
    params:
        code=code("covariates/laws"),
    shell:
        'python "$SCALING_RUN" covariates/laws --exponents {input.exponents:q} --curves {input.curves:q}'
        " --optima {input.optima:q} --features {input.features:q} --isotropic {input.isotropic:q} --output {output:q}"
        " > {log:q} 2>&1"


rule covariates_known_curves:
    input:
        curves="results/covariates/curves.parquet",
        optima="results/covariates/optima.tsv",
    output:
        "results/covariates/known_curves.parquet",
    log:
        "logs/covariates_known_curves.log",
    localrule: True
    params:
        code=code("covariates/known_curves"),
    shell:
        'python "$SCALING_RUN" covariates/known_curves --curves {input.curves:q} --optima {input.optima:q}'
        " --output {output:q} > {log:q} 2>&1"
