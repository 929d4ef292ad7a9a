# Studies that were trained and kept: this one into two small files; such files as sources of learning curves.
from scaling.sources.recorded import recorded_studies

# Where they are looked for: in the folder that Snakemake works in, then with the code.
RECORDINGS = list(dict.fromkeys(["recorded", os.path.join(HERE, "recorded")]))


def recorded():
    """The recorded studies: name -> its two files without their endings, and its description."""
    found = {}
    for folder in RECORDINGS:
        try:
            for name, study in recorded_studies(folder).items():
                found.setdefault(name, (os.path.join(folder, name), study))
        except BadInput as problem:
            raise WorkflowError(str(problem))
    if not found:
        raise WorkflowError(
            "no recorded study: the folder recorded/ holds no .json with its .parquet"
            " (results/recording/NAME.parquet makes both)"
        )
    return found


def recorded_name(of):
    """The name of a recorded study, from its folder below results/."""
    name = of.split("/")[1]
    if name not in recorded():
        raise WorkflowError(
            f"no recorded study {name!r}; there are: {', '.join(recorded())}"
        )
    return name


def recorded_rows(of, kind):
    """The rows of one study, or (of "recorded/") of all."""
    names = recorded() if of == "recorded/" else [recorded_name(of)]
    return [
        Row(f"recorded/{name}/", *key)
        for name in names
        for key in recorded()[name][1].rows(kind)
    ]


def recorded_window(row):
    """The fit window that was recorded with the runs."""
    study = recorded()[recorded_name(row.of)][1]
    training = study.cells[row.cell].training
    return training.fit_window(row.variant, row.norm, study.norms[0])


def recorded_words(rows):
    """How the runs of these rows were trained, a line each."""
    return [
        f"{row.cell.replace('_', ' ')}: {recorded()[recorded_name(row.of)][1].cells[row.cell].training.in_words()}."
        for row in rows
    ]


def descriptions_of(of):
    """The descriptions of the studies whose rows a table shows."""
    return list(
        dict.fromkeys(
            f"{recorded()[recorded_name(row.of)][0]}.json"
            for row in (rows_of(of, "baseline") if of.startswith("recorded/") else [])
        )
    )


def recorded_guess(row):
    """The error of guessing in a recorded cell, by its images' classes."""
    description = recorded()[recorded_name(row.of)][1]
    classes = description.cells[row.cell].data.get("classes")
    return 1 - 1 / len(classes) if classes else None


SOURCES.append(
    Source(
        of=r"recorded/(?:[\w.-]+/)?",
        rows=recorded_rows,
        window=recorded_window,
        guess=recorded_guess,
        words=recorded_words,
    )
)


rule recorded_trajectories:
    input:
        runs=lambda wildcards: f"{recorded()[recorded_name(f'recorded/{wildcards.study}/')][0]}.parquet",
        description=lambda wildcards: f"{recorded()[recorded_name(f'recorded/{wildcards.study}/')][0]}.json",
    output:
        trajectories="results/recorded/{study}/trajectories/{cell}/{variant}/{norm}.parquet",
    log:
        "logs/recorded_trajectories/{study}/{cell}/{variant}/{norm}.log",
    localrule: True
    threads: 1
    params:
        study=lambda wildcards: study_of(f"recorded/{wildcards.study}/"),
        code=code("sources/recorded_trajectories"),
    shell:
        'python "$SCALING_RUN" sources/recorded_trajectories --runs {input.runs:q} --description {input.description:q}'
        " --study {params.study} --cell {wildcards.cell} --variant {wildcards.variant} --norm {wildcards.norm}"
        " --trajectories {output.trajectories:q} 2>&1 | tee {log:q}"


def trained_cells():
    """The cells whose baseline is there to be recorded."""
    there = [
        cell
        for cell in STUDY.cells
        if os.path.isdir(f"results/trajectories/{cell}/baseline")
    ]
    if not there:
        raise WorkflowError(
            "nothing to record: no results/trajectories/CELL/baseline of this study is there"
        )
    return there


# Of what is there: nothing is trained for it, unless it is out of date. Here, since the machine is part of what is recorded.
rule record_study:
    input:
        trajectories=lambda wildcards: [
            Row("", cell, "baseline", norm).file("trajectories", ".parquet")
            for cell in trained_cells()
            for norm in STUDY.norms
        ],
        provenance=lambda wildcards: [
            f"results/data/{STUDY.cells[cell].dataset}.json"
            for cell in trained_cells()
        ],
    output:
        runs="results/recording/{study}.parquet",
        description="results/recording/{study}.json",
    log:
        "logs/record_study/{study}.log",
    localrule: True
    threads: 1
    params:
        # In the configuration's order, which tables and figures keep.
        cells=lambda wildcards: json.dumps(
            {
                cell: STUDY.cells[cell].model_dump(mode="json")
                for cell in trained_cells()
            }
        ),
        norms=STUDY.norms,
        benchmarks="results/benchmarks/train_block",
        code=code("sources/record_study"),
    shell:
        'python "$SCALING_RUN" sources/record_study --cells {params.cells:q} --norms {params.norms}'
        " --trajectories {input.trajectories:q} --provenance {input.provenance:q} --benchmarks {params.benchmarks:q}"
        " --runs {output.runs:q} --description {output.description:q} 2>&1 | tee {log:q}"


# Everything of every recorded study: `snakemake --cores 2 recorded`.
rule recorded:
    input:
        [f"results/recorded/table{number}.tsv" for number in (1, 2)],
        lambda wildcards: figures_of_rows("recorded/"),
