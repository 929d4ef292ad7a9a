# Layer statistics -> norms -> mean curves.


# A new norm, or a changed one, is computed from the stored statistics: nothing is trained again.
rule trajectories:
    input:
        epochs=lambda wildcards: block_files(
            wildcards.cell, wildcards.variant, "epochs"
        ),
        layers=lambda wildcards: block_files(
            wildcards.cell, wildcards.variant, "layers"
        ),
    output:
        table="results/trajectories/{cell}/{variant}.parquet",
    log:
        "logs/trajectories/{cell}/{variant}.log",
    threads: 1
    params:
        norms=STUDY.norms,
        family=lambda wildcards: STUDY.cells[wildcards.cell].family,
        code=code("compute_trajectories"),
    shell:
        "python workflow_scripts/compute_trajectories.py --epochs {input.epochs} --layers {input.layers}"
        " --norms {params.norms} --family {params.family} --table {output.table} > {log} 2>&1"


rule mean_curves:
    input:
        trajectories="results/trajectories/{cell}/{variant}.parquet",
    output:
        curves="results/curves/{cell}/{variant}/{norm}.parquet",
        optima="results/curves/{cell}/{variant}/{norm}.optima.parquet",
    log:
        "logs/mean_curves/{cell}/{variant}/{norm}.log",
    threads: 1
    params:
        norm="{norm}",
        grid_points=STUDY.exponents.grid_points,
        code=code("mean_curves"),
    shell:
        "python workflow_scripts/mean_curves.py --trajectories {input.trajectories} --norm {params.norm}"
        " --grid-points {params.grid_points} --curves {output.curves} --optima {output.optima} > {log} 2>&1"
