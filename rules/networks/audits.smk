# What the exponents hang on: the norm's definition, and small changes of the training.
AUDITED_NORMS = [Row("", cell, "baseline", norm) for cell in STUDY.cells for norm in STUDY.norms]
AUDITED_VARIANTS = [
    Row("", name, variant, STUDY.norms[0])
    for name, cell in STUDY.cells.items()
    for variant in ["baseline", *(v for v in cell.variants if v in STUDY.fragility)]
    if set(cell.variants) & set(STUDY.fragility)
]
# What is trained for it is trained for nothing else, and only when it is asked for.
PRECISION_AUDITED = [
    Row("", name, variant, STUDY.norms[0])
    for name, cell in STUDY.cells.items()
    for variant in ["baseline", *cell.precision_audit]
    if cell.precision_audit
]
AUDITS = {"norm_audit": "definitions of the norm"} if AUDITED_NORMS else {}
if AUDITED_VARIANTS:
    AUDITS["fragility"] = "changes of the training"
TARGETS += [file for audit in AUDITS for file in (f"results/{audit}.tsv", f"results/figures/{audit}.pdf")]


rule norm_audit:
    input:
        exponents=[row.file("exponents", ".tsv") for row in AUDITED_NORMS],
        trajectories=[row.file("trajectories", ".parquet") for row in AUDITED_NORMS],
    output:
        audit="results/norm_audit.tsv",
    log:
        "logs/norm_audit.log",
    localrule: True
    params:
        code=code("networks/norm_audit"),
    shell:
        'python "$SCALING_RUN" networks/norm_audit --exponents {input.exponents:q} --trajectories {input.trajectories:q}'
        " --audit {output.audit:q} > {log:q} 2>&1"


rule fragility_audit:
    input:
        exponents=[row.file("exponents", ".tsv") for row in AUDITED_VARIANTS],
        trajectories=[row.file("trajectories", ".parquet") for row in AUDITED_VARIANTS],
    output:
        audit="results/fragility.tsv",
    log:
        "logs/fragility_audit.log",
    localrule: True
    params:
        settings=to_json(STUDY.exponents),
        code=code("networks/fragility_audit"),
    shell:
        'python "$SCALING_RUN" networks/fragility_audit --exponents {input.exponents:q} --trajectories {input.trajectories:q}'
        " --settings {params.settings:q} --audit {output.audit:q} > {log:q} 2>&1"


rule precision_audit:
    input:
        trajectories=[row.file("trajectories", ".parquet") for row in PRECISION_AUDITED],
    output:
        exponents="results/precision.tsv",
        curves="results/precision_curves.tsv",
    log:
        "logs/precision_audit.log",
    localrule: True
    params:
        settings=to_json(STUDY.exponents),
        code=code("networks/precision_audit"),
    shell:
        'python "$SCALING_RUN" networks/precision_audit --trajectories {input.trajectories:q} --settings {params.settings:q}'
        " --exponents {output.exponents:q} --curves {output.curves:q} > {log:q} 2>&1"


rule draw_audit:
    input:
        audit="results/{audit}.tsv",
    output:
        pdf="results/figures/{audit}.pdf",
        png=report(
            "results/figures/{audit}.png",
            caption="captions/audits.rst",
            category="Audits",
            labels=lambda wildcards: {"audit": AUDITS[wildcards.audit]},
        ),
    log:
        "logs/draw_{audit}.log",
    wildcard_constraints:
        audit="norm_audit|fragility",
    localrule: True
    params:
        kind=lambda wildcards: wildcards.audit.removesuffix("_audit"),
        code=code("networks/draw_audit"),
    shell:
        'python "$SCALING_RUN" networks/draw_audit --audit {input.audit:q} --kind {params.kind} --figures {output.pdf:q} {output.png:q}'
        " > {log:q} 2>&1"
