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


TABLES = [
    f"results/table{number}.tsv" for number in range(1, 6) if table_rows(STUDY, number)
]
PERCEPTRON = [
    "results/perceptron/theory.tsv",
    "results/perceptron/theory_exponents.tsv",
]
PERCEPTRON_FIGURES = [
    f"results/figures/fig{number}.{kind}"
    for number in (2, 5, 6, 8)
    for kind in ("pdf", "png")
]


rule all:
    default_target: True
    input:
        TABLES,
        NETWORK_FIGURES,
        PERCEPTRON,
        PERCEPTRON_FIGURES,
        AUDIT_TARGETS,
