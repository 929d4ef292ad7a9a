# The perceptron at fixed norm: exact curves, their optima and exponents. Needs no images and no training.


rule perceptron_theory:
    output:
        theory="results/perceptron/theory.tsv",
        optima="results/perceptron/optima.tsv",
    log:
        "logs/perceptron_theory.log",
    threads: 1
    params:
        settings=to_json(STUDY.perceptron_theory),
        code=code("perceptron_theory"),
    shell:
        "python workflow_scripts/perceptron_theory.py --settings {params.settings:q}"
        " --theory {output.theory} --optima-table {output.optima} > {log} 2>&1"


rule perceptron_theory_exponents:
    output:
        exponents="results/perceptron/theory_exponents.tsv",
        local="results/perceptron/theory_local_exponents.tsv",
        collapse="results/perceptron/theory_collapse.tsv",
    log:
        "logs/perceptron_theory_exponents.log",
    threads: 1
    params:
        alphas=STUDY.perceptron_theory.alphas,
        code=code("perceptron_theory_exponents"),
    shell:
        "python workflow_scripts/perceptron_theory_exponents.py --alphas {params.alphas}"
        " --exponents-table {output.exponents} --local {output.local} --collapsed {output.collapse} > {log} 2>&1"
