# What the exponents hang on: the norm's definition, and small changes of the training.
AUDITED_NORMS = [(cell, norm) for cell in STUDY.cells for norm in STUDY.norms]
AUDITED_VARIANTS = [
    (cell, variant)
    for cell in STUDY.cells
    for variant in ["baseline"]
    + [v for v in STUDY.cells[cell].variants if v in STUDY.fragility]
    if set(STUDY.cells[cell].variants) & set(STUDY.fragility)
]
AUDIT_TARGETS = ["results/norm_audit.tsv", "results/figures/norm_audit.pdf"] + (
    ["results/fragility.tsv", "results/figures/fragility.pdf"]
    if AUDITED_VARIANTS
    else []
)
# What is trained for it is trained for nothing else, and only when it is asked for.
PRECISION_AUDITED = [
    (cell, variant)
    for cell in STUDY.cells
    for variant in ["baseline", *STUDY.cells[cell].precision_audit]
    if STUDY.cells[cell].precision_audit
]


rule norm_audit:
    input:
        exponents=[
            f"results/exponents/{cell}/baseline/{norm}.tsv"
            for cell, norm in AUDITED_NORMS
        ],
        trajectories=[
            f"results/trajectories/{cell}/baseline.parquet" for cell in STUDY.cells
        ],
    output:
        audit="results/norm_audit.tsv",
    log:
        "logs/norm_audit.log",
    threads: 1
    params:
        of=[to_json(key) for key in AUDITED_NORMS],
        cells=list(STUDY.cells),
        code=code("norm_audit"),
    shell:
        "python workflow_scripts/norm_audit.py --exponents {input.exponents} --keys {params.of:q}"
        " --trajectories {input.trajectories} --cells {params.cells} --audit {output.audit} > {log} 2>&1"


rule fragility_audit:
    input:
        exponents=[
            f"results/exponents/{cell}/{variant}/{STUDY.norms[0]}.tsv"
            for cell, variant in AUDITED_VARIANTS
        ],
        trajectories=[
            f"results/trajectories/{cell}/{variant}.parquet"
            for cell, variant in AUDITED_VARIANTS
        ],
    output:
        audit="results/fragility.tsv",
    log:
        "logs/fragility_audit.log",
    threads: 1
    params:
        of=[to_json(key) for key in AUDITED_VARIANTS],
        norm=STUDY.norms[0],
        settings=to_json(STUDY.exponents),
        code=code("fragility_audit"),
    shell:
        "python workflow_scripts/fragility_audit.py --exponents {input.exponents} --keys {params.of:q}"
        " --trajectories {input.trajectories} --norm {params.norm} --settings {params.settings:q} --audit {output.audit} > {log} 2>&1"


rule precision_audit:
    input:
        trajectories=[
            f"results/trajectories/{cell}/{variant}.parquet"
            for cell, variant in PRECISION_AUDITED
        ],
    output:
        exponents="results/precision.tsv",
        curves="results/precision_curves.tsv",
    log:
        "logs/precision_audit.log",
    threads: 1
    params:
        of=[to_json(key) for key in PRECISION_AUDITED],
        norm=STUDY.norms[0],
        settings=to_json(STUDY.exponents),
        code=code("precision_audit"),
    shell:
        "python workflow_scripts/precision_audit.py --trajectories {input.trajectories} --keys {params.of:q}"
        " --norm {params.norm} --settings {params.settings:q} --exponents {output.exponents} --curves {output.curves}"
        " > {log} 2>&1"


rule draw_audit:
    input:
        audit=lambda wildcards: {
            "norm_audit": "results/norm_audit.tsv",
            "fragility": "results/fragility.tsv",
        }[wildcards.audit],
    output:
        pdf="results/figures/{audit}.pdf",
        png=report(
            "results/figures/{audit}.png",
            caption="captions/audits.rst",
            category="Audits",
            labels=lambda wildcards: {
                "audit": {
                    "norm_audit": "definitions of the norm",
                    "fragility": "changes of the training",
                }[wildcards.audit]
            },
        ),
    log:
        "logs/draw_{audit}.log",
    wildcard_constraints:
        audit="norm_audit|fragility",
    threads: 1
    params:
        kind=lambda wildcards: wildcards.audit.removesuffix("_audit"),
        code=code("draw_audit"),
    shell:
        "python workflow_scripts/draw_audit.py --audit {input.audit} --kind {params.kind}"
        " --figures {output.pdf} {output.png} > {log} 2>&1"
