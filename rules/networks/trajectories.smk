# Layer statistics -> norms: the study that is trained here, as a source of learning curves.
from scaling.networks.data.sizes import known_sizes
from scaling.networks.norms.definitions import NORMS


# A new norm, or a changed one, is computed from the stored statistics: nothing is trained again, no other norm computed.
rule trajectories:
    input:
        epochs=lambda wildcards: block_files(
            wildcards.cell, wildcards.variant, "epochs"
        ),
        layers=lambda wildcards: block_files(
            wildcards.cell, wildcards.variant, "layers"
        ),
    output:
        table="results/trajectories/{cell}/{variant}/{norm}.parquet",
    log:
        "logs/trajectories/{cell}/{variant}/{norm}.log",
    wildcard_constraints:
        cell=NAMES["cells"][0],
        norm="|".join(NORMS.names()),
    threads: 1
    params:
        study=study_of(""),
        # In a cell of 1,000 blocks the files' names would fill the command line: the step makes them up itself.
        runs="results/runs/{cell}/{variant}",
        blocks=lambda wildcards: to_json(
            numbers_of_blocks(wildcards.cell, wildcards.variant)
        ),
        family=lambda wildcards: STUDY.cells[wildcards.cell].family,
        code=lambda wildcards: code(
            "networks/trajectories", NORMS.module(wildcards.norm)
        ),
    shell:
        'python "$SCALING_RUN" networks/trajectories --runs {params.runs:q} --blocks {params.blocks:q} --study {params.study}'
        " --cell {wildcards.cell} --variant {wildcards.variant} --norm {wildcards.norm} --family {params.family:q}"
        " --table {output.table:q} > {log:q} 2>&1"


def settings_in_words(rows):
    """How the networks of these rows were trained, a line for each cell and variant."""
    trained = dict.fromkeys((row.cell, row.variant) for row in rows)
    return [
        f"{cell} {variant}".removesuffix(" baseline").replace("_", " ")
        + f": {STUDY.training(cell, variant).in_words()}."
        for cell, variant in trained
    ]


def guess_of_cell(row):
    """The error of guessing in a cell, where the number of classes is known before the images are read."""
    settings = STUDY.datasets[STUDY.training(row.cell, row.variant).dataset]
    sizes = known_sizes(settings)
    return None if sizes is None else 1 - 1 / sizes.classes


SOURCES.append(
    Source(
        of="",
        rows=lambda of, kind: [Row(of, *key) for key in STUDY.rows(kind)],
        window=lambda row: STUDY.fit_window(row.cell, row.variant, row.norm),
        guess=guess_of_cell,
        words=settings_in_words,
    )
)
