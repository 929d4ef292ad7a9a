# Layer statistics -> norms -> mean curves.


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
