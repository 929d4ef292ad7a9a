# How much the choices matter.


rule choices:
    input:
        runs="results/trajectories/{cell}/{variant}.parquet",
        curves="results/curves/{cell}/{variant}/{norm}.parquet",
        optima="results/curves/{cell}/{variant}/{norm}.optima.parquet",
    output:
        table="results/choices/{cell}/{variant}/{norm}.tsv",
        figures=multiext("results/choices/{cell}/{variant}/{norm}", ".pdf", ".png"),
    log:
        "logs/choices/{cell}/{variant}/{norm}.log",
    threads: 1
    params:
        norm="{norm}",
        name="{cell}/{variant}/{norm}",
        window=lambda wildcards: to_json(
            STUDY.fit_window(wildcards.cell, wildcards.variant, wildcards.norm)
        ),
        settings=to_json(STUDY.exponents),
        code=code("choices"),
    shell:
        "python workflow_scripts/choices.py --runs {input.runs} --norm {params.norm} --curves {input.curves}"
        " --optima {input.optima} --window {params.window:q} --settings {params.settings:q} --name {params.name} --table {output.table}"
        " --figures {output.figures} > {log} 2>&1"


use rule choices as published_row_choices with:
    input:
        runs=rules.published_curves.output.trajectories,
        curves=rules.published_curves.output.curves,
        optima=rules.published_curves.output.optima,
    output:
        table="results/published/choices/{cell}/{variant}/{norm}.tsv",
        figures=multiext(
            "results/published/choices/{cell}/{variant}/{norm}", ".pdf", ".png"
        ),
    log:
        "logs/published_row_choices/{cell}/{variant}/{norm}.log",
    params:
        norm=EXTERNAL_NORM,
        name="{cell}/{variant}/{norm}",
        window=lambda wildcards: to_json(published_row(wildcards).window),
        settings=to_json(STUDY.exponents),
        code=code("choices"),


rule published_choices:
    input:
        choices=lambda wildcards: expand(
            "results/published/choices/{row}.tsv",
            row=published_there(rows_of_table(1)),
        ),
    output:
        table="results/published/choices.tsv",
        figures=multiext("results/published/choices", ".pdf", ".png"),
    log:
        "logs/published_choices.log",
    threads: 1
    params:
        names=lambda wildcards: published_there(rows_of_table(1)),
        code=code("published_choices"),
    shell:
        "python workflow_scripts/published_choices.py --names {params.names} --choices {input.choices}"
        " --table {output.table} --figures {output.figures} > {log} 2>&1"
