# What the study will take, before anything is submitted: `snakemake --cores 1 results/plan.tsv`.
from scaling.networks.settings import Settings as NetworkSettings


rule plan:
    output:
        plan="results/plan.tsv",
    log:
        "logs/plan.log",
    localrule: True
    params:
        study=STUDY.model_dump_json(include=set(NetworkSettings.model_fields)),
        code=code("networks/plan", "networks/plan/rates.tsv"),
    shell:
        'python "$SCALING_RUN" networks/plan --study {params.study:q} --plan {output.plan:q} 2> {log:q}'
