# Diagonal and quadratic networks by state evolution: the plane of examples and weight decay, its phases, risk against norm,
# the laws in the norm, and where they hold.


rule shallow_maps:
    output:
        diagonal="results/shallow/diagonal_map.tsv",
        quadratic="results/shallow/quadratic_map.tsv",
    log:
        "logs/shallow/maps.log",
    localrule: True
    params:
        settings=" ".join(f"--{name.replace('_', '-')} {value}" for name, value in SHALLOW.maps.model_dump().items()),
        noise=SHALLOW.noise,
        code=code("shallow/maps"),
    shell:
        'python "$SCALING_RUN" shallow/maps {params.settings} --noise {params.noise} --diagonal {output.diagonal:q}'
        " --quadratic {output.quadratic:q} > {log:q} 2>&1"


rule shallow_phases:
    output:
        "results/shallow/phases.tsv",
    log:
        "logs/shallow/phases.log",
    localrule: True
    params:
        code=code("shallow/phases"),
    shell:
        'python "$SCALING_RUN" shallow/phases --output {output:q} > {log:q} 2>&1'


rule shallow_norm_laws:
    output:
        "results/shallow/norm_laws.tsv",
    log:
        "logs/shallow/norm_laws.log",
    localrule: True
    params:
        decays=shallow_numbers(SHALLOW.laws.g),
        quadratic_d=SHALLOW.laws.quadratic_d,
        diagonal_d=SHALLOW.laws.diagonal_d,
        points=SHALLOW.laws.points,
        noise=SHALLOW.noise,
        code=code("shallow/norm_laws"),
    shell:
        'python "$SCALING_RUN" shallow/norm_laws --decays {params.decays} --quadratic-d {params.quadratic_d}'
        " --diagonal-d {params.diagonal_d} --points {params.points} --noise {params.noise} --output {output:q} > {log:q} 2>&1"


rule shallow_paths:
    output:
        "results/shallow/paths/{network}_g{g}.parquet",
    log:
        "logs/shallow/paths/{network}_g{g}.log",
    localrule: True
    params:
        sizes=shallow_network(SHALLOW.paths, "d", "examples"),
        noise=SHALLOW.noise,
        code=code("shallow/paths"),
    shell:
        'python "$SCALING_RUN" shallow/paths --model {wildcards.network} --g {wildcards.g} {params.sizes}'
        " --noise {params.noise} --output {output:q} > {log:q} 2>&1"


rule shallow_collapse:
    input:
        shallow_parts("paths", SHALLOW.paths.g),
    output:
        curves="results/shallow/collapse_curves.parquet",
        spread="results/shallow/collapse.tsv",
    log:
        "logs/shallow/collapse.log",
    localrule: True
    params:
        decays=shallow_numbers(SHALLOW.laws.g),
        d=SHALLOW.laws.quadratic_d,
        noise=SHALLOW.noise,
        code=code("shallow/collapse"),
    shell:
        'python "$SCALING_RUN" shallow/collapse --paths {input:q} --decays {params.decays} --d {params.d}'
        " --noise {params.noise} --curves {output.curves:q} --spread {output.spread:q} > {log:q} 2>&1"


rule shallow_laws:
    input:
        norm_laws="results/shallow/norm_laws.tsv",
        collapse="results/shallow/collapse.tsv",
        trained="results/shallow/trained_laws.tsv",
        minima="results/shallow/minima.tsv",
    output:
        "results/shallow/laws.tsv",
    log:
        "logs/shallow/laws.log",
    localrule: True
    params:
        code=code("shallow/laws"),
    shell:
        'python "$SCALING_RUN" shallow/laws --norm-laws {input.norm_laws:q} --collapse {input.collapse:q}'
        " --trained {input.trained:q} --minima {input.minima:q} --output {output:q} > {log:q} 2>&1"
