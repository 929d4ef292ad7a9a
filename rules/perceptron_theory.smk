# The perceptron at fixed norm: exact curves, their optima and exponents. Needs no images and no training.


rule perceptron_theory:
    output:
        theory="results/perceptron/theory.tsv",
        optima="results/perceptron/optima.tsv",
    log:
        "logs/perceptron_theory.log",
    threads: 1
    params:
        alphas=STUDY.perceptron_theory.alphas,
        lambdas=STUDY.perceptron_theory.lambda_grid(),
        code=code("perceptron_theory"),
    shell:
        "python workflow_scripts/perceptron_theory.py --alphas {params.alphas} --lambdas {params.lambdas}"
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


rule figure2:
    input:
        theory="results/perceptron/theory.tsv",
        optima="results/perceptron/optima.tsv",
        collapse="results/perceptron/theory_collapse.tsv",
    output:
        pdf="results/figures/fig2.pdf",
        png=report(
            "results/figures/fig2.png",
            caption="captions/fig2.rst",
            category="Figures",
            labels={"figure": "02", "shows": "theory at fixed norm, and its collapse"},
        ),
    log:
        "logs/figure2.log",
    threads: 1
    params:
        code=code("figure2"),
    shell:
        "python workflow_scripts/figure2.py --theory {input.theory} --optima {input.optima} --collapse {input.collapse}"
        " --pdf {output.pdf} --png {output.png} > {log} 2>&1"


rule figure5:
    output:
        pdf="results/figures/fig5.pdf",
        png=report(
            "results/figures/fig5.png",
            caption="captions/fig5.rst",
            category="Figures",
            labels={"figure": "05", "shows": "sketch of the combined laws"},
        ),
    log:
        "logs/figure5.log",
    threads: 1
    params:
        code=code("figure5"),
    shell:
        "python workflow_scripts/figure5.py"
        " --pdf {output.pdf} --png {output.png} > {log} 2>&1"


rule figure6:
    input:
        theory="results/perceptron/theory.tsv",
        optima="results/perceptron/optima.tsv",
    output:
        pdf="results/figures/fig6.pdf",
        png=report(
            "results/figures/fig6.png",
            caption="captions/fig6.rst",
            category="Figures",
            labels={"figure": "06", "shows": "theory, fewer patterns than weights"},
        ),
    log:
        "logs/figure6.log",
    threads: 1
    params:
        code=code("figure6"),
    shell:
        "python workflow_scripts/figure6.py --theory {input.theory} --optima {input.optima}"
        " --pdf {output.pdf} --png {output.png} > {log} 2>&1"


rule figure8:
    input:
        theory="results/perceptron/theory.tsv",
    output:
        pdf="results/figures/fig8.pdf",
        png=report(
            "results/figures/fig8.png",
            caption="captions/fig8.rst",
            category="Figures",
            labels={"figure": "08", "shows": "local exponent of the theory"},
        ),
    log:
        "logs/figure8.log",
    threads: 1
    params:
        code=code("figure8"),
    shell:
        "python workflow_scripts/figure8.py --theory {input.theory}"
        " --pdf {output.pdf} --png {output.png} > {log} 2>&1"
