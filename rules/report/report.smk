# Everything in one file that opens offline.
import yaml

# What is gathered of recorded studies alone has no first page.
if os.path.exists("results/report.rst"):

    report: os.path.abspath("results/report.rst")  # of the folder that Snakemake works in


def changed_settings():
    """What the default configuration does not say itself, as YAML: numbers stay numbers, also as keys."""
    with open(os.path.join(HERE, "config.yaml")) as file:
        written = yaml.safe_load(file)
    changed = {key: value for key, value in config.items() if written.get(key) != value}
    return yaml.safe_dump(changed, default_flow_style=True, width=10**6)


# What the one picture shows: the study's first cell.
SHOWN = f"{SHOWN_CELL}/baseline/{STUDY.norms[0]}"
# What its picture adds to the front page; nothing in a study without networks.
FRONT_PAGE = {"exponents": f"results/exponents/{SHOWN}.tsv", "picture": "results/picture.png"} if SHOWN_CELL else {}
TARGETS += ["results/picture.png"] if SHOWN_CELL else []


rule picture:
    input:
        curves=f"results/curves/{SHOWN}.parquet",
        optima=f"results/curves/{SHOWN}.optima.parquet",
        exponents=f"results/exponents/{SHOWN}.tsv",
    output:
        png="results/picture.png",
    log:
        "logs/picture.log",
    priority: 2 * FIRST
    localrule: True
    params:
        code=code("report/picture"),
    shell:
        'python "$SCALING_RUN" report/picture --curves {input.curves:q} --optima {input.optima:q}'
        " --exponents {input.exponents:q} --png {output.png:q} > {log:q} 2>&1"


rule front_page:
    input:
        **FRONT_PAGE,
        table1="results/table1.tsv",
        perceptron="results/perceptron/exponents.tsv",
    output:
        page="results/report.rst",
    log:
        "logs/front_page.log",
    localrule: True
    params:
        preset=STUDY.preset,
        shown=lambda wildcards: options({"cell": SHOWN_CELL, **FRONT_PAGE} if SHOWN_CELL else {}),
        sizes=to_json(STUDY.extent()),
        # Those of this study alone: what is left of another one's jobs is not its time.
        benchmarks=[
            f"results/benchmarks/train_block/{cell}/{variant}/P{P}"
            for cell, variant in STUDY.ways()
            for P in STUDY.training(cell, variant).P
        ],
        code=code("report/front_page"),
    shell:
        'python "$SCALING_RUN" report/front_page --preset {params.preset} --sizes {params.sizes:q} --table1 {input.table1:q}'
        " --perceptron {input.perceptron:q} --benchmarks {params.benchmarks} {params.shown:q} --page {output.page:q} > {log:q} 2>&1"


# A second Snakemake gathers what the first has made; it needs the same configuration, and runs nothing.
rule report:
    input:
        lambda wildcards: TARGETS,
        "results/report.rst",
    output:
        html="results/report.html",
    log:
        "logs/report.log",
    localrule: True
    params:
        settings=changed_settings(),
    shell:
        "settings=$(mktemp --suffix .yaml) && trap 'rm -f $settings' EXIT"
        " && printf '%s' {params.settings:q} > $settings"
        ' && checkout=$(dirname "$(dirname "$SCALING_RUN")")'
        ' && snakemake --snakefile "$checkout/Snakefile" --report {output.html:q}'
        ' --report-stylesheet "$checkout/rules/report/report.css" --nolock --configfile $settings -- all > {log:q} 2>&1'


# Every file of the finished study with its hash, and what made it; the learning curves with them.
rule crate:
    input:
        files=lambda wildcards: TARGETS,
        curves=[row.file("trajectories", ".parquet") for row in [*AUDITED_NORMS, *AUDITED_VARIANTS]],
        citation=os.path.join(HERE, "CITATION.cff"),
    output:
        metadata="results/ro-crate-metadata.json",
        settings="results/study.yaml",
    log:
        "logs/crate.log",
    localrule: True
    params:
        preset=STUDY.preset,
        settings=changed_settings(),
        code=code("report/crate"),
    shell:
        'python "$SCALING_RUN" report/crate --preset {params.preset} --settings {params.settings:q} --files {input.files:q}'
        " {input.curves:q} --citation {input.citation:q} --kept {output.settings:q} --metadata {output.metadata:q} > {log:q} 2>&1"
