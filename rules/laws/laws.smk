# Where the laws hold: what all rooms know of them in one table, and the procedures on curves of known exponents.
# Rooms announce their tables in LAWS and KNOWN_CURVES; those that come after this one, too: so they are read late.
TARGETS += [f"results/laws.{kind}" for kind in ("tsv", "md", "tex")] + ["results/laws_procedures.tsv"]
TARGETS += [f"results/figures/{name}.{kind}" for name in ("laws", "laws_procedures") for kind in ("pdf", "png")]


rule laws_table:
    input:
        lambda wildcards: LAWS,
    output:
        tsv="results/laws.tsv",
        md="results/laws.md",
        tex="results/laws.tex",
    log:
        "logs/laws_table.log",
    localrule: True
    params:
        code=code("laws/table"),
    shell:
        'python "$SCALING_RUN" laws/table --laws {input:q} --tsv {output.tsv:q} --md {output.md:q} --tex {output.tex:q}'
        " > {log:q} 2>&1"


rule laws_figure:
    input:
        "results/laws.tsv",
    output:
        pdf="results/figures/laws.pdf",
        png=report(
            "results/figures/laws.png",
            caption="captions/where.rst",
            category="Where the laws hold",
            labels={"figure": "laws", "shows": "the exponents of all models"},
        ),
    log:
        "logs/figures/laws.log",
    localrule: True
    params:
        code=code("laws/figure_where"),
    shell:
        'python "$SCALING_RUN" laws/figure_where --laws {input:q} --pdf {output.pdf:q} --png {output.png:q} > {log:q} 2>&1'


rule laws_procedures:
    input:
        lambda wildcards: KNOWN_CURVES,
    output:
        "results/laws_procedures.tsv",
    log:
        "logs/laws_procedures.log",
    benchmark:
        "results/benchmarks/laws_procedures.tsv"
    params:
        code=code("laws/procedures"),
    shell:
        'python "$SCALING_RUN" laws/procedures --known {input:q} --output {output:q} > {log:q} 2>&1'


rule laws_figure_procedures:
    input:
        "results/laws_procedures.tsv",
    output:
        pdf="results/figures/laws_procedures.pdf",
        png=report(
            "results/figures/laws_procedures.png",
            caption="captions/procedures.rst",
            category="Where the laws hold",
            labels={"figure": "procedures", "shows": "what the procedures return, over the truth"},
        ),
    log:
        "logs/figures/laws_procedures.log",
    localrule: True
    params:
        code=code("laws/figure_procedures"),
    shell:
        'python "$SCALING_RUN" laws/figure_procedures --procedures {input:q} --pdf {output.pdf:q} --png {output.png:q}'
        " > {log:q} 2>&1"
