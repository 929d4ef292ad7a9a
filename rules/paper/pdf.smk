# The study as a paper: what the report holds, typeset. `snakemake --cores 2 results/paper.pdf`.
import hashlib

import yaml

from scaling.core.written import as_yaml
from scaling.paper.pdf.checklist import Study as TypesetStudy, named

REPORTER = os.path.join(HERE, "rules", "paper", "snakemake_report_plugin_contents")


def typeset_files(wildcards):
    """What a PDF holds: all that the study makes; of other sources the tables and the figures that they have."""
    of = wildcards.of
    if of == "":
        return [*TARGETS, "results/report.rst"]
    tables = [number for number, table in TABLES.items() if of.startswith("recorded/") and rows_of(of, table.rows)]
    return [*(f"results/{of}table{number}.html" for number in tables), *figures_of_rows(of), *beside(of)]


def typeset_study(wildcards):
    """What the checklist must know of the study."""
    of = wildcards.of
    rows, source = rows_of(of, "baseline"), source_of(of)
    counts = ", ".join(f"{number:,} {what}" for what, number in STUDY.extent().items())
    names = ", ".join(dict.fromkeys(study_of(row.of) for row in rows))
    return TypesetStudy(
        name=names if of else f"preset {STUDY.preset}: {counts}",
        words=STUDY.in_words(STUDY.ways()) if of == "" else source.words(rows),
        windows={named(study_of(row.of), row.cell): source.window(row) for row in rows},
        exponents=STUDY.exponents,
        settings=shown_settings(),
        audits=[f"results/{audit}.tsv" for audit in AUDITS] if of == "" else [],
        predictions=["results/prediction.tsv"] if of == "" else [],
    )


def shown_settings():
    """What the default configuration does not say itself; of presets of one's own the one that is chosen."""
    changed = yaml.safe_load(changed_settings())
    if "presets" in changed:
        changed["presets"] = {STUDY.preset: changed["presets"][STUDY.preset]}
    return as_yaml(changed) if changed else ""


def reporter_code():
    """A hash of the reporter, which no step's fingerprint knows."""
    with open(os.path.join(REPORTER, "__init__.py"), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()[:16]


# A second Snakemake tells what the first has made, with captions; it needs the same configuration, and runs nothing.
rule paper_contents:
    input:
        typeset_files,
    output:
        contents="results/{of}paper.json",
    log:
        "logs/paper_contents/{of}paper.log",
    localrule: True
    params:
        settings=lambda wildcards: changed_settings(),
        targets=lambda wildcards, input: input if wildcards.of else ["all"],
        code=reporter_code(),
    shell:
        "settings=$(mktemp --suffix .yaml) && trap 'rm -f $settings' EXIT"
        " && printf '%s' {params.settings:q} > $settings"
        ' && checkout=$(dirname "$(dirname "$SCALING_RUN")")'
        ' && PYTHONPATH="$checkout/rules/paper${{PYTHONPATH:+:$PYTHONPATH}}" snakemake --snakefile "$checkout/Snakefile" --reporter contents'
        " --report-contents-path {output.contents:q} --nolock --configfile $settings -- {params.targets:q} > {log:q} 2>&1"


rule paper_pdf:
    input:
        typeset_files,
        contents="results/{of}paper.json",
        optima=lambda wildcards: [row.file("curves", ".optima.parquet") for row in rows_of(wildcards.of, "baseline")],
    output:
        pdf="results/{of}paper.pdf",
    log:
        "logs/paper_pdf/{of}paper.log",
    localrule: True
    params:
        study=lambda wildcards: to_json(typeset_study(wildcards)),
        code=code("paper/pdf", "paper/pdf/template.typ"),
    shell:
        'checkout=$(dirname "$(dirname "$SCALING_RUN")")'
        ' && python "$SCALING_RUN" paper/pdf --contents {input.contents:q} --study {params.study:q} --optima {input.optima:q}'
        ' --checkout "$checkout" --pdf {output.pdf:q} > {log:q} 2>&1'
