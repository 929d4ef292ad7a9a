# The perceptron at free norm: gradient descent, the fixed-norm pair on the same samples, the squared loss, exponents.
# Needs nothing of the theory, and the theory nothing of it, up to the table and the figure that show both.
DYNAMICS = STUDY.perceptron_dynamics


wildcard_constraints:
    alpha=r"[0-9.e+-]+",


def of_alphas(folder, alphas):
    # All digits that tell one number from another: the job reads its alpha from the name.
    return [f"results/perceptron/{folder}/alpha{alpha:.15g}.parquet" for alpha in alphas]


def dynamics_options(*names):
    """Settings as command line options: only those that a rule uses, so that no other reruns it."""
    return " ".join(f"--{name.replace('_', '-')} {getattr(DYNAMICS, name)}" for name in names)


SAMPLES = "N", "samples", "seed"
GRID = "lambda_min", "lambda_max", "lambda_points"


def patterns_mb(alpha):
    """Memory: the patterns in float64, as much again for a copy, and Python itself."""
    return int(2.2 * 8e-6 * float(alpha) * DYNAMICS.N**2) + 400


# One job for each alpha: the flow, plain gradient descent, the fixed norm on the same samples. What each is told.
PATHS = {
    "dynamics": dynamics_options(*SAMPLES, *GRID, "tolerance"),
    "fixed_norm": dynamics_options(*SAMPLES, *GRID),
    "adiabatic": dynamics_options(*SAMPLES, *GRID),
    "plain": dynamics_options("N", "seed")
    + f" --samples {min(DYNAMICS.plain_samples, DYNAMICS.samples)} --steps {DYNAMICS.plain_steps}"
    f" --learning-rate {DYNAMICS.plain_learning_rate}",
}
for step, settings in PATHS.items():

    rule:
        name:
            f"perceptron_{step}"
        output:
            f"results/perceptron/{step}/alpha{{alpha}}.parquet",
        log:
            f"logs/perceptron_{step}/alpha{{alpha}}.log",
        benchmark:
            f"results/benchmarks/perceptron_{step}/alpha{{alpha}}.tsv"
        resources:
            mem_mb=lambda wildcards: patterns_mb(wildcards.alpha),
        params:
            step=step,
            settings=settings,
            code=code(f"perceptron/{step}"),
        shell:
            'python "$SCALING_RUN" perceptron/{params.step} --alpha {wildcards.alpha} {params.settings}'
            " --output {output:q} > {log:q} 2>&1"


for table, parts in {
    "dynamics": of_alphas("dynamics", DYNAMICS.alphas) + of_alphas("plain", DYNAMICS.plain_alphas),
    "fixed_norm": of_alphas("fixed_norm", DYNAMICS.alphas),
    "adiabatic": of_alphas("adiabatic", DYNAMICS.alphas),
}.items():

    rule:
        name:
            f"perceptron_{table}_table"
        input:
            parts,
        output:
            f"results/perceptron/{table}.parquet",
        log:
            f"logs/perceptron_{table}_table.log",
        localrule: True
        params:
            code=code("core/concatenate"),
        shell:
            'python "$SCALING_RUN" core/concatenate --tables {input:q} --output {output:q} > {log:q} 2>&1'


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
    localrule: True
    params:
        windows=[to_json(window) for window in DYNAMICS.gamma_1_windows],
        settings=dynamics_options("gamma_1_min_alpha", "gamma_2_min_alpha"),
        code=code("perceptron/free_norm"),
    shell:
        'python "$SCALING_RUN" perceptron/free_norm --dynamics {input.dynamics:q} --fixed-norm {input.fixed_norm:q}'
        " --windows {params.windows:q} {params.settings} --curves {output.curves:q} --optima {output.optima:q}"
        " --gamma-1 {output.gamma_1:q} --exponents {output.exponents:q} > {log:q} 2>&1"


rule perceptron_exponents:
    input:
        theory="results/perceptron/theory_exponents.tsv",
        optima="results/perceptron/optima.tsv",
        dynamics="results/perceptron/dynamics_exponents.tsv",
    output:
        "results/perceptron/exponents.tsv",
    log:
        "logs/perceptron_exponents.log",
    localrule: True
    params:
        code=code("perceptron/exponents", "sources/printed/perceptron.tsv"),
    shell:
        'python "$SCALING_RUN" perceptron/exponents --theory {input.theory:q} --optima {input.optima:q}'
        " --dynamics {input.dynamics:q} --output {output:q} > {log:q} 2>&1"


