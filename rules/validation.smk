# Synthetic studies with known exponents: are the procedures right?
from scaling.exponents.scenarios import SCENARIOS


rule validation:
    output:
        studies="results/validation/{scenario}.parquet",
    log:
        "logs/validation/{scenario}.log",
    wildcard_constraints:
        scenario="|".join(SCENARIOS),
    threads: 1
    params:
        settings=to_json(STUDY.validation),
        code=code("validation"),
    shell:
        "python workflow_scripts/validation.py --scenario {wildcards.scenario} --settings {params.settings:q}"
        " --studies {output.studies} > {log} 2>&1"


rule validation_table:
    input:
        studies=expand("results/validation/{scenario}.parquet", scenario=SCENARIOS),
    output:
        table="results/validation/exponents.tsv",
        figures=multiext("results/validation/exponents", ".pdf", ".png"),
    log:
        "logs/validation_table.log",
    threads: 1
    params:
        code=code("validation_table"),
    shell:
        "python workflow_scripts/validation_table.py --studies {input.studies} --table {output.table}"
        " --figures {output.figures} > {log} 2>&1"
