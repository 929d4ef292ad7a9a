# Studies that were trained and kept: this one into two small files, tables and figures out of such files.
from scaling.recorded.studies import recorded_studies

RECORDED = "workflow_scripts/scaling/recorded"


def trained_cells():
    """The cells whose baseline is there to be recorded."""
    there = [
        cell
        for cell in STUDY.cells
        if os.path.exists(f"results/trajectories/{cell}/baseline.parquet")
    ]
    if not there:
        raise WorkflowError(
            "nothing to record: no results/trajectories/CELL/baseline.parquet of this study is there"
        )
    return there


# Of what is there: nothing is trained for it, unless it is out of date. Here, since the machine is part of what is recorded.
rule record_study:
    input:
        trajectories=lambda wildcards: expand(
            "results/trajectories/{cell}/baseline.parquet", cell=trained_cells()
        ),
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
        cells=lambda wildcards: to_json(
            {
                cell: STUDY.cells[cell].model_dump(mode="json")
                for cell in trained_cells()
            }
        ),
        names=lambda wildcards: trained_cells(),
        norms=STUDY.norms,
        code=code("record_study"),
    shell:
        "python workflow_scripts/record_study.py --cells {params.cells:q} --names {params.names} --norms {params.norms}"
        " --trajectories {input.trajectories} --provenance {input.provenance} --records .snakemake/metadata"
        " --runs {output.runs} --description {output.description} 2>&1 | tee {log}"


def recorded():
    """The recorded studies by name."""
    try:
        studies = recorded_studies()
    except BadInput as problem:
        raise WorkflowError(str(problem))
    if not studies:
        raise WorkflowError(
            f"no recorded study: {RECORDED} holds no .json with its .parquet (results/recording/NAME.parquet makes both)"
        )
    return studies


def recorded_rows():
    """The rows of all studies as study/cell/variant/norm."""
    return [
        f"{name}/{row}" for name, study in recorded().items() for row in study.rows()
    ]


def recorded_files(pattern):
    """An input function: `pattern` filled in with the study and the cell/variant/norm of each row."""
    return lambda wildcards: [
        pattern.format(study=name, row=row)
        for name, _, row in (row.partition("/") for row in recorded_rows())
    ]


def recorded_panels(wildcards):
    """The rows as a figure names them: by the study as well where two have the same cell."""
    cells = [row.split("/")[1] for row in recorded_rows()]
    names = [row.split("/", 2) for row in recorded_rows()]
    return [
        f"{cell}-{study}/{rest}" if cells.count(cell) > 1 else f"{cell}/{rest}"
        for study, cell, rest in names
    ]


def recorded_window(wildcards):
    """The fit window that was recorded with the runs."""
    study = recorded()[wildcards.study]
    training = study.cells[wildcards.cell].training
    return to_json(
        training.fit_window(wildcards.variant, wildcards.norm, study.norms[0])
    )


rule recorded_trajectories:
    input:
        runs=f"{RECORDED}/{{study}}.parquet",
        description=f"{RECORDED}/{{study}}.json",
    output:
        trajectories="results/recorded/{study}/trajectories/{cell}/{variant}.parquet",
    log:
        "logs/recorded_trajectories/{study}/{cell}/{variant}.log",
    threads: 1
    params:
        code=code("recorded_trajectories"),
    shell:
        "python workflow_scripts/recorded_trajectories.py --runs {input.runs} --description {input.description}"
        " --cell {wildcards.cell} --variant {wildcards.variant} --trajectories {output.trajectories} 2>&1 | tee {log}"


use rule mean_curves as recorded_mean_curves with:
    input:
        trajectories=rules.recorded_trajectories.output.trajectories,
    output:
        curves="results/recorded/{study}/curves/{cell}/{variant}/{norm}.parquet",
        optima="results/recorded/{study}/curves/{cell}/{variant}/{norm}.optima.parquet",
    log:
        "logs/recorded_mean_curves/{study}/{cell}/{variant}/{norm}.log",


use rule authors_exponents as recorded_authors_exponents with:
    input:
        curves=rules.recorded_mean_curves.output.curves,
        optima=rules.recorded_mean_curves.output.optima,
    output:
        exponents="results/recorded/{study}/exponents/{cell}/{variant}/{norm}.authors.tsv",
        gamma_1="results/recorded/{study}/exponents/{cell}/{variant}/{norm}.gamma_1.tsv",
    log:
        "logs/recorded_authors_exponents/{study}/{cell}/{variant}/{norm}.log",
    params:
        window=recorded_window,
        code=code("authors_exponents"),


