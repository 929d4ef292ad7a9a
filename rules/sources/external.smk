# A user's own curves, as a source of learning curves.
from scaling.sources.external import NORM as EXTERNAL_NORM


def external_study(name):
    """The settings of an external study."""
    if name not in STUDY.external:
        raise WorkflowError(f"config key external: no study {name!r}; there are: {', '.join(STUDY.external) or 'none'}")
    return STUDY.external[name]


def own_curves(wildcards):
    return external_study(wildcards.cell)


SOURCES.append(
    Source(
        of=r"external/[\w.-]+/",
        rows=lambda of, kind: [Row(of, of[len("external/") : -1], "baseline", EXTERNAL_NORM)] * (kind == "baseline"),
        window=lambda row: external_study(row.cell).fit,
    )
)


rule external_curves:
    input:
        file=lambda wildcards: own_curves(wildcards).file,
    output:
        trajectories=f"results/external/{{cell}}/trajectories/{{cell}}/baseline/{EXTERNAL_NORM}.parquet",
    log:
        "logs/external_curves/{cell}.log",
    localrule: True
    params:
        study=lambda wildcards: study_of(f"external/{wildcards.cell}/"),
        columns=lambda wildcards: to_json(own_curves(wildcards).columns),
        given_as=lambda wildcards: own_curves(wildcards).given_as,
        guess=lambda wildcards: ([] if (guess := own_curves(wildcards).guess) is None else ["--guess", guess]),
        code=code("sources/external_curves"),
    shell:
        'python "$SCALING_RUN" sources/external_curves --file {input.file:q} --study {params.study} --cell {wildcards.cell}'
        " --columns {params.columns:q} --given-as {params.given_as:q} {params.guess} --trajectories {output.trajectories:q} 2>&1 | tee {log:q}"


# Everything of every external study: `snakemake --cores 2 external`.
rule external:
    input:
        [f"results/external/{name}/table.tsv" for name in STUDY.external],
        lambda wildcards: [file for name in STUDY.external for file in figures_of_rows(f"external/{name}/")],
