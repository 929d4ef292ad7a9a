# Power-law features at fixed norm: exact curves, exponents, scaling in the number of features, flow; samples beside them.
COVARIATES = STUDY.covariates
COVARIATE_SAMPLES = COVARIATES.samples_of(STUDY.preset)
# The law whose collapse, features and samples are shown.
FIRST_LAW = f"--a {COVARIATES.laws[0].a:g} --delta {COVARIATES.laws[0].delta:g}"
TARGETS += [
    f"results/covariates/{table}"
    for table in (
        "curves.parquet",
        "optima.tsv",
        "exponents.tsv",
        "features.tsv",
        "features_joint.tsv",
        "features_isotropic.tsv",
        "samples.tsv",
        "flow.tsv",
    )
]


def as_triples(laws):
    """Each law as a JSON list of a, delta and noise."""
    return [to_json(law.key) for law in laws]


rule covariates_curves:
    output:
        curves="results/covariates/curves.parquet",
        optima="results/covariates/optima.tsv",
        collapse="results/covariates/collapse.parquet",
    log:
        "logs/covariates_curves.log",
    localrule: True
    params:
        laws=as_triples(COVARIATES.laws),
        n=COVARIATES.n,
        norms=COVARIATES.norm_grid(),
        code=code("covariates/curves"),
    shell:
        'python "$SCALING_RUN" covariates/curves --laws {params.laws:q} --n {params.n} --norms {params.norms}'
        " --curves {output.curves:q} --optima {output.optima:q} --collapse {output.collapse:q} > {log:q} 2>&1"


rule covariates_exponents:
    output:
        table="results/covariates/exponents.tsv",
        grid="results/covariates/phases.tsv",
    log:
        "logs/covariates_exponents.log",
    localrule: True
    params:
        laws=as_triples(COVARIATES.exponents_of),
        n=COVARIATES.exponents_n,
        code=code("covariates/exponents"),
    shell:
        'python "$SCALING_RUN" covariates/exponents --laws {params.laws:q} --n {params.n}'
        " --table {output.table:q} --grid {output.grid:q} > {log:q} 2>&1"


rule covariates_features:
    output:
        floors="results/covariates/features.tsv",
        paths="results/covariates/features_paths.parquet",
        joint="results/covariates/features_joint.tsv",
        isotropic="results/covariates/features_isotropic.tsv",
    log:
        "logs/covariates_features.log",
    localrule: True
    params:
        law=FIRST_LAW,
        activations=COVARIATES.activations,
        sizes=COVARIATES.sizes,
        joint_sizes=COVARIATES.joint_sizes,
        p_over_d=COVARIATES.p_over_d,
        code=code("covariates/features"),
    shell:
        'python "$SCALING_RUN" covariates/features {params.law} --activations {params.activations}'
        " --sizes {params.sizes} --joint-sizes {params.joint_sizes} --p-over-d {params.p_over_d}"
        " --floors-table {output.floors:q} --paths {output.paths:q} --joint-table {output.joint:q}"
        " --isotropic-table {output.isotropic:q} > {log:q} 2>&1"


rule covariates_samples:
    output:
        samples="results/covariates/samples.parquet",
        means="results/covariates/samples.tsv",
    log:
        "logs/covariates_samples.log",
    benchmark:
        "results/benchmarks/covariates_samples.tsv"
    params:
        law=FIRST_LAW,
        settings=to_json(COVARIATE_SAMPLES),
        code=code("covariates/samples"),
    shell:
        'python "$SCALING_RUN" covariates/samples {params.law} --settings {params.settings:q}'
        " --samples {output.samples:q} --means {output.means:q} > {log:q} 2>&1"


rule covariates_flow:
    output:
        "results/covariates/flow.tsv",
    log:
        "logs/covariates_flow.log",
    localrule: True
    params:
        laws=as_triples(COVARIATES.laws),
        norm=COVARIATES.flow_norm,
        code=code("covariates/flow"),
    shell:
        'python "$SCALING_RUN" covariates/flow --laws {params.laws:q} --norm {params.norm} --table {output:q} > {log:q} 2>&1'