use rule robust_exponents as recorded_robust_exponents with:
    input:
        trajectories=rules.recorded_trajectories.output.trajectories,
    output:
        exponents="results/recorded/{study}/exponents/{cell}/{variant}/{norm}.robust.tsv",
        collapse="results/recorded/{study}/exponents/{cell}/{variant}/{norm}.collapse.tsv",
        scales="results/recorded/{study}/exponents/{cell}/{variant}/{norm}.scales.tsv",
    log:
        "logs/recorded_robust_exponents/{study}/{cell}/{variant}/{norm}.log",


use rule exponents as recorded_exponents with:
    input:
        authors=rules.recorded_authors_exponents.output.exponents,
        robust=rules.recorded_robust_exponents.output.exponents,
    output:
        exponents="results/recorded/{study}/exponents/{cell}/{variant}/{norm}.tsv",
    log:
        "logs/recorded_exponents/{study}/{cell}/{variant}/{norm}.log",


rule recorded_table:
    input:
        descriptions=lambda wildcards: expand(
            f"{RECORDED}/{{study}}.json", study=recorded()
        ),
        exponents=recorded_files("results/recorded/{study}/exponents/{row}.tsv"),
    output:
        tsv="results/recorded/table{number}.tsv",
        md="results/recorded/table{number}.md",
        tex="results/recorded/table{number}.tex",
    log:
        "logs/recorded_table{number}.log",
    wildcard_constraints:
        number="[12]",
    threads: 1
    params:
        rows=lambda wildcards: recorded_rows(),
        code=code("recorded_table"),
    shell:
        "python workflow_scripts/recorded_table.py --number {wildcards.number} --descriptions {input.descriptions}"
        " --rows {params.rows} --exponents {input.exponents} --tsv {output.tsv} --md {output.md} --tex {output.tex}"
        " > {log} 2>&1"


# Whether recorded runs give the published curves of their cell.
use rule published_agreement as recorded_agreement with:
    input:
        trajectories="results/recorded/{study}/trajectories/{cell}/baseline.parquet",
        curves=also_published,
    output:
        table="results/recorded/{study}/agreement/{cell}.tsv",
        figures=multiext("results/recorded/{study}/agreement/{cell}", ".pdf", ".png"),
    log:
        "logs/recorded_agreement/{study}/{cell}.log",


use rule figure_learning_curves as recorded_figure_learning_curves with:
    input:
        curves=recorded_files("results/recorded/{study}/curves/{row}.parquet"),
        optima=recorded_files("results/recorded/{study}/curves/{row}.optima.parquet"),
    output:
        pdf="results/recorded/figures/fig{number,3}.pdf",
        png="results/recorded/figures/fig{number,3}.png",
    log:
        "logs/recorded_figures/fig{number}.log",
    params:
        panels=recorded_panels,
        code=code("draw_learning_curves"),


use rule figure_collapse as recorded_figure_collapse with:
    input:
        curves=recorded_files("results/recorded/{study}/curves/{row}.parquet"),
        optima=recorded_files("results/recorded/{study}/curves/{row}.optima.parquet"),
    output:
        pdf="results/recorded/figures/fig{number,4}.pdf",
        png="results/recorded/figures/fig{number,4}.png",
    log:
        "logs/recorded_figures/fig{number}.log",
    params:
        panels=recorded_panels,
        code=code("draw_collapse"),


use rule figure_exponent_fits as recorded_figure_exponent_fits with:
    input:
        curves=recorded_files("results/recorded/{study}/curves/{row}.parquet"),
        optima=recorded_files("results/recorded/{study}/curves/{row}.optima.parquet"),
        exponents=recorded_files("results/recorded/{study}/exponents/{row}.tsv"),
        local_fits=recorded_files(
            "results/recorded/{study}/exponents/{row}.gamma_1.tsv"
        ),
    output:
        pdf="results/recorded/figures/fig{number,11}.pdf",
        png="results/recorded/figures/fig{number,11}.png",
    log:
        "logs/recorded_figures/fig{number}.log",
    params:
        panels=recorded_panels,
        code=code("draw_exponent_fits"),


use rule figure_scaling_laws as recorded_figure_scaling_laws with:
    input:
        optima=recorded_files("results/recorded/{study}/curves/{row}.optima.parquet"),
        exponents=recorded_files("results/recorded/{study}/exponents/{row}.tsv"),
    output:
        pdf="results/recorded/figures/fig{number,12}.pdf",
        png="results/recorded/figures/fig{number,12}.png",
    log:
        "logs/recorded_figures/fig{number}.log",
    params:
        panels=recorded_panels,
        code=code("draw_scaling_laws"),


# Everything of every recorded study: `snakemake --cores 2 recorded`.
rule recorded:
    input:
        expand("results/recorded/table{number}.tsv", number=(1, 2)),
        expand(
            "results/recorded/figures/fig{number}.{kind}",
            number=(3, 4, 11, 12),
            kind=("pdf", "png"),
        ),
