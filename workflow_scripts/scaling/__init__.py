"""Neural scaling laws in learning curves: the library behind the workflow.

Plain Python, usable from a shell or a notebook; it knows nothing of Snakemake.
"""
