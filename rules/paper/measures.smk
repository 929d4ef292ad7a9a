# Beside the paper: the law that curves have in common; cells in another measure of the same runs, and trained by another
# loss. Also of recorded studies.
COMMON_LAW = "the law that curves have in common"
MEASURES = "error and loss of the same runs"
TASKS_SHOW = "the same networks trained by another loss"


def beside(of):
    """The files of all three, as far as a source has such rows."""
    rows = {"common_law": "baseline", "measures": "measures", "tasks": "tasks"}
    made = [name for name, kind in rows.items() if rows_of(of, kind)]
    files = [f"results/{of}figures/{name}.{ending}" for name in made for ending in ("pdf", "png")]
    return files + [f"results/{of}tasks.tsv"] * ("tasks" in made)


def files_beside(kind, folder, ending):
    """An input function: the files of the rows of one of them."""
    return lambda wildcards: [row.file(folder, ending) for row in rows_of(wildcards.of, kind)]


def settings_beside(kind):
    """For captions: how the runs came about."""
    return lambda wildcards: source_of(wildcards.of).words(rows_of(wildcards.of, kind))


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
