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


rule all:
    default_target: True
    input:
        [],
