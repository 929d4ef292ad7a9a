# Beside the paper: cells in another measure of the same runs, and trained by another loss.
BESIDE = {"measures": "error and loss of the same runs", "tasks": "the same network trained by another loss"}
TARGETS += [f"results/figures/{kind}.{ending}" for kind in BESIDE if STUDY.rows(kind) for ending in ("pdf", "png")]


def rows_beside(wildcards):
    return [Row("", *key) for key in STUDY.rows(wildcards.kind)]


rule figure_beside:
    input:
        curves=lambda wildcards: [row.file("curves", ".parquet") for row in rows_beside(wildcards)],
        optima=lambda wildcards: [row.file("curves", ".optima.parquet") for row in rows_beside(wildcards)],
    output:
        pdf="results/figures/{kind}.pdf",
        png=report(
            "results/figures/{kind}.png",
            caption="captions/measures.rst",
            category="Figures",
            labels=lambda wildcards: {"figure": wildcards.kind, "shows": BESIDE[wildcards.kind]},
        ),
    log:
        "logs/figures/{kind}.log",
    wildcard_constraints:
        kind="|".join(BESIDE),
    localrule: True
    params:
        step="paper/learning_curves",
        settings=lambda wildcards: source_of("").words(rows_beside(wildcards)),
        code=code("paper/learning_curves"),
    shell:
        'python "$SCALING_RUN" {params.step} --curves {input.curves:q} --optima {input.optima:q} --pdf {output.pdf:q}'
        " --png {output.png:q} > {log:q} 2>&1"
