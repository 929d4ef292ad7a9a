# Beside the paper: the law that curves have in common; cells in another measure of the same runs, and trained by another
# loss. Also of recorded studies.
import dataclasses

COMMON_LAW = "the law that curves have in common"
MEASURES = "error and loss of the same runs"
IN_TIME = "curves over their best norm and over their best epoch"
TASKS_SHOW = "the same networks trained by another loss"


def beside(of):
    """Their files, as far as a source has such rows."""
    drawn = {"baseline": ["common_law"], "measures": ["measures", "against_time"], "tasks": ["tasks"]}
    found = []
    for kind, names in drawn.items():
        if rows_of(of, kind):
            found += [f"results/{of}figures/{name}.{ending}" for name in names for ending in ("pdf", "png")]
            found += [f"results/{of}{kind}.tsv"] * (kind != "baseline")
    return found


def files_beside(kind, folder, ending):
    """An input function: the files of the rows of one of them."""
    return lambda wildcards: [row.file(folder, ending) for row in rows_of(wildcards.of, kind)]


def settings_beside(kind):
    """For captions: how the runs came about."""
    return lambda wildcards: source_of(wildcards.of).words(rows_of(wildcards.of, kind))


# Of the norms, the first and the one that counts every weight alike.
def exponents_of_measures(wildcards):
    rows = rows_of(wildcards.of, "measures")
    found = [(row, norm) for row in rows for norm in source_of(row.of).norms(row) if norm in (row.norm, "l2")]
    return [dataclasses.replace(row, norm=norm).file("exponents", ".tsv") for row, norm in found]


TARGETS += beside("")


rule figure_common_law:
    input:
        curves=files_beside("baseline", "curves", ".parquet"),
        optima=files_beside("baseline", "curves", ".optima.parquet"),
        exponents=files_beside("baseline", "exponents", ".tsv"),
        scales=files_beside("baseline", "exponents", ".scales.tsv"),
    output:
        pdf="results/{of}figures/common_law.pdf",
        png=report(
            "results/{of}figures/common_law.png",
            caption="captions/common_law.rst",
            category="Figures",
            labels={"figure": "common law", "shows": COMMON_LAW},
        ),
    log:
        "logs/figures/{of}common_law.log",
    localrule: True
    params:
        settings=settings_beside("baseline"),
        code=code("paper/common_law"),
    shell:
        'python "$SCALING_RUN" paper/common_law --curves {input.curves:q} --optima {input.optima:q}'
        " --exponents {input.exponents:q} --scales {input.scales:q} --pdf {output.pdf:q} --png {output.png:q} > {log:q} 2>&1"


rule figure_measures:
    input:
        curves=files_beside("measures", "curves", ".parquet"),
        optima=files_beside("measures", "curves", ".optima.parquet"),
    output:
        pdf="results/{of}figures/measures.pdf",
        png=report(
            "results/{of}figures/measures.png",
            caption="captions/measures.rst",
            category="Figures",
            labels={"figure": "measures", "shows": MEASURES},
        ),
    log:
        "logs/figures/{of}measures.log",
    wildcard_constraints:
        of="(recorded/.*)?",
    localrule: True
    params:
        settings=settings_beside("measures"),
        code=code("paper/learning_curves"),
    shell:
        'python "$SCALING_RUN" paper/learning_curves --curves {input.curves:q} --optima {input.optima:q} --pdf {output.pdf:q}'
        " --png {output.png:q} > {log:q} 2>&1"


# The same runs against the norm, over their best points, and against training time.
rule figure_against_time:
    input:
        curves=files_beside("measures", "curves", ".parquet"),
        optima=files_beside("measures", "curves", ".optima.parquet"),
        trajectories=files_beside("measures", "trajectories", ".parquet"),
    output:
        pdf="results/{of}figures/against_time.pdf",
        png=report(
            "results/{of}figures/against_time.png",
            caption="captions/against_time.rst",
            category="Figures",
            labels={"figure": "against time", "shows": IN_TIME},
        ),
    log:
        "logs/figures/{of}against_time.log",
    wildcard_constraints:
        of="(recorded/.*)?",
    localrule: True
    params:
        settings=settings_beside("measures"),
        code=code("paper/against_time"),
    shell:
        'python "$SCALING_RUN" paper/against_time --curves {input.curves:q} --optima {input.optima:q}'
        " --trajectories {input.trajectories:q} --figures {output.pdf:q} {output.png:q} > {log:q} 2>&1"


# The laws in each measure, in two norms.
rule measures:
    input:
        exponents=exponents_of_measures,
    output:
        tsv="results/{of}measures.tsv",
        md="results/{of}measures.md",
    log:
        "logs/measures/{of}measures.log",
    wildcard_constraints:
        of="(recorded/.*)?",
    localrule: True
    params:
        code=code("paper/measures"),
    shell:
        'python "$SCALING_RUN" paper/measures --exponents {input.exponents:q} --tsv {output.tsv:q} --md {output.md:q}'
        " > {log:q} 2>&1"


# Curves of each loss, and how the best norm grows with P; the same as a table, with the exponents.
rule tasks:
    input:
        curves=files_beside("tasks", "curves", ".parquet"),
        optima=files_beside("tasks", "curves", ".optima.parquet"),
        exponents=files_beside("tasks", "exponents", ".tsv"),
    output:
        table="results/{of}tasks.tsv",
        pdf="results/{of}figures/tasks.pdf",
        png=report(
            "results/{of}figures/tasks.png",
            caption="captions/tasks.rst",
            category="Figures",
            labels={"figure": "tasks", "shows": TASKS_SHOW},
        ),
    log:
        "logs/figures/{of}tasks.log",
    wildcard_constraints:
        of="(recorded/.*)?",
    localrule: True
    params:
        settings=settings_beside("tasks"),
        tasks=lambda wildcards: [source_of(wildcards.of).task(row) for row in rows_of(wildcards.of, "tasks")],
        code=code("paper/tasks"),
    shell:
        'python "$SCALING_RUN" paper/tasks --tasks {params.tasks} --curves {input.curves:q} --optima {input.optima:q}'
        " --exponents {input.exponents:q} --table {output.table:q} --figures {output.pdf:q} {output.png:q} > {log:q} 2>&1"
