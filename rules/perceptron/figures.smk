# Figures 1, 2 and 5 to 9: a step each, its tables its options.
from scaling.paper.contents import FIGURES

PERCEPTRON_FIGURES = {
    1: {
        "theory": "theory.tsv",
        "optima": "optima.tsv",
        "curves": "dynamics_curves.tsv",
        "dynamics": "dynamics.parquet",
    },
    2: {"theory": "theory.tsv", "optima": "optima.tsv", "collapse": "theory_collapse.tsv"},
    5: {},
    6: {"theory": "theory.tsv", "optima": "optima.tsv"},
    7: {"mse": "mse.parquet"},
    8: {"theory": "theory.tsv"},
    9: {
        "curves": "dynamics_curves.tsv",
        "optima": "dynamics_optima.tsv",
        "gamma-1": "dynamics_gamma_1.tsv",
        "exponents": "exponents.tsv",
        "theory": "optima.tsv",
    },
}
# Settings that a step takes besides its tables; settings that a caption names.
WINDOW = to_json(DYNAMICS.gamma_1_windows[0])
FIGURE_OPTIONS = {9: ["--window", WINDOW, "--min-alpha", DYNAMICS.gamma_1_min_alpha]}
IN_CAPTION = {1: {"lambda_max": DYNAMICS.lambda_max}, 9: {"min_alpha": DYNAMICS.gamma_1_min_alpha}}
TABLES_OF_ALL = "theory.tsv", "theory_exponents.tsv", "dynamics.parquet", "exponents.tsv"
TARGETS += [f"results/perceptron/{table}" for table in TABLES_OF_ALL]
TARGETS += [f"results/figures/fig{number}.{kind}" for number in PERCEPTRON_FIGURES for kind in ("pdf", "png")]


for number, tables in PERCEPTRON_FIGURES.items():

    rule:
        name:
            f"figure{number}"
        input:
            **{option.replace("-", "_"): f"results/perceptron/{table}" for option, table in tables.items()},
        output:
            pdf=f"results/figures/fig{number}.pdf",
            png=report(
                f"results/figures/fig{number}.png",
                caption=f"captions/fig{number}.rst",
                category="Figures",
                labels={"figure": f"{number:02}", "shows": FIGURES[number].shows},
            ),
        log:
            f"logs/figures/fig{number}.log",
        localrule: True
        params:
            step=FIGURES[number].step,
            tables=[word for option, table in tables.items() for word in (f"--{option}", f"results/perceptron/{table}")],
            options=FIGURE_OPTIONS.get(number, []),
            in_caption=IN_CAPTION.get(number, {}),
            code=code(FIGURES[number].step),
        shell:
            'python "$SCALING_RUN" {params.step} {params.tables:q} {params.options:q} --pdf {output.pdf:q} --png {output.png:q} > {log:q} 2>&1'


# Beyond the paper's figures: free over fixed norm for N to infinity.
FREE_NORM = [f"results/figures/perceptron_free_norm.{kind}" for kind in ("pdf", "png")]
FREE_NORM += [f"results/perceptron/{table}.tsv" for table in ("mean_field", "mean_field_plain", "free_norm_windows")]
TARGETS += FREE_NORM
BESIDE += FREE_NORM


rule perceptron_figure_free_norm:
    input:
        mean_field="results/perceptron/mean_field.tsv",
        limit="results/perceptron/large_alpha.tsv",
        lag="results/perceptron/free_norm_lag.tsv",
    output:
        pdf="results/figures/perceptron_free_norm.pdf",
        png=report(
            "results/figures/perceptron_free_norm.png",
            caption="captions/free_norm.rst",
            category="Figures",
            labels={"figure": "perceptron: free norm", "shows": "free over fixed norm for N to infinity"},
        ),
    log:
        "logs/figures/perceptron_free_norm.log",
    localrule: True
    params:
        code=code("perceptron/figure_free_norm"),
    shell:
        'python "$SCALING_RUN" perceptron/figure_free_norm --mean-field {input.mean_field:q} --limit {input.limit:q}'
        " --lag {input.lag:q} --pdf {output.pdf:q} --png {output.png:q} > {log:q} 2>&1"
