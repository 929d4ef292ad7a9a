# Images to arrays, arrays to random subsets. Both are quick and one needs the network: they run where Snakemake runs.
localrules:
    prepare_dataset,
    draw_subset,


def dataset_files(wildcards):
    """An archive or IDX files that are there: replaced by others, they are read again. (The images of a folder are too
    many to watch: after a change in them, `snakemake --forcerun prepare_dataset`.)"""
    dataset = STUDY.datasets[wildcards.dataset]
    if dataset.source == "folder" and os.path.isfile(dataset.root):
        return [dataset.root]
    if dataset.source == "idx":
        return sorted(glob.glob(f"{glob.escape(dataset.root)}/*idx?-ubyte*"))
    return []


rule prepare_dataset:
    input:
        dataset_files,
    output:
        arrays="results/data/{dataset}.npz",
        provenance="results/data/{dataset}.json",
    log:
        "logs/prepare_dataset/{dataset}.log",
    wildcard_constraints:
        dataset="|".join(STUDY.datasets),
    threads: 1
    params:
        settings=lambda wildcards: STUDY.datasets[wildcards.dataset].model_dump_json(
            exclude_defaults=True
        ),
        code=code("prepare_dataset"),
    shell:
        "python workflow_scripts/prepare_dataset.py --settings {params.settings:q} --arrays {output.arrays}"
        " --provenance {output.provenance} > {log} 2>&1"


# One file per seed: a new seed leaves the runs of the old ones as they are. The images matter through their number only.
rule draw_subset:
    input:
        provenance="results/data/{dataset}.json",
    output:
        subset="results/subsets/{dataset}/P{P}/seed{seed}.npy",
    log:
        "logs/draw_subset/{dataset}/P{P}/seed{seed}.log",
    threads: 1
    params:
        code=code("draw_subset"),
    shell:
        "python workflow_scripts/draw_subset.py --provenance {input.provenance} --dataset {wildcards.dataset}"
        " --P {wildcards.P} --seed {wildcards.seed} --subset {output.subset} > {log} 2>&1"
