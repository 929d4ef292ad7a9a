# Everything in one file that opens offline.
import yaml


report: "../../results/report.rst"


def changed_settings():
    """What the default configuration does not say itself, as YAML: numbers stay numbers, also as keys."""
    with open(os.path.join(HERE, "config.yaml")) as file:
        written = yaml.safe_load(file)
    return yaml.safe_dump(
        {key: value for key, value in config.items() if written.get(key) != value},
        default_flow_style=True,
        width=10**6,
    )


rule front_page:
    input:
        table1="results/table1.tsv",
        perceptron="results/perceptron/exponents.tsv",
    output:
        page="results/report.rst",
    log:
        "logs/front_page.log",
    localrule: True
    params:
        preset=STUDY.preset,
        sizes=to_json(
            {
                "cells": len(STUDY.cells),
                "ways of training": sum(1 + len(cell.variants) for cell in STUDY.cells.values()),
                "training runs": sum(
                    training.number_of_runs()
                    for cell in STUDY.cells
                    for variant in ["baseline", *STUDY.cells[cell].variants]
                    for training in [STUDY.training(cell, variant)]
                ),
            }
        ),
        code=code("report/front_page"),
    shell:
        'python "$SCALING_RUN" report/front_page --preset {params.preset} --sizes {params.sizes:q} --table1 {input.table1:q}'
        " --perceptron {input.perceptron:q} --benchmarks results/benchmarks/train_block --page {output.page:q} > {log:q} 2>&1"


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
