# The published curves, from the authors' own files, as a source of learning curves.
from pathlib import Path

from scaling.networks.data.sizes import TORCHVISION
from scaling.sources.facts import PUBLISHED_NORM, published_rows

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


def rows_there(of, kind):
    """The rows of a published table whose file is there."""
    folder = published_folder()
    return [
        Row(of, row.cell, row.variant, row.norm)
        for row in published_rows()
        if row.kind == kind and (folder / row.file).is_file()
    ]


def also_published(cell):
    """The published curves of a cell's baseline."""
    there = rows_there("published/", "baseline")
    for row in there:
        if row.cell == cell:
            return row
    raise WorkflowError(
        f"nothing to compare with: the published curves of {cell} are not there"
        f" (there are: {', '.join(row.cell for row in there) or 'none'})"
    )


SOURCES.append(
    Source(
        of="published/",
        rows=rows_there,
        window=lambda row: PUBLISHED[row.cell, row.variant, row.norm].window,
        guess=lambda row: 1 - 1 / TORCHVISION[row.cell.split("_")[1]].classes,
    )
)


checkpoint fetch_published_curves:
    output:
        folder=directory("results/published/files"),
        provenance="results/published/files.json",
    log:
        "logs/fetch_published_curves.log",
    threads: 1
    params:
        names=sorted({row.file for row in published_rows()}),
        code=code("sources/fetch_published_curves"),
    shell:
        'python "$SCALING_RUN" sources/fetch_published_curves --names {params.names:q} --folder {output.folder:q}'
        " --provenance {output.provenance:q} 2>&1 | tee {log:q}"


# The authors' curves are means already: curves and optima come with the trajectories, and mean_curves makes none.
rule published_curves:
    input:
        file=lambda wildcards: published_folder() / published_row(wildcards).file,
    output:
        trajectories="results/published/trajectories/{cell}/{variant}/{norm}.parquet",
        curves="results/published/curves/{cell}/{variant}/{norm}.parquet",
        optima="results/published/curves/{cell}/{variant}/{norm}.optima.parquet",
    log:
        "logs/published_curves/{cell}/{variant}/{norm}.log",
    localrule: True
    threads: 1
    params:
        index=lambda wildcards: (
            []
            if (index := published_row(wildcards).index) is None
            else ["--index", index]
        ),
        code=code("sources/published_curves"),
    shell:
        'python "$SCALING_RUN" sources/published_curves --file {input.file:q} {params.index} --cell {wildcards.cell}'
        " --variant {wildcards.variant} --norm {wildcards.norm} --curves {output.curves:q} --optima {output.optima:q}"
        " --trajectories {output.trajectories:q} > {log:q} 2>&1"


ruleorder: published_curves > mean_curves


# Everything that the published curves at hand give: `snakemake --cores 2 published`.
rule published:
    input:
        [f"results/published/table{number}.tsv" for number in range(1, 6)],
        lambda wildcards: figures_of_rows("published/"),
