# What the trained networks say in the table of all models: each cell as it is, in the study's first norm.
TRAINED = [Row("", *key).file("exponents", ".tsv") for key in STUDY.rows("baseline")]
if TRAINED:
    LAWS += ["results/networks/laws.tsv"]
    TARGETS += ["results/networks/laws.tsv"]
    BESIDE += ["results/networks/laws.tsv"]


rule network_laws:
    input:
        TRAINED,
    output:
        "results/networks/laws.tsv",
    log:
        "logs/network_laws.log",
    localrule: True
    params:
        code=code("networks/laws"),
    shell:
        'python "$SCALING_RUN" networks/laws --exponents {input:q} --output {output:q} > {log:q} 2>&1'
