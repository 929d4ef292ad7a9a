# What the study will take, before anything is submitted: `snakemake --cores 1 results/plan.tsv`.


rule plan:
    output:
        plan="results/plan.tsv",
    log:
        "logs/plan.log",
    localrule: True
    threads: 1
    params:
        study=to_json(STUDY),
        code=code("plan"),
    shell:
        "python workflow_scripts/plan.py --study {params.study:q} --plan {output.plan} 2> {log}"
