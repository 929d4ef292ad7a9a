# Curves from elsewhere: the published ones, and a user's own.
from pathlib import Path

from scaling.curves.external import NORM as EXTERNAL_NORM
from scaling.published.facts import published_rows, rows_of_table

PUBLISHED = {(row.cell, row.variant, row.norm): row for row in published_rows()}


def published_folder():
    """The folder of the authors' files: the one that was given, else the one that they are fetched into."""
    given = STUDY.published_curves
    if given is None:
        return Path(checkpoints.fetch_published_curves.get().output.folder)
    if not Path(given).is_dir():
        raise WorkflowError(f"config key published_curves: {given!r} is not a folder")
    return Path(given)


def published_row(wildcards):
    return PUBLISHED[wildcards.cell, wildcards.variant, wildcards.norm]


def published_there(rows):
    """The names (cell/variant/norm) of those rows whose file is there."""
    folder = published_folder()
    return [
        f"{row.cell}/{row.variant}/{row.norm}"
        for row in rows
        if (folder / row.file).is_file()
    ]


checkpoint fetch_published_curves:
    output:
        folder=directory("results/published/files"),
        provenance="results/published/files.json",
    log:
        "logs/fetch_published_curves.log",
    threads: 1
    params:
        names=sorted({row.file for row in published_rows()}),
        code=code("fetch_published_curves"),
    shell:
        "python workflow_scripts/fetch_published_curves.py --names {params.names:q} --folder {output.folder}"
        " --provenance {output.provenance} 2>&1 | tee {log}"


rule published_curves:
    input:
        file=lambda wildcards: published_folder() / published_row(wildcards).file,
    output:
        curves="results/published/curves/{cell}/{variant}/{norm}.parquet",
        optima="results/published/curves/{cell}/{variant}/{norm}.optima.parquet",
        trajectories="results/published/curves/{cell}/{variant}/{norm}.trajectories.parquet",
    log:
        "logs/published_curves/{cell}/{variant}/{norm}.log",
    threads: 1
    params:
        index=lambda wildcards: (
            ""
            if (index := published_row(wildcards).index) is None
            else f"--index {index}"
        ),
        code=code("published_curves"),
    shell:
        "python workflow_scripts/published_curves.py --file {input.file:q} {params.index} --curves {output.curves}"
        " --optima {output.optima} --trajectories {output.trajectories} > {log} 2>&1"


use rule authors_exponents as published_authors_exponents with:
    input:
        curves=rules.published_curves.output.curves,
        optima=rules.published_curves.output.optima,
    output:
        exponents="results/published/exponents/{cell}/{variant}/{norm}.authors.tsv",
        gamma_1="results/published/exponents/{cell}/{variant}/{norm}.gamma_1.tsv",
    log:
        "logs/published_authors_exponents/{cell}/{variant}/{norm}.log",
    params:
        window=lambda wildcards: to_json(published_row(wildcards).window),
        code=code("authors_exponents"),


use rule robust_exponents as published_robust_exponents with:
    input:
        trajectories=rules.published_curves.output.trajectories,
    output:
        exponents="results/published/exponents/{cell}/{variant}/{norm}.robust.tsv",
        collapse="results/published/exponents/{cell}/{variant}/{norm}.collapse.tsv",
        scales="results/published/exponents/{cell}/{variant}/{norm}.scales.tsv",
    log:
        "logs/published_robust_exponents/{cell}/{variant}/{norm}.log",
    params:
        norm=EXTERNAL_NORM,
        settings=to_json(STUDY.exponents),
        code=code("robust_exponents"),


use rule exponents as published_exponents with:
    input:
        authors=rules.published_authors_exponents.output.exponents,
        robust=rules.published_robust_exponents.output.exponents,
    output:
        exponents="results/published/exponents/{cell}/{variant}/{norm}.tsv",
    log:
        "logs/published_exponents/{cell}/{variant}/{norm}.log",


rule published_table:
    input:
        printed="workflow_scripts/scaling/published/table{number}.tsv",
        exponents=lambda wildcards: expand(
            "results/published/exponents/{row}.authors.tsv",
            row=published_there(rows_of_table(int(wildcards.number))),
        ),
    output:
        table="results/published/table{number}.tsv",
    log:
        "logs/published_table{number}.log",
    wildcard_constraints:
        number="[1-5]",
    threads: 1
    params:
        rows=lambda wildcards: published_there(rows_of_table(int(wildcards.number))),
        code=code("published_table"),
    shell:
        "python workflow_scripts/published_table.py --number {wildcards.number} --rows {params.rows}"
        " --exponents {input.exponents} --table {output.table} > {log} 2>&1"


