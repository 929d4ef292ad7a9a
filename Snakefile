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
include: "rules/choices.smk"


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
