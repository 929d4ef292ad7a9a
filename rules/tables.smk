# Tables 1 to 5: each needs the exponents of its own rows and nothing else.
from scaling.tables.paper import table_rows


def rows_of(wildcards):
    """The rows of a table as cell/variant/norm."""
    return ["/".join(row) for row in table_rows(STUDY, int(wildcards.number))]


TABLES = [
    f"results/table{number}.tsv" for number in range(1, 6) if table_rows(STUDY, number)
]


TABLE_TITLES = {
    1: "predicted and measured exponents",
    2: "the two dynamical exponents",
    3: "weight decay",
    4: "SGD",
    5: "other norms",
}


rule table:
    input:
        printed="workflow_scripts/scaling/published/table{number}.tsv",
        exponents=lambda wildcards: expand(
            "results/exponents/{row}.tsv", row=rows_of(wildcards)
        ),
    output:
        tsv="results/table{number}.tsv",
        md="results/table{number}.md",
        tex="results/table{number}.tex",
        web=report(
            "results/table{number}.html",
            caption="captions/tables.rst",
            category="Tables",
            labels=lambda wildcards: {
                "table": wildcards.number,
                "shows": TABLE_TITLES[int(wildcards.number)],
            },
        ),
    log:
        "logs/table{number}.log",
    wildcard_constraints:
        number="[1-5]",
    threads: 1
    params:
        rows=rows_of,
        default_norm=STUDY.norms[0],
        code=code("paper_table"),
    shell:
        "python workflow_scripts/paper_table.py --number {wildcards.number} --rows {params.rows}"
        " --exponents {input.exponents} --default-norm {params.default_norm} --tsv {output.tsv} --md {output.md}"
        " --tex {output.tex} --web {output.web} > {log} 2>&1"
