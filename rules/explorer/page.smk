# Learning curves in the browser, with the laws' exponents on sliders: of one study, or of several.
from itertools import chain

TARGETS += ["results/explorer.html"] if STUDY.cells else []


def explored_here():
    """Of the study that is trained here: what other targets need as well, so that nothing is trained for it."""
    kinds = chain.from_iterable(STUDY.rows(kind) for kind in ("weight_decay", "sgd", "measures", "tasks"))
    audited = [(row.cell, row.variant, row.norm) for row in [*AUDITED_NORMS, *AUDITED_VARIANTS]]
    return [Row("", *key) for key in dict.fromkeys([*audited, *kinds])]


def explored_published():
    """The published curves, where they are at hand."""
    if STUDY.published_curves is None:
        return []
    return [row for kind in ("baseline", "weight_decay", "sgd", "norms") for row in rows_of("published/", kind)]


def explored(of):
    """The rows of a page: of the studies below a folder of results/, with the published ones to lay over them."""
    if of == "published/":
        return [row for kind in ("baseline", "weight_decay", "sgd", "norms") for row in rows_of(of, kind)]
    if of.startswith("recorded/"):
        return one_line(RECORDINGS.kept)(of) + explored_published()
    if of:
        return rows_of(of, "baseline")
    own = [row for name in STUDY.external for row in rows_of(f"external/{name}/", "baseline")]
    return explored_here() + own + explored_published()


def exponents_shown(of):
    """Of each row by both procedures, where others ask for that too: the robust one takes longer than all the rest."""
    others = {}
    for row in explored(of):
        if row.of not in others:
            others[row.of] = [each for kind in ("baseline", "measures", "tasks") for each in rows_of(row.of, kind)]
        laid_over = row.of == "published/" != of
        both = row.of == "" or (row in others[row.of] and not laid_over)
        yield row.file("exponents", ".tsv" if both else ".authors.tsv")


rule explorer_page:
    input:
        trajectories=lambda wildcards: [row.file("trajectories", ".parquet") for row in explored(wildcards.of)],
        curves=lambda wildcards: [row.file("curves", ".parquet") for row in explored(wildcards.of)],
        optima=lambda wildcards: [row.file("curves", ".optima.parquet") for row in explored(wildcards.of)],
        exponents=lambda wildcards: list(exponents_shown(wildcards.of)),
    output:
        page="results/{of}explorer.html",
    log:
        "logs/explorer_page/{of}explorer.log",
    localrule: True
    params:
        code=code("explorer/page", "explorer/page/*", "explorer/uplot/*"),
    shell:
        'python "$SCALING_RUN" explorer/page --trajectories {input.trajectories:q} --curves {input.curves:q}'
        " --optima {input.optima:q} --exponents {input.exponents:q} --page {output.page:q} > {log:q} 2>&1"
