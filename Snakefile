# From images to the paper's tables and figures, with the perceptron's two branches beside them.
configfile: "config.yaml"


include: "rules/common.smk"
include: "rules/data.smk"
include: "rules/plan.smk"
include: "rules/training.smk"
include: "rules/trajectories.smk"
include: "rules/exponents.smk"
include: "rules/validation.smk"
include: "rules/audits.smk"
include: "rules/perceptron_theory.smk"
include: "rules/perceptron_dynamics.smk"
include: "rules/tables.smk"
include: "rules/figures.smk"
include: "rules/external_curves.smk"
include: "rules/recorded.smk"
include: "rules/choices.smk"


# What takes seconds runs where Snakemake runs: as a cluster's job each would start Snakemake twice. Rules say so themselves
# where they must.
localrules:
    mean_curves,
    authors_exponents,
    exponents,
    table,
    norm_audit,
    fragility_audit,
    precision_audit,
    draw_audit,
    perceptron_theory,
    perceptron_theory_exponents,
    perceptron_dynamics_table,
    perceptron_fixed_norm_table,
    perceptron_exponents,
    figure1,
    figure2,
    figure5,
    figure6,
    figure7,
    figure8,
    figure9,
    figure_learning_curves,
    figure_collapse,
    figure_trajectories,
    figure_exponent_fits,
    figure_scaling_laws,


PERCEPTRON = [
    f"results/perceptron/{table}"
    for table in (
        "theory.tsv",
        "theory_exponents.tsv",
        "dynamics.parquet",
        "exponents.tsv",
    )
]
PERCEPTRON_FIGURES = [
    f"results/figures/fig{number}.{kind}"
    for number in (1, 2, 5, 6, 7, 8, 9)
    for kind in ("pdf", "png")
]
ALL_TARGETS = TABLES + NETWORK_FIGURES + PERCEPTRON + PERCEPTRON_FIGURES + AUDIT_TARGETS


include: "rules/report.smk"


rule all:
    default_target: True
    input:
        ALL_TARGETS,


# By its own limit of 100 job starts a second, Snakemake (9.27) goes over all waiting jobs once a second for every job that
# has ended so far: after some dozens that keeps a core busy. A limit that was asked for stays.
onstart:
    limit = workflow.scheduling_settings.max_jobs_per_timespan
    if limit and (limit.max_jobs, limit.timespan) == (100, 1):
        workflow.scheduler.job_rate_limiter = None


onerror:
    missing = sorted(
        path
        for job in workflow.dag.needrun_jobs()
        for path in job.output
        if not os.path.exists(path)
    )
    print(
        f"Not made ({len(missing)} files), for the errors above:",
        *missing[:50],
        sep="\n  ",
        file=sys.stderr,
    )
    if len(missing) > 50:
        print(f"  ... and {len(missing) - 50} more", file=sys.stderr)
