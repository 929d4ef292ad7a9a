# Layer statistics -> norms: the study that is trained here, as a source of learning curves.
from scaling.networks.norms.definitions import NORMS
from scaling.networks.tasks import TASKS


def trained_as(wildcards):
    """The variant whose runs are read: another measure of the same runs trains nothing."""
    block_training(wildcards)  # says what is not there
    return STUDY.trained_as(wildcards.cell, wildcards.variant)


# A new norm, or a changed one, is computed from the stored statistics: nothing is trained again, no other norm computed.
rule trajectories:
    input:
        epochs=lambda wildcards: block_files(wildcards.cell, trained_as(wildcards), "epochs"),
        layers=lambda wildcards: block_files(wildcards.cell, trained_as(wildcards), "layers"),
        provenance=lambda wildcards: f"results/data/{STUDY.cells[wildcards.cell].dataset}.json",
    output:
        table="results/trajectories/{cell}/{variant}/{norm}.parquet",
    log:
        "logs/trajectories/{cell}/{variant}/{norm}.log",
    benchmark:
        "results/benchmarks/trajectories/{cell}/{variant}/{norm}.tsv"
    wildcard_constraints:
        cell=NAMES["cells"][0],
        norm="|".join(NORMS.names()),
    priority: lambda wildcards: 2 * shown_early(wildcards)
    params:
        study=study_of(""),
        # In a cell of 1,000 blocks the files' names would fill the command line: the step makes them up itself.
        runs=lambda wildcards: f"results/runs/{wildcards.cell}/{trained_as(wildcards)}",
        blocks=lambda wildcards: to_json(numbers_of_blocks(wildcards.cell, trained_as(wildcards))),
        family=lambda wildcards: STUDY.cells[wildcards.cell].family,
        task=lambda wildcards: block_training(wildcards).task,
        measure=lambda wildcards: block_training(wildcards).measure,
        floor=lambda wildcards: block_training(wildcards).floor,
        code=lambda wildcards: code(
            "networks/trajectories", NORMS.module(wildcards.norm), TASKS.module(block_training(wildcards).task)
        ),
    shell:
        'python "$SCALING_RUN" networks/trajectories --runs {params.runs:q} --blocks {params.blocks:q}'
        " --provenance {input.provenance:q} --study {params.study} --cell {wildcards.cell} --variant {wildcards.variant}"
        " --norm {wildcards.norm} --family {params.family:q} --task {params.task} --measure {params.measure}"
        " --floor {params.floor} --table {output.table:q} > {log:q} 2>&1"


SOURCES.append(
    Source(
        of="",
        rows=lambda of, kind: [Row(of, *key) for key in STUDY.rows(kind)],
        window=lambda row: STUDY.fit_window(row.cell, row.variant, row.norm),
        words=lambda rows: STUDY.in_words((row.cell, row.variant) for row in rows),
        task=lambda row: STUDY.training(row.cell, row.variant).task,
        norms=lambda row: STUDY.norms,
    )
)