rule perceptron_mse:
    output:
        "results/perceptron/mse.parquet",
    log:
        "logs/perceptron_mse.log",
    benchmark:
        "results/benchmarks/perceptron_mse.tsv"
    resources:
        mem_mb=patterns_mb(max(DYNAMICS.mse_alphas)),
    params:
        settings=dynamics_options(*SAMPLES),
        alphas=DYNAMICS.mse_alphas,
        code=code("perceptron/mse"),
    shell:
        'python "$SCALING_RUN" perceptron/mse --alphas {params.alphas} {params.settings} --output {output:q} > {log:q} 2>&1'


# The free norm for N to infinity, by mean-field theory: one job for each alpha; the limit of large alpha.
MEAN_FIELD = STUDY.perceptron_mean_field
MEAN_FIELD_OPTIONS = " ".join(
    f"--{name.replace('_', '-')} {getattr(MEAN_FIELD, name)}"
    for name in ("lambda_max", "lambda_points", "patterns", "runs", "seed")
)


rule perceptron_mean_field:
    output:
        "results/perceptron/mean_field/alpha{alpha}.parquet",
    log:
        "logs/perceptron_mean_field/alpha{alpha}.log",
    benchmark:
        "results/benchmarks/perceptron_mean_field/alpha{alpha}.tsv"
    resources:
        # How each stage answers to each before it, in single precision, for each effective pattern.
        mem_mb=int(2e-2 * MEAN_FIELD.patterns * 8) + 1000,
    params:
        settings=MEAN_FIELD_OPTIONS,
        code=code("perceptron/mean_field"),
    shell:
        'python "$SCALING_RUN" perceptron/mean_field --alpha {wildcards.alpha} {params.settings}'
        " --output {output:q} > {log:q} 2>&1"


rule perceptron_mean_field_plain:
    output:
        "results/perceptron/mean_field_plain.tsv",
    log:
        "logs/perceptron_mean_field_plain.log",
    benchmark:
        "results/benchmarks/perceptron_mean_field_plain.tsv"
    resources:
        # How each step answers to each before it, in single precision, for each effective pattern.
        mem_mb=int(4e-6 * (MEAN_FIELD.plain_steps + 1) ** 2 * min(MEAN_FIELD.patterns, 4096) * 1.5) + 1000,
    params:
        alphas=MEAN_FIELD.plain_alphas,
        rates=MEAN_FIELD.plain_rates,
        # The scatter of its runs is that of few patterns: more are not needed.
        settings=f"--steps {MEAN_FIELD.plain_steps} --patterns {min(MEAN_FIELD.patterns, 4096)}"
        f" --runs {MEAN_FIELD.runs} --seed {MEAN_FIELD.seed}",
        code=code("perceptron/mean_field_plain"),
    shell:
        'python "$SCALING_RUN" perceptron/mean_field_plain --alphas {params.alphas} --rates {params.rates}'
        " {params.settings} --output {output:q} > {log:q} 2>&1"


rule perceptron_free_norm_limit:
    input:
        mean_field=of_alphas("mean_field", MEAN_FIELD.alphas),
        curves="results/perceptron/dynamics_curves.tsv",
        adiabatic="results/perceptron/adiabatic.parquet",
    output:
        lag="results/perceptron/free_norm_lag.tsv",
        table="results/perceptron/mean_field.tsv",
        limit="results/perceptron/large_alpha.tsv",
        windows="results/perceptron/free_norm_windows.tsv",
    log:
        "logs/perceptron_free_norm_limit.log",
    localrule: True
    params:
        alphas=STUDY.perceptron_theory.alphas,
        code=code("perceptron/free_norm_limit"),
    shell:
        'python "$SCALING_RUN" perceptron/free_norm_limit --mean-field {input.mean_field:q} --curves {input.curves:q}'
        " --adiabatic {input.adiabatic:q} --lag-table {output.lag:q} --alphas {params.alphas} --table {output.table:q} --limit {output.limit:q}"
        " --windows-table {output.windows:q} > {log:q} 2>&1"
