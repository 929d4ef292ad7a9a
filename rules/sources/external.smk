# A user's own curves, as a source of learning curves.
from scaling.sources.external import NORM as EXTERNAL_NORM


def external_study(of):
    """The name of an external study, from its folder below results/."""
    name = of.split("/")[1]
    if name not in STUDY.external:
        raise WorkflowError(
            f"config key external: no study {name!r}; there are: {', '.join(STUDY.external) or 'none'}"
        )
    return name


SOURCES.append(
    Source(
        of=r"external/[\w.-]+/",
        rows=lambda of, kind: (
            [Row(of, external_study(of), "baseline", EXTERNAL_NORM)]
            if kind == "baseline"
            else []
        ),
        window=lambda row: STUDY.external[external_study(row.of)].fit,
        guess=lambda row: STUDY.external[external_study(row.of)].guess,
    )
)


rule external_curves:
    input:
        file=lambda wildcards: STUDY.external[
            external_study(f"external/{wildcards.cell}/")
        ].file,
    output:
        trajectories=f"results/external/{{cell}}/trajectories/{{cell}}/baseline/{EXTERNAL_NORM}.parquet",
    log:
        "logs/external_curves/{cell}.log",
    localrule: True
    threads: 1
    params:
        study=lambda wildcards: study_of(f"external/{wildcards.cell}/"),
        code=code("sources/external_curves"),
    shell:
        'python "$SCALING_RUN" sources/external_curves --file {input.file:q} --study {params.study} --cell {wildcards.cell}'
        " --trajectories {output.trajectories:q} 2>&1 | tee {log:q}"


# Everything of every external study: `snakemake --cores 2 external`.
rule external:
    input:
        [f"results/external/{name}/table.tsv" for name in STUDY.external],
        lambda wildcards: [
            file
            for name in STUDY.external
            for file in figures_of_rows(f"external/{name}/")
        ],
