# Diagonal and quadratic networks of finite size: at the minimum with weight decay, and trained without it.


rule shallow_samples:
    output:
        "results/shallow/samples/{network}_g{g}.parquet",
    log:
        "logs/shallow/samples/{network}_g{g}.log",
    benchmark:
        "results/benchmarks/shallow/samples/{network}_g{g}.tsv"
    resources:
        mem_mb=2000 + SHALLOW.samples.quadratic_d**2 * max(SHALLOW.samples.quadratic_n) // 50_000,
    params:
        sizes=shallow_network(SHALLOW.samples, "d", "n", "samples", "weight_decays"),
        noise=SHALLOW.noise,
        seed=SHALLOW.samples.seed,
        code=code("shallow/samples"),
    shell:
        'python "$SCALING_RUN" shallow/samples --model {wildcards.network} --g {wildcards.g} {params.sizes}'
        " --noise {params.noise} --seed {params.seed} --output {output:q} > {log:q} 2>&1"


rule shallow_finite:
    input:
        shallow_parts("samples", SHALLOW.samples.g),
    output:
        "results/shallow/finite.tsv",
    log:
        "logs/shallow/finite.log",
    localrule: True
    params:
        noise=SHALLOW.noise,
        code=code("shallow/finite"),
    shell:
        'python "$SCALING_RUN" shallow/finite --samples {input:q} --noise {params.noise} --output {output:q} > {log:q} 2>&1'


rule shallow_spectra:
    output:
        spectra="results/shallow/spectra.tsv",
        decay="results/shallow/spectra_decay.tsv",
    log:
        "logs/shallow/spectra.log",
    benchmark:
        "results/benchmarks/shallow/spectra.tsv"
    resources:
        mem_mb=1000 + SHALLOW.spectra.d**2 * SHALLOW.spectra.n // 50_000,
    params:
        decays=shallow_numbers(SHALLOW.spectra.g),
        d=SHALLOW.spectra.d,
        n=SHALLOW.spectra.n,
        weight_decays=shallow_numbers(SHALLOW.spectra.weight_decays),
        noise=SHALLOW.noise,
        seed=SHALLOW.spectra.seed,
        code=code("shallow/spectra"),
    shell:
        'python "$SCALING_RUN" shallow/spectra --decays {params.decays} --d {params.d} --n {params.n}'
        " --weight-decays {params.weight_decays} --noise {params.noise} --seed {params.seed}"
        " --spectra {output.spectra:q} --decay {output.decay:q} > {log:q} 2>&1"


rule shallow_training:
    output:
        "results/shallow/training/{network}_g{g}.parquet",
    log:
        "logs/shallow/training/{network}_g{g}.log",
    benchmark:
        "results/benchmarks/shallow/training/{network}_g{g}.tsv"
    resources:
        mem_mb=1000 + SHALLOW.training.quadratic_d**2 * max(SHALLOW.training.quadratic_n) // 50_000,
    params:
        sizes=shallow_network(SHALLOW.training, "d", "n", "samples"),
        noise=SHALLOW.noise,
        initial=SHALLOW.training.initial,
        steps=SHALLOW.training.steps,
        seed=SHALLOW.training.seed,
        code=code("shallow/training"),
    shell:
        'python "$SCALING_RUN" shallow/training --model {wildcards.network} --g {wildcards.g} {params.sizes}'
        " --noise {params.noise} --initial {params.initial} --steps {params.steps} --seed {params.seed}"
        " --output {output:q} > {log:q} 2>&1"


rule shallow_trained:
    input:
        shallow_parts("training", SHALLOW.training.g),
    output:
        minima="results/shallow/minima.tsv",
        laws="results/shallow/trained_laws.tsv",
    log:
        "logs/shallow/trained.log",
    localrule: True
    params:
        noise=SHALLOW.noise,
        code=code("shallow/trained"),
    shell:
        'python "$SCALING_RUN" shallow/trained --paths {input:q} --noise {params.noise} --smallest {output.minima:q}'
        " --laws {output.laws:q} > {log:q} 2>&1"