rule external_curves:
    input:
        file=lambda wildcards: STUDY.external[wildcards.name].file,
    output:
        trajectories="results/external/{name}/trajectories.parquet",
    log:
        "logs/external_curves/{name}.log",
    threads: 1
    params:
        code=code("external_curves"),
    shell:
        "python workflow_scripts/external_curves.py --file {input.file:q} --trajectories {output.trajectories}"
        " 2>&1 | tee {log}"


use rule mean_curves as external_mean_curves with:
    input:
        trajectories=rules.external_curves.output.trajectories,
    output:
        curves="results/external/{name}/curves.parquet",
        optima="results/external/{name}/optima.parquet",
    log:
        "logs/external_mean_curves/{name}.log",
    params:
        norm=EXTERNAL_NORM,
        grid_points=STUDY.exponents.grid_points,
        code=code("mean_curves"),


use rule authors_exponents as external_authors_exponents with:
    input:
        curves=rules.external_mean_curves.output.curves,
        optima=rules.external_mean_curves.output.optima,
    output:
        exponents="results/external/{name}/exponents.authors.tsv",
        gamma_1="results/external/{name}/gamma_1.tsv",
    log:
        "logs/external_authors_exponents/{name}.log",
    params:
        window=lambda wildcards: to_json(STUDY.external[wildcards.name].fit),
        code=code("authors_exponents"),


use rule robust_exponents as external_robust_exponents with:
    input:
        trajectories=rules.external_curves.output.trajectories,
    output:
        exponents="results/external/{name}/exponents.robust.tsv",
        collapse="results/external/{name}/collapse.tsv",
        scales="results/external/{name}/scales.tsv",
    log:
        "logs/external_robust_exponents/{name}.log",
    params:
        norm=EXTERNAL_NORM,
        settings=to_json(STUDY.exponents),
        code=code("robust_exponents"),


use rule exponents as external_exponents with:
    input:
        authors=rules.external_authors_exponents.output.exponents,
        robust=rules.external_robust_exponents.output.exponents,
    output:
        exponents="results/external/{name}/exponents.tsv",
    log:
        "logs/external_exponents/{name}.log",


rule external_table:
    input:
        exponents=rules.external_exponents.output.exponents,
    output:
        table="results/external/{name}/table.tsv",
    log:
        "logs/external_table/{name}.log",
    threads: 1
    params:
        code=code("external_table"),
    shell:
        "python workflow_scripts/external_table.py --name {wildcards.name} --exponents {input.exponents}"
        " --table {output.table} > {log} 2>&1"


def published_panel(row):
    """How the row is called in a figure; its tables are those of `panel` in figures.smk."""
    changed = {1: None, 3: "weight decay", 4: "SGD", 5: row.norm}[row.tables[0]]
    if changed == "weight decay":
        changed += f" {power_of_ten(float(row.variant.removeprefix('weight_decay_')))}"
    return panel(row.cell, column=changed, variant=row.variant, norm=row.norm)


def published_panels(wildcards):
    """The panels of a figure whose curves are there."""
    number = int(wildcards.number)
    table = 1 if number <= 12 else (number - 13) // 3 + 3
    rows = rows_of_table(table)
    there = published_there(rows)
    if not there:
        files = ", ".join(sorted({row.file for row in rows}))
        raise WorkflowError(
            f"published figure {number}: none of {files} in {published_folder()}"
        )
    return [
        published_panel(row)
        for row in rows
        if f"{row.cell}/{row.variant}/{row.norm}" in there
    ]


def published_files(pattern):
    return lambda wildcards: [
        f"results/published/{pattern}".format(p["tables"])
        for p in published_panels(wildcards)
    ]


def published_labels(wildcards):
    return [
        to_json({side: p[side] for side in ("row", "column")})
        for p in published_panels(wildcards)
    ]


def published_targets():
    tables = {number: f"results/published/table{number}.tsv" for number in range(1, 6)}
    figures = {1: (3, 4, 11, 12), 3: (13, 14, 15), 4: (16, 17, 18), 5: (19, 20, 21)}
    there = [number for number in figures if published_there(rows_of_table(number))]
    return list(tables.values()) + [
        f"results/published/figures/fig{figure}.{kind}"
        for number in there
        for figure in figures[number]
        for kind in ("pdf", "png")
    ]


def external_label(wildcards):
    """An external study is one panel, called by its name."""
    return [to_json({"row": wildcards.name, "column": "own norm"})]


