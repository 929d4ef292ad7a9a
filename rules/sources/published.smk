# The published curves, from the authors' own files, as a source of learning curves.
from scaling.sources.facts import baseline_of, published_rows, row_named, rows_in


def published_folder():
    """The folder of the authors' files: the one that was given, else the one that they are fetched into."""
    given = STUDY.published_curves
    if given is None:
        return checkpoints.fetch_published_curves.get().output.folder
    if not os.path.isdir(given):
        raise WorkflowError(f"config key published_curves: {given!r} is not a folder")
    return given


def published_row(wildcards):
    return row_named(wildcards.cell, wildcards.variant, wildcards.norm)


def also_published(cell):
    """The published curves of a cell's baseline."""
    return one_line(baseline_of)(published_folder(), cell)


SOURCES.append(
    Source(
        of="published/",
        rows=lambda of, kind: one_line(rows_in)(published_folder(), kind),
        window=lambda row: row_named(row.cell, row.variant, row.norm).window,
    )
)


# Where Snakemake runs: nodes of a cluster often see no other network.
checkpoint fetch_published_curves:
    output:
        folder=directory("results/published/files"),
        provenance="results/published/files.json",
    log:
        "logs/fetch_published_curves.log",
    localrule: True
    params:
        names=sorted({row.file for row in published_rows()}),
        code=code("sources/fetch_published_curves"),
    shell:
        'python "$SCALING_RUN" sources/fetch_published_curves --names {params.names:q} --folder {output.folder:q}'
        " --provenance {output.provenance:q} 2>&1 | tee {log:q}"


# The authors' curves are means already: curves and optima come with the trajectories, and mean_curves makes none.
rule published_curves:
    input:
        file=lambda wildcards: os.path.join(published_folder(), published_row(wildcards).file),
    output:
        trajectories="results/published/trajectories/{cell}/{variant}/{norm}.parquet",
        curves="results/published/curves/{cell}/{variant}/{norm}.parquet",
        optima="results/published/curves/{cell}/{variant}/{norm}.optima.parquet",
    log:
        "logs/published_curves/{cell}/{variant}/{norm}.log",
    localrule: True
    params:
        index=lambda wildcards: ([] if (index := published_row(wildcards).index) is None else ["--index", index]),
        code=code("sources/published_curves"),
    shell:
        'python "$SCALING_RUN" sources/published_curves --file {input.file:q} {params.index} --cell {wildcards.cell}'
        " --variant {wildcards.variant} --norm {wildcards.norm} --curves {output.curves:q} --optima {output.optima:q}"
        " --trajectories {output.trajectories:q} > {log:q} 2>&1"


ruleorder: published_curves > mean_curves


# Everything that the published curves at hand give: `snakemake --cores 2 published`.
rule published:
    input:
        [f"results/published/table{number}.tsv" for number in TABLES],
        lambda wildcards: figures_of_rows("published/"),
