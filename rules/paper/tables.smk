# Tables 1 to 5: each needs the exponents of its own rows and nothing else.
from scaling.paper.contents import TABLES
from scaling.sources.facts import PUBLISHED_NORM

NUMBERED = "|".join(map(str, TABLES))
TARGETS += [f"results/table{number}.tsv" for number, table in TABLES.items() if rows_of("", table.rows)]


def table_exponents(wildcards):
    kind = TABLES[int(wildcards.number)].rows
    return [row.file("exponents", ".tsv") for row in rows_of(wildcards.of, kind)]


rule table:
    input:
        exponents=table_exponents,
        descriptions=lambda wildcards: one_line(RECORDINGS.descriptions)(wildcards.of) if wildcards.of else [],
    output:
        tsv="results/{of}table{number}.tsv",
        md="results/{of}table{number}.md",
        tex="results/{of}table{number}.tex",
        web=report(
            "results/{of}table{number}.html",
            caption="captions/tables.rst",
            category="Tables",
            labels=lambda wildcards: {
                "table": wildcards.number,
                "shows": TABLES[int(wildcards.number)].shows,
            },
        ),
    log:
        "logs/table/{of}table{number}.log",
    wildcard_constraints:
        number=NUMBERED,
        of="(recorded/.*)?",
    priority: lambda wildcards: 2 * SECOND * (wildcards.number == "1")
    localrule: True
    params:
        default_norm=STUDY.norms[0],
        code=code("paper/table", "sources/printed/table*.tsv"),
    shell:
        'python "$SCALING_RUN" paper/table --number {wildcards.number} --exponents {input.exponents:q}'
        " --descriptions {input.descriptions:q} --default-norm {params.default_norm} --tsv {output.tsv:q}"
        " --md {output.md:q} --tex {output.tex:q} --web {output.web:q} > {log:q} 2>&1"


# The published tables from the published curves, number by number beside the printed ones.
rule published_table:
    input:
        exponents=lambda wildcards: [
            row.file("exponents", ".authors.tsv") for row in rows_of("published/", TABLES[int(wildcards.number)].rows)
        ],
        curves=lambda wildcards: [
            row.file("curves", ".parquet") for row in rows_of("published/", TABLES[int(wildcards.number)].rows)
        ],
    output:
        table="results/published/table{number}.tsv",
    log:
        "logs/published_table{number}.log",
    wildcard_constraints:
        number=NUMBERED,
    localrule: True
    params:
        code=code("paper/published_table", "sources/printed/*.tsv"),
    shell:
        'python "$SCALING_RUN" paper/published_table --number {wildcards.number} --exponents {input.exponents:q}'
        " --curves {input.curves:q} --table {output.table:q} > {log:q} 2>&1"


rule external_table:
    input:
        exponents=lambda wildcards: [row.file("exponents", ".tsv") for row in rows_of(wildcards.of, "baseline")],
    output:
        table="results/{of}table.tsv",
    log:
        "logs/external_table/{of}table.log",
    wildcard_constraints:
        of="external/.*",
    localrule: True
    params:
        code=code("paper/external_table"),
    shell:
        'python "$SCALING_RUN" paper/external_table --exponents {input.exponents:q} --table {output.table:q} > {log:q} 2>&1'


# What holds of the published rows when the choices are made otherwise.
rule published_choices:
    input:
        choices=lambda wildcards: [row.file("choices", ".tsv") for row in rows_of("published/", "baseline")],
    output:
        table="results/published/choices.tsv",
        figures=multiext("results/published/choices", ".pdf", ".png"),
    log:
        "logs/published_choices.log",
    localrule: True
    params:
        code=code("paper/published_choices"),
    shell:
        'python "$SCALING_RUN" paper/published_choices --choices {input.choices:q} --table {output.table:q}'
        " --figures {output.figures:q} > {log:q} 2>&1"


def agreeing_runs(wildcards):
    """The runs that are compared: those that are trained here, or a recorded study's."""
    of = "" if wildcards.of == "published/" else wildcards.of
    return Row(of, wildcards.cell, "baseline", PUBLISHED_NORM).file("trajectories", ".parquet")


# Whether runs give the published curves of their cell: `snakemake --cores 2 results/published/agreement/CNN_MNIST.tsv`.
rule agreement:
    input:
        trajectories=agreeing_runs,
        curves=lambda wildcards: also_published(wildcards.cell).file("curves", ".parquet"),
    output:
        table="results/{of}agreement/{cell}.tsv",
        figures=multiext("results/{of}agreement/{cell}", ".pdf", ".png"),
    log:
        "logs/agreement/{of}{cell}.log",
    wildcard_constraints:
        of="published/|recorded/.+",
    localrule: True
    params:
        code=code("analysis/agreement"),
    shell:
        'python "$SCALING_RUN" analysis/agreement --trajectories {input.trajectories:q} --curves {input.curves:q}'
        " --table {output.table:q} --figures {output.figures:q} 2>&1 | tee {log:q}"
