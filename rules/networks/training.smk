# Blocks of runs: the seeds of one cell, variant and P that one job trains.
from scaling.networks.families import fingerprinted
from scaling.networks.plan.costs import Plan
from scaling.networks.training.code import training_code
from scaling.networks.training.spec import TrainingSpec

PLAN = Plan(STUDY)
try:
    PLAN.check()
except BadInput as problem:
    raise WorkflowError(str(problem))


def numbers_of_blocks(cell, variant):
    """How many blocks each P of a cell and variant has."""
    return {P: len(PLAN.blocks(cell, variant, P)) for P in PLAN.training(cell, variant).P}


def block_files(cell, variant, table):
    """The tables ("epochs" or "layers") of all blocks of a cell and variant."""
    return [
        f"results/runs/{cell}/{variant}/P{P}/block{block}.{table}.parquet"
        for P, number in numbers_of_blocks(cell, variant).items()
        for block in range(number)
    ]


def block_seeds(wildcards):
    return PLAN.blocks(wildcards.cell, wildcards.variant, int(wildcards.P))[int(wildcards.block)]


def block_training(wildcards):
    variants = ["baseline", *STUDY.variants]
    for kind, name, there in (("cell", wildcards.cell, STUDY.cells), ("variant", wildcards.variant, variants)):
        if name not in there:
            raise WorkflowError(f"no {kind} {name!r} in this study; there are: {', '.join(there) or 'none'}")
    return PLAN.training(wildcards.cell, wildcards.variant)


def block_subsets(wildcards):
    dataset = block_training(wildcards).dataset
    return [f"results/subsets/{dataset}/P{wildcards.P}/seed{seed}.npy" for seed in block_seeds(wildcards)]


def block_work(wildcards):
    P = int(wildcards.P)
    return P * block_training(wildcards).epochs_at(P)


def block_needs(wildcards, attempt):
    """(minutes, megabytes) that a scheduler is asked for: more with each attempt."""
    runs = len(block_seeds(wildcards))
    job = PLAN.job(wildcards.cell, wildcards.variant, int(wildcards.P), runs)
    return job.at_attempt(attempt)


def block_spec(wildcards):
    return TrainingSpec.of(block_training(wildcards), int(wildcards.P))


# exec: a scheduler signals every process of a job, and a shell in between would die before the checkpoints are written.
# Interrupted runs go on from their checkpoints. Jobs with more work start first, so that the last ones are short.
# Checkpoints and records of finished runs are bound to the code that trains alone: after a change in what lies around it,
# the tables are written again from the records.
rule train_block:
    input:
        arrays=lambda wildcards: f"results/data/{block_training(wildcards).dataset}.npz",
        subsets=block_subsets,
    output:
        epochs="results/runs/{cell}/{variant}/P{P}/block{block}.epochs.parquet",
        layers="results/runs/{cell}/{variant}/P{P}/block{block}.layers.parquet",
        origins="results/runs/{cell}/{variant}/P{P}/block{block}.origins.tsv",
    log:
        "logs/train_block/{cell}/{variant}/P{P}/block{block}.log",
    benchmark:
        "results/benchmarks/train_block/{cell}/{variant}/P{P}/block{block}.tsv"
    priority: lambda wildcards: shown_early(wildcards) + block_work(wildcards)
    threads: 1
    resources:
        # One GPU, where somebody counts them (a profile, or --resources gpu=1); nobody does on a machine without.
        gpu=1,
        runtime=lambda wildcards, attempt: block_needs(wildcards, attempt)[0],
        mem_mb=lambda wildcards, attempt: block_needs(wildcards, attempt)[1],
    params:
        seeds=block_seeds,
        spec=lambda wildcards: to_json(block_spec(wildcards).as_dict()),
        keep_weights=lambda wildcards: to_json(block_training(wildcards).keep_weights),
        checkpoints="results/checkpoints/{cell}/{variant}/P{P}",
        training_code=lambda wildcards: training_code(block_spec(wildcards)),
        code=lambda wildcards: code("networks/train_block", *block_spec(wildcards).modules()),
    shell:
        'exec python "$SCALING_RUN" networks/train_block --arrays {input.arrays:q} --seeds {params.seeds}'
        " --subsets {input.subsets:q} --spec {params.spec:q} --checkpoints {params.checkpoints:q} --code {params.training_code}"
        " --keep-weights {params.keep_weights} --workers {threads} --epochs {output.epochs:q} --layers {output.layers:q}"
        " --origins {output.origins:q} > {log:q} 2>&1"


# What of a cell's model is in its norms, and what is not: `snakemake --cores 1 results/models/CNN_digits.tsv`.
rule matrices:
    input:
        provenance=lambda wildcards: f"results/data/{STUDY.cells[wildcards.cell].dataset}.json",
    output:
        matrices="results/models/{cell}.tsv",
    log:
        "logs/matrices/{cell}.log",
    wildcard_constraints:
        cell="|".join(STUDY.cells) or "none",
    localrule: True
    params:
        family=lambda wildcards: STUDY.cells[wildcards.cell].family,
        sizes=lambda wildcards: to_json(STUDY.cells[wildcards.cell].sizes),
        code=lambda wildcards: code("networks/matrices", *fingerprinted(STUDY.cells[wildcards.cell].family)),
    shell:
        'python "$SCALING_RUN" networks/matrices --family {params.family:q} --sizes {params.sizes:q}'
        " --provenance {input.provenance:q} --matrices {output.matrices:q} > {log:q} 2>&1"
