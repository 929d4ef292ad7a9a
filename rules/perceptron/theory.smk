# The perceptron at fixed norm: exact curves, their optima and exponents. Needs no images and no training.


rule perceptron_theory:
    output:
        theory="results/perceptron/theory.tsv",
        optima="results/perceptron/optima.tsv",
    log:
        "logs/perceptron_theory.log",
    localrule: True
    params:
        alphas=STUDY.perceptron_theory.alphas,
        lambdas=STUDY.perceptron_theory.lambda_grid(),
        code=code("perceptron/theory"),
    shell:
        'python "$SCALING_RUN" perceptron/theory --alphas {params.alphas} --lambdas {params.lambdas}'
        " --theory {output.theory:q} --optima-table {output.optima:q} > {log:q} 2>&1"


rule perceptron_theory_exponents:
    output:
        exponents="results/perceptron/theory_exponents.tsv",
        local="results/perceptron/theory_local_exponents.tsv",
        collapse="results/perceptron/theory_collapse.tsv",
    log:
        "logs/perceptron_theory_exponents.log",
    localrule: True
    params:
        alphas=STUDY.perceptron_theory.alphas,
        code=code("perceptron/theory_exponents"),
    shell:
        'python "$SCALING_RUN" perceptron/theory_exponents --alphas {params.alphas}'
        " --exponents-table {output.exponents:q} --local {output.local:q} --collapsed {output.collapse:q} > {log:q} 2>&1"
