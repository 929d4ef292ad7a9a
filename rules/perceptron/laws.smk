# What the perceptron says in the table of all models, and its curves of known exponents.
LAWS += ["results/perceptron/laws.tsv"]
KNOWN_CURVES += ["results/perceptron/known_curves.parquet"]
TARGETS += ["results/perceptron/laws.tsv", "results/perceptron/known_curves.parquet"]
BESIDE += ["results/perceptron/laws.tsv", "results/perceptron/known_curves.parquet"]


rule perceptron_laws:
    input:
        exponents="results/perceptron/exponents.tsv",
        local="results/perceptron/theory_local_exponents.tsv",
        limit="results/perceptron/large_alpha.tsv",
    output:
        "results/perceptron/laws.tsv",
    log:
        "logs/perceptron_laws.log",
    localrule: True
    params:
        code=code("perceptron/laws"),
    shell:
        'python "$SCALING_RUN" perceptron/laws --exponents {input.exponents:q} --local {input.local:q} --limit {input.limit:q}'
        " --output {output:q} > {log:q} 2>&1"


rule perceptron_known_curves:
    input:
        theory="results/perceptron/theory.tsv",
        optima="results/perceptron/optima.tsv",
    output:
        "results/perceptron/known_curves.parquet",
    log:
        "logs/perceptron_known_curves.log",
    localrule: True
    params:
        code=code("perceptron/known_curves"),
    shell:
        'python "$SCALING_RUN" perceptron/known_curves --theory {input.theory:q} --optima {input.optima:q}'
        " --output {output:q} > {log:q} 2>&1"
