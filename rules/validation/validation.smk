# Synthetic studies with known exponents: are the procedures right?
from scaling.validation.scenarios import SCENARIOS


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
        code=code("validation/table"),
    shell:
        'python "$SCALING_RUN" validation/table --studies {input.studies:q} --table {output.table:q}'
        " --figures {output.figures:q} > {log:q} 2>&1"
