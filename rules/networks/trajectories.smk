# Layer statistics -> norms: the study that is trained here, as a source of learning curves.
from scaling.networks.norms.definitions import NORMS


# A new norm, or a changed one, is computed from the stored statistics: nothing is trained again, no other norm computed.
rule trajectories:
    input:
        epochs=lambda wildcards: block_files(wildcards.cell, wildcards.variant, "epochs"),
        layers=lambda wildcards: block_files(wildcards.cell, wildcards.variant, "layers"),
    output:
        table="results/trajectories/{cell}/{variant}/{norm}.parquet",
    log:
        "logs/trajectories/{cell}/{variant}/{norm}.log",
    wildcard_constraints:
        cell=NAMES["cells"][0],
        norm="|".join(NORMS.names()),
    params:
        study=study_of(""),
        # In a cell of 1,000 blocks the files' names would fill the command line: the step makes them up itself.
        runs="results/runs/{cell}/{variant}",
        blocks=lambda wildcards: to_json(numbers_of_blocks(wildcards.cell, wildcards.variant)),
        family=lambda wildcards: STUDY.cells[wildcards.cell].family,
        code=lambda wildcards: code("networks/trajectories", NORMS.module(wildcards.norm)),
    shell:
        'python "$SCALING_RUN" networks/trajectories --runs {params.runs:q} --blocks {params.blocks:q} --study {params.study}'
        " --cell {wildcards.cell} --variant {wildcards.variant} --norm {wildcards.norm} --family {params.family:q}"
        " --table {output.table:q} > {log:q} 2>&1"


SOURCES.append(
    Source(
        of="",
        rows=lambda of, kind: [Row(of, *key) for key in STUDY.rows(kind)],
        window=lambda row: STUDY.fit_window(row.cell, row.variant, row.norm),
        words=lambda rows: STUDY.in_words((row.cell, row.variant) for row in rows),
    )
)
