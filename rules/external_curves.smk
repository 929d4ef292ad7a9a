# Curves from elsewhere: the published ones, and a user's own.
from pathlib import Path

from scaling.curves.external import NORM as EXTERNAL_NORM
from scaling.published.facts import PUBLISHED_NORM, published_rows, rows_of_table

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


def also_published(wildcards):
    """The published curves of a cell's baseline."""
    row = f"{wildcards.cell}/baseline/{PUBLISHED_NORM}"
    there = published_there(rows_of_table(1))
    if row not in there:
        raise WorkflowError(
            f"nothing to compare with: the published curves of {wildcards.cell} are not there"
            f" (there are: {', '.join(there) or 'none'})"
        )
    return f"results/published/curves/{row}.parquet"


# Whether a cell's runs give its published curves: `snakemake --cores 2 results/published/agreement/CNN_MNIST.tsv`.
rule published_agreement:
    input:
        trajectories="results/trajectories/{cell}/baseline.parquet",
        curves=also_published,
    output:
        table="results/published/agreement/{cell}.tsv",
        figures=multiext("results/published/agreement/{cell}", ".pdf", ".png"),
    log:
        "logs/published_agreement/{cell}.log",
    threads: 1
    params:
        norm=PUBLISHED_NORM,
        code=code("published_agreement"),
    shell:
        "python workflow_scripts/published_agreement.py --name {wildcards.cell} --norm {params.norm}"
        " --trajectories {input.trajectories} --curves {input.curves} --table {output.table} --figures {output.figures}"
        " 2>&1 | tee {log}"


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


# Everything that the published curves at hand give: `snakemake --cores 2 published`.
rule published:
    input:
        expand("results/published/table{number}.tsv", number=range(1, 6)),
        published_figures,


# Everything of every external study: `snakemake --cores 2 external`.
rule external:
    input:
        expand("results/external/{name}/table.tsv", name=STUDY.external),
        expand(
            "results/external/{name}/figures/fig{number}.{kind}",
            name=STUDY.external,
            number=(3, 4, 11, 12),
            kind=("pdf", "png"),
        ),
