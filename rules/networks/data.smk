# Images to arrays, arrays to random subsets. Both are quick and one needs the network: they run where Snakemake runs.
from scaling.networks.data.options import OPTIONS, chosen
from scaling.networks.data.sources import SOURCES as IMAGE_SOURCES


def image_source(wildcards):
    return STUDY.datasets[wildcards.dataset].source


def image_modules(wildcards):
    """The code that a data set's settings choose: its source, and what is done to its images."""
    options = chosen(STUDY.datasets[wildcards.dataset])
    return [IMAGE_SOURCES.module(image_source(wildcards)), *map(OPTIONS.module, options)]


def image_state(wildcards):
    """What tells a folder of files from the same folder changed; empty for a source that lists its files."""
    source = IMAGE_SOURCES.load(image_source(wildcards))
    return source.state(STUDY.datasets[wildcards.dataset]) if hasattr(source, "state") else ""


rule prepare_dataset:
    input:
        lambda wildcards: IMAGE_SOURCES.load(image_source(wildcards)).files(STUDY.datasets[wildcards.dataset]),
    output:
        arrays="results/data/{dataset}.npz",
        provenance="results/data/{dataset}.json",
    log:
        "logs/prepare_dataset/{dataset}.log",
    wildcard_constraints:
        dataset="|".join(STUDY.datasets),
    priority: 2 * FIRST
    localrule: True
    params:
        settings=lambda wildcards: STUDY.datasets[wildcards.dataset].model_dump_json(exclude_defaults=True),
        # A folder's files by their names, sizes and times: after a change they are read again.
        state=image_state,
        code=lambda wildcards: code("networks/prepare_dataset", *image_modules(wildcards)),
    shell:
        'python "$SCALING_RUN" networks/prepare_dataset --settings {params.settings:q} --arrays {output.arrays:q}'
        " --provenance {output.provenance:q} > {log:q} 2>&1"


# One file per seed: a new seed leaves the runs of the old ones as they are. The images matter through their number only.
rule draw_subset:
    input:
        provenance="results/data/{dataset}.json",
    output:
        subset="results/subsets/{dataset}/P{P}/seed{seed}.npy",
    log:
        "logs/draw_subset/{dataset}/P{P}/seed{seed}.log",
    priority: 2 * FIRST
    localrule: True
    params:
        code=code("networks/draw_subset"),
    shell:
        'python "$SCALING_RUN" networks/draw_subset --provenance {input.provenance:q} --dataset {wildcards.dataset}'
        " --P {wildcards.P} --seed {wildcards.seed} --subset {output.subset:q} > {log:q} 2>&1"
