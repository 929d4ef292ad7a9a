# Studies that were trained and kept: this one into two small files; such files as sources of learning curves.
from scaling.networks.tasks import TASKS
from scaling.sources.recorded import Recordings

# Looked for in the folder that Snakemake works in, then with the code.
RECORDINGS = Recordings(["recorded", os.path.join(HERE, "recorded")])
SOURCES.append(
    Source(
        of=r"recorded/(?:[\w.-]+/)?",
        rows=one_line(RECORDINGS.rows),
        window=one_line(RECORDINGS.window),
        words=one_line(RECORDINGS.words),
        task=one_line(RECORDINGS.task),
        norms=one_line(RECORDINGS.norms),
    )
)


def recorded_file(ending):
    """An input function: the file of a recorded study."""
    return lambda wildcards: one_line(RECORDINGS.file)(f"recorded/{wildcards.study}/", ending)


def recorded_task(wildcards):
    of = f"recorded/{wildcards.study}/"
    return one_line(RECORDINGS.task)(Row(of, wildcards.cell, wildcards.variant, wildcards.norm))


rule recorded_trajectories:
    input:
        runs=recorded_file(".parquet"),
        description=recorded_file(".json"),
    output:
        trajectories="results/recorded/{study}/trajectories/{cell}/{variant}/{norm}.parquet",
    log:
        "logs/recorded_trajectories/{study}/{cell}/{variant}/{norm}.log",
    localrule: True
    params:
        study=lambda wildcards: study_of(f"recorded/{wildcards.study}/"),
        code=lambda wildcards: code("sources/recorded_trajectories", TASKS.module(recorded_task(wildcards))),
    shell:
        'python "$SCALING_RUN" sources/recorded_trajectories --runs {input.runs:q} --description {input.description:q}'
        " --study {params.study} --cell {wildcards.cell} --variant {wildcards.variant} --norm {wildcards.norm}"
        " --trajectories {output.trajectories:q} 2>&1 | tee {log:q}"


def trained_cells():
    """The cells whose baseline is there to be recorded."""
    there = [cell for cell in STUDY.cells if os.path.isdir(f"results/trajectories/{cell}/baseline")]
    if not there:
        raise WorkflowError("nothing to record: no results/trajectories/CELL/baseline of this study is there")
    return there


def recorded_variants(cell):
    """The variants of a cell that are recorded: those there that change what is analysed or what is minimised."""
    changed = dict.fromkeys(
        variant for kind in ("measures", "tasks") for name, variant, _ in STUDY.rows(kind) if name == cell
    )
    return [name for name in changed if name != "baseline" and os.path.isdir(f"results/trajectories/{cell}/{name}")]


# Of what is there: nothing is trained for it, unless it is out of date. Here, since the machine is part of what is recorded.
rule record_study:
    input:
        trajectories=lambda wildcards: [
            Row("", cell, variant, norm).file("trajectories", ".parquet")
            for cell in trained_cells()
            for variant in ("baseline", *recorded_variants(cell))
            for norm in STUDY.norms
        ],
        provenance=lambda wildcards: [f"results/data/{STUDY.cells[cell].dataset}.json" for cell in trained_cells()],
    output:
        runs="results/recording/{study}.parquet",
        description="results/recording/{study}.json",
    log:
        "logs/record_study/{study}.log",
    localrule: True
    params:
        # In the configuration's order, which tables and figures keep.
        cells=lambda wildcards: json.dumps(
            {cell: STUDY.cells[cell].model_dump(mode="json") for cell in trained_cells()}
        ),
        variants=lambda wildcards: json.dumps(
            {
                cell: {name: STUDY.training(cell, name).model_dump(mode="json") for name in recorded_variants(cell)}
                for cell in trained_cells()
            }
        ),
        norms=STUDY.norms,
        benchmarks="results/benchmarks/train_block",
        trained="results/runs",
        code=code("sources/record_study"),
    shell:
        'python "$SCALING_RUN" sources/record_study --cells {params.cells:q} --variants {params.variants:q}'
        " --norms {params.norms}"
        " --trajectories {input.trajectories:q} --provenance {input.provenance:q} --benchmarks {params.benchmarks:q}"
        " --trained {params.trained:q}"
        " --runs {output.runs:q} --description {output.description:q} 2>&1 | tee {log:q}"


# Everything of every recorded study: `snakemake --cores 2 recorded`.
rule recorded:
    input:
        [f"results/recorded/table{number}.tsv" for number, table in TABLES.items() if table.rows == "baseline"],
        lambda wildcards: [*figures_of_rows("recorded/"), *beside("recorded/")],
