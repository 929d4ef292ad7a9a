# Collapse, fits, uncertainty.


rule authors_exponents:
    input:
        curves="results/curves/{cell}/{variant}/{norm}.parquet",
        optima="results/curves/{cell}/{variant}/{norm}.optima.parquet",
    output:
        exponents="results/exponents/{cell}/{variant}/{norm}.authors.tsv",
        gamma_1="results/exponents/{cell}/{variant}/{norm}.gamma_1.tsv",
    log:
        "logs/authors_exponents/{cell}/{variant}/{norm}.log",
    threads: 1
    params:
        window=lambda wildcards: to_json(
            STUDY.fit_window(wildcards.cell, wildcards.variant, wildcards.norm)
        ),
        code=code("authors_exponents"),
    shell:
        "python workflow_scripts/authors_exponents.py --curves {input.curves} --optima {input.optima}"
        " --window {params.window:q} --exponents {output.exponents} --gamma-1 {output.gamma_1} > {log} 2>&1"


rule robust_exponents:
    input:
        trajectories="results/trajectories/{cell}/{variant}.parquet",
    output:
        exponents="results/exponents/{cell}/{variant}/{norm}.robust.tsv",
        collapse="results/exponents/{cell}/{variant}/{norm}.collapse.tsv",
        scales="results/exponents/{cell}/{variant}/{norm}.scales.tsv",
    log:
        "logs/robust_exponents/{cell}/{variant}/{norm}.log",
    threads: 1
    params:
        norm="{norm}",
        settings=to_json(STUDY.exponents),
        code=code("robust_exponents"),
    shell:
        "python workflow_scripts/robust_exponents.py --trajectories {input.trajectories} --norm {params.norm}"
        " --settings {params.settings:q} --exponents {output.exponents} --collapse {output.collapse}"
        " --scales {output.scales} > {log} 2>&1"


rule exponents:
    input:
        authors="results/exponents/{cell}/{variant}/{norm}.authors.tsv",
        robust="results/exponents/{cell}/{variant}/{norm}.robust.tsv",
    output:
        exponents="results/exponents/{cell}/{variant}/{norm}.tsv",
    log:
        "logs/exponents/{cell}/{variant}/{norm}.log",
    threads: 1
    params:
        code=code("concatenate"),
    shell:
        "python workflow_scripts/concatenate.py --tables {input} --output {output.exponents} > {log} 2>&1"