EXTERNAL_TARGETS = [
    f"results/external/{name}/{file}"
    for name in STUDY.external
    for file in (
        "table.tsv",
        *(
            f"figures/{figure}.{kind}"
            for figure in (
                "learning_curves",
                "collapse",
                "exponent_fits",
                "scaling_laws",
            )
            for kind in ("pdf", "png")
        ),
    )
]


use rule figure_learning_curves as published_learning_curves with:
    input:
        curves=published_files("curves/{}.parquet"),
        optima=published_files("curves/{}.optima.parquet"),
    output:
        pdf="results/published/figures/fig{number,3|13|16|19}.pdf",
        png="results/published/figures/fig{number,3|13|16|19}.png",
    log:
        "logs/published_figures/fig{number}.log",
    params:
        panels=published_labels,
        code=code("draw_learning_curves"),


use rule figure_collapse as published_collapse with:
    input:
        curves=published_files("curves/{}.parquet"),
        optima=published_files("curves/{}.optima.parquet"),
    output:
        pdf="results/published/figures/fig{number,4|14|17|20}.pdf",
        png="results/published/figures/fig{number,4|14|17|20}.png",
    log:
        "logs/published_figures/fig{number}.log",
    params:
        panels=published_labels,
        code=code("draw_collapse"),


use rule figure_exponent_fits as published_exponent_fits with:
    input:
        curves=published_files("curves/{}.parquet"),
        optima=published_files("curves/{}.optima.parquet"),
        exponents=published_files("exponents/{}.tsv"),
        local_fits=published_files("exponents/{}.gamma_1.tsv"),
    output:
        pdf="results/published/figures/fig{number,11}.pdf",
        png="results/published/figures/fig{number,11}.png",
    log:
        "logs/published_figures/fig{number}.log",
    params:
        panels=published_labels,
        code=code("draw_exponent_fits"),


use rule figure_scaling_laws as published_scaling_laws with:
    input:
        optima=published_files("curves/{}.optima.parquet"),
        exponents=published_files("exponents/{}.tsv"),
    output:
        pdf="results/published/figures/fig{number,12|15|18|21}.pdf",
        png="results/published/figures/fig{number,12|15|18|21}.png",
    log:
        "logs/published_figures/fig{number}.log",
    params:
        panels=published_labels,
        code=code("draw_scaling_laws"),


use rule figure_learning_curves as external_learning_curves with:
    input:
        curves="results/external/{name}/curves.parquet",
        optima="results/external/{name}/optima.parquet",
    output:
        pdf="results/external/{name}/figures/learning_curves.pdf",
        png="results/external/{name}/figures/learning_curves.png",
    log:
        "logs/external_figures/{name}/learning_curves.log",
    params:
        panels=external_label,
        code=code("draw_learning_curves"),


use rule figure_collapse as external_collapse with:
    input:
        curves="results/external/{name}/curves.parquet",
        optima="results/external/{name}/optima.parquet",
    output:
        pdf="results/external/{name}/figures/collapse.pdf",
        png="results/external/{name}/figures/collapse.png",
    log:
        "logs/external_figures/{name}/collapse.log",
    params:
        panels=external_label,
        code=code("draw_collapse"),


use rule figure_exponent_fits as external_exponent_fits with:
    input:
        curves="results/external/{name}/curves.parquet",
        optima="results/external/{name}/optima.parquet",
        exponents="results/external/{name}/exponents.tsv",
        local_fits="results/external/{name}/gamma_1.tsv",
    output:
        pdf="results/external/{name}/figures/exponent_fits.pdf",
        png="results/external/{name}/figures/exponent_fits.png",
    log:
        "logs/external_figures/{name}/exponent_fits.log",
    params:
        panels=external_label,
        code=code("draw_exponent_fits"),


use rule figure_scaling_laws as external_scaling_laws with:
    input:
        optima="results/external/{name}/optima.parquet",
        exponents="results/external/{name}/exponents.tsv",
    output:
        pdf="results/external/{name}/figures/scaling_laws.pdf",
        png="results/external/{name}/figures/scaling_laws.png",
    log:
        "logs/external_figures/{name}/scaling_laws.log",
    params:
        panels=external_label,
        code=code("draw_scaling_laws"),


# Everything that the published curves at hand give: `snakemake --cores 2 published`.
rule published:
    input:
        lambda wildcards: published_targets(),


# Everything of every external study: `snakemake --cores 2 external`.
rule external:
    input:
        EXTERNAL_TARGETS,
