# The perceptron at free norm: gradient descent, the fixed-norm pair on the same samples, the squared loss, exponents.
# Needs nothing of the theory, and the theory nothing of it, up to the table and the figure that show both.
DYNAMICS = STUDY.perceptron_dynamics


wildcard_constraints:
    alpha=r"[0-9.e+-]+",


def of_alphas(folder, alphas):
    # All digits that tell one number from another: the job reads its alpha from the name.
    return [
        f"results/perceptron/{folder}/alpha{alpha:.15g}.parquet" for alpha in alphas
    ]


def dynamics_options(*names):
    """Settings as command line options: only those that a rule uses, so that no other reruns it."""
    return " ".join(
        f"--{name.replace('_', '-')} {getattr(DYNAMICS, name)}" for name in names
    )


def patterns_mb(alpha):
    """Memory: the patterns in float64, as much again for a copy, and Python itself."""
    return int(2.2 * 8e-6 * float(alpha) * DYNAMICS.N**2) + 400


rule perceptron_dynamics:
    output:
        "results/perceptron/dynamics/alpha{alpha}.parquet",
    log:
        "logs/perceptron_dynamics/alpha{alpha}.log",
    threads: 1
    resources:
        mem_mb=lambda wildcards: patterns_mb(wildcards.alpha),
    params:
        settings=dynamics_options(
            "N",
            "samples",
            "seed",
            "lambda_min",
            "lambda_max",
            "lambda_points",
            "tolerance",
        ),
        code=code("perceptron_dynamics"),
    shell:
        "python workflow_scripts/perceptron_dynamics.py --alpha {wildcards.alpha} {params.settings}"
        " --output {output} > {log} 2>&1"


rule perceptron_plain:
    output:
        "results/perceptron/plain/alpha{alpha}.parquet",
    log:
        "logs/perceptron_plain/alpha{alpha}.log",
    threads: 1
    resources:
        mem_mb=lambda wildcards: patterns_mb(wildcards.alpha),
    params:
        settings=dynamics_options("N", "seed"),
        samples=min(DYNAMICS.plain_samples, DYNAMICS.samples),
        steps=DYNAMICS.plain_steps,
        learning_rate=DYNAMICS.plain_learning_rate,
        code=code("perceptron_plain"),
    shell:
        "python workflow_scripts/perceptron_plain.py --alpha {wildcards.alpha} {params.settings} --samples {params.samples}"
        " --steps {params.steps} --learning-rate {params.learning_rate} --output {output} > {log} 2>&1"


rule perceptron_fixed_norm:
    output:
        "results/perceptron/fixed_norm/alpha{alpha}.parquet",
    log:
        "logs/perceptron_fixed_norm/alpha{alpha}.log",
    threads: 1
    resources:
        mem_mb=lambda wildcards: patterns_mb(wildcards.alpha),
    params:
        settings=dynamics_options(
            "N", "samples", "seed", "lambda_min", "lambda_max", "lambda_points"
        ),
        code=code("perceptron_fixed_norm"),
    shell:
        "python workflow_scripts/perceptron_fixed_norm.py --alpha {wildcards.alpha} {params.settings}"
        " --output {output} > {log} 2>&1"


rule perceptron_dynamics_table:
    input:
        flow=of_alphas("dynamics", DYNAMICS.alphas),
        plain=of_alphas("plain", DYNAMICS.plain_alphas),
    output:
        "results/perceptron/dynamics.parquet",
    log:
        "logs/perceptron_dynamics_table.log",
    threads: 1
    params:
        code=code("concatenate"),
    shell:
        "python workflow_scripts/concatenate.py --tables {input} --output {output} > {log} 2>&1"


rule perceptron_fixed_norm_table:
    input:
        of_alphas("fixed_norm", DYNAMICS.alphas),
    output:
        "results/perceptron/fixed_norm.parquet",
    log:
        "logs/perceptron_fixed_norm_table.log",
    threads: 1
    params:
        code=code("concatenate"),
    shell:
        "python workflow_scripts/concatenate.py --tables {input} --output {output} > {log} 2>&1"


