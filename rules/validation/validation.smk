# Synthetic studies with known exponents: are the procedures right?
from scaling.validation.scenarios import PREDICTED, SCENARIOS


rule validation:
    output:
        studies="results/validation/{scenario}.parquet",
    log:
        "logs/validation/{scenario}.log",
    benchmark:
        "results/benchmarks/validation/{scenario}.tsv"
    wildcard_constraints:
        scenario="|".join(SCENARIOS),
    params:
        settings=to_json(STUDY.validation),
        code=code("validation/validate"),
    shell:
        'python "$SCALING_RUN" validation/validate --scenario {wildcards.scenario} --settings {params.settings:q}'
        " --studies {output.studies:q} > {log:q} 2>&1"


rule validation_table:
    input:
        studies=expand("results/validation/{scenario}.parquet", scenario=SCENARIOS),
    output:
        table="results/validation/exponents.tsv",
        figures=multiext("results/validation/exponents", ".pdf", ".png"),
    log:
        "logs/validation_table.log",
    localrule: True
    params:
        settings=to_json(STUDY.validation),
        code=code("validation/table"),
    shell:
        'python "$SCALING_RUN" validation/table --studies {input.studies:q} --settings {params.settings:q}'
        " --table {output.table:q} --figures {output.figures:q} > {log:q} 2>&1"


rule validation_predictions:
    output:
        predictions="results/validation/predictions/{scenario}.parquet",
    log:
        "logs/validation_predictions/{scenario}.log",
    benchmark:
        "results/benchmarks/validation_predictions/{scenario}.tsv"
    wildcard_constraints:
        scenario="|".join(PREDICTED),
    params:
        settings=to_json(STUDY.validation_predictions),
        code=code("validation/predict"),
    shell:
        'python "$SCALING_RUN" validation/predict --scenario {wildcards.scenario} --settings {params.settings:q}'
        " --predictions {output.predictions:q} > {log:q} 2>&1"


rule validation_predictions_table:
    input:
        predictions=expand("results/validation/predictions/{scenario}.parquet", scenario=PREDICTED),
    output:
        table="results/validation/predictions.tsv",
    log:
        "logs/validation_predictions_table.log",
    localrule: True
    params:
        settings=to_json(STUDY.validation_predictions),
        code=code("validation/prediction_table"),
    shell:
        'python "$SCALING_RUN" validation/prediction_table --predictions {input.predictions:q}'
        " --settings {params.settings:q} --table {output.table:q} > {log:q} 2>&1"


def learning_curves(wildcards):
    """The files of the folder of public learning curves."""
    folder = STUDY.learning_curves
    if folder is None or not os.path.isdir(folder):
        raise WorkflowError(f"config key learning_curves: {folder!r} is not a folder")
    return sorted(glob.glob(os.path.join(glob.escape(folder), "*.csv")))


# Our law beside published forms, where curves are known against data only: not part of `all`.
rule extrapolation:
    input:
        files=learning_curves,
    output:
        curves="results/validation/extrapolation_curves.tsv",
        table="results/validation/extrapolation.tsv",
    log:
        "logs/extrapolation.log",
    benchmark:
        "results/benchmarks/extrapolation.tsv"
    params:
        folder=lambda wildcards: STUDY.learning_curves,
        code=code("validation/extrapolation"),
    shell:
        'python "$SCALING_RUN" validation/extrapolation --folder {params.folder:q} --curves {output.curves:q}'
        " --table {output.table:q} > {log:q} 2>&1"
