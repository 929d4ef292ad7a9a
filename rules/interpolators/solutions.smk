# Exact interpolators of random data, and the theory beside them. Needs no images and no training.
from scaling.interpolators.design import blocks

INTERPOLATORS = STUDY.interpolators
INTERPOLATOR_BLOCKS = {block.name: block for block in blocks(INTERPOLATORS.fixed_d, INTERPOLATORS.fixed_ratio)}


def block_mb(wildcards):
    """Memory: the data in float64, a copy that is scaled, the draws of both, the Hessian, and Python itself."""
    block = INTERPOLATOR_BLOCKS[wildcards.block]
    return int(8e-6 * block.n * (3 * block.d + 2 * block.n)) + 400


rule interpolators_solve:
    output:
        "results/interpolators/samples/{block}.parquet",
    log:
        "logs/interpolators_solve/{block}.log",
    benchmark:
        "results/benchmarks/interpolators_solve/{block}.tsv"
    wildcard_constraints:
        block="|".join(re.escape(name) for name in INTERPOLATOR_BLOCKS),
    resources:
        mem_mb=block_mb,
    params:
        block=lambda wildcards: to_json(INTERPOLATOR_BLOCKS[wildcards.block]),
        r=INTERPOLATORS.r,
        seed=INTERPOLATORS.seed,
        code=code("interpolators/solve"),
    shell:
        'python "$SCALING_RUN" interpolators/solve --block {params.block:q} --r {params.r} --seed {params.seed}'
        " --output {output:q} > {log:q} 2>&1"


rule interpolators_samples:
    input:
        [f"results/interpolators/samples/{name}.parquet" for name in INTERPOLATOR_BLOCKS],
    output:
        "results/interpolators/samples.parquet",
    log:
        "logs/interpolators_samples.log",
    localrule: True
    params:
        code=code("core/concatenate"),
    shell:
        'python "$SCALING_RUN" core/concatenate --tables {input:q} --output {output:q} > {log:q} 2>&1'


rule interpolators_theory:
    output:
        "results/interpolators/theory.tsv",
    log:
        "logs/interpolators_theory.log",
    benchmark:
        "results/benchmarks/interpolators_theory.tsv"
    params:
        fixed_d=to_json(INTERPOLATORS.fixed_d),
        fixed_ratio=to_json(INTERPOLATORS.fixed_ratio),
        r=INTERPOLATORS.r,
        code=code("interpolators/theory"),
    shell:
        'python "$SCALING_RUN" interpolators/theory --fixed-d {params.fixed_d:q} --fixed-ratio {params.fixed_ratio:q}'
        " --r {params.r} --output {output:q} > {log:q} 2>&1"


rule interpolators_paths:
    output:
        "results/interpolators/paths.tsv",
    log:
        "logs/interpolators_paths.log",
    benchmark:
        "results/benchmarks/interpolators_paths.tsv"
    params:
        paths=to_json(INTERPOLATORS.paths),
        code=code("interpolators/paths"),
    shell:
        'python "$SCALING_RUN" interpolators/paths --paths {params.paths:q} --output {output:q} > {log:q} 2>&1'