rule perceptron_free_norm:
    input:
        dynamics="results/perceptron/dynamics.parquet",
        fixed_norm="results/perceptron/fixed_norm.parquet",
    output:
        curves="results/perceptron/dynamics_curves.tsv",
        optima="results/perceptron/dynamics_optima.tsv",
        gamma_1="results/perceptron/dynamics_gamma_1.tsv",
        exponents="results/perceptron/dynamics_exponents.tsv",
    log:
        "logs/perceptron_free_norm.log",
    threads: 1
    params:
        windows=[to_json(window) for window in DYNAMICS.gamma_1_windows],
        settings=dynamics_options("gamma_1_min_alpha", "gamma_2_min_alpha"),
        code=code("perceptron_free_norm"),
    shell:
        "python workflow_scripts/perceptron_free_norm.py --dynamics {input.dynamics} --fixed-norm {input.fixed_norm}"
        " --windows {params.windows:q} {params.settings} --curves {output.curves} --optima {output.optima}"
        " --gamma-1 {output.gamma_1} --exponents {output.exponents} > {log} 2>&1"


rule perceptron_exponents:
    input:
        theory="results/perceptron/theory_exponents.tsv",
        optima="results/perceptron/optima.tsv",
        dynamics="results/perceptron/dynamics_exponents.tsv",
        published="workflow_scripts/scaling/published/perceptron.tsv",
    output:
        "results/perceptron/exponents.tsv",
    log:
        "logs/perceptron_exponents.log",
    threads: 1
    params:
        code=code("perceptron_exponents"),
    shell:
        "python workflow_scripts/perceptron_exponents.py --theory {input.theory} --optima {input.optima}"
        " --dynamics {input.dynamics} --published {input.published} --output {output} > {log} 2>&1"


rule perceptron_mse:
    output:
        "results/perceptron/mse.parquet",
    log:
        "logs/perceptron_mse.log",
    threads: 1
    resources:
        mem_mb=patterns_mb(max(DYNAMICS.mse_alphas)),
    params:
        settings=dynamics_options("N", "samples", "seed"),
        alphas=DYNAMICS.mse_alphas,
        code=code("perceptron_mse"),
    shell:
        "python workflow_scripts/perceptron_mse.py --alphas {params.alphas} {params.settings} --output {output} > {log} 2>&1"


rule figure1:
    input:
        theory="results/perceptron/theory.tsv",
        optima="results/perceptron/optima.tsv",
        curves="results/perceptron/dynamics_curves.tsv",
        dynamics="results/perceptron/dynamics.parquet",
    output:
        pdf="results/figures/fig1.pdf",
        png=report(
            "results/figures/fig1.png",
            caption="captions/fig1.rst",
            category="Figures",
            labels={"figure": "01", "shows": "free and fixed norm"},
        ),
    log:
        "logs/figure1.log",
    threads: 1
    params:
        lambda_max=DYNAMICS.lambda_max,
        code=code("figure1"),
    shell:
        "python workflow_scripts/figure1.py --theory {input.theory} --optima {input.optima} --curves {input.curves}"
        " --dynamics {input.dynamics} --pdf {output.pdf} --png {output.png} > {log} 2>&1"


rule figure7:
    input:
        "results/perceptron/mse.parquet",
    output:
        pdf="results/figures/fig7.pdf",
        png=report(
            "results/figures/fig7.png",
            caption="captions/fig7.rst",
            category="Figures",
            labels={"figure": "07", "shows": "squared loss"},
        ),
    log:
        "logs/figure7.log",
    threads: 1
    params:
        code=code("figure7"),
    shell:
        "python workflow_scripts/figure7.py --mse {input} --pdf {output.pdf} --png {output.png} > {log} 2>&1"


rule figure9:
    input:
        curves="results/perceptron/dynamics_curves.tsv",
        optima="results/perceptron/dynamics_optima.tsv",
        gamma_1="results/perceptron/dynamics_gamma_1.tsv",
        exponents="results/perceptron/dynamics_exponents.tsv",
    output:
        pdf="results/figures/fig9.pdf",
        png=report(
            "results/figures/fig9.png",
            caption="captions/fig9.rst",
            category="Figures",
            labels={"figure": "09", "shows": "exponents at free norm"},
        ),
    log:
        "logs/figure9.log",
    threads: 1
    params:
        window=to_json(DYNAMICS.gamma_1_windows[0]),
        min_alpha=DYNAMICS.gamma_1_min_alpha,
        code=code("figure9"),
    shell:
        "python workflow_scripts/figure9.py --curves {input.curves} --optima {input.optima} --gamma-1 {input.gamma_1}"
        " --exponents {input.exponents} --window {params.window:q} --min-alpha {params.min_alpha}"
        " --pdf {output.pdf} --png {output.png} > {log} 2>&1"
