"""What training the study will take, before anything is submitted.

In: the configuration. Out: a table, also printed, with one row for each cell and variant and a total: runs, jobs, GPU
hours, shortest and longest job (minutes), memory of a job's host and of its GPU (megabytes), operations; the hours by
rates that were measured on one GPU, in each precision, and their floor at the full rate of its matrix products.
"""

from pathlib import Path

import pandas as pd

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.networks.plan.costs import Plan
from scaling.networks.settings import Settings


def main(study: Settings, plan: Path) -> None:
    """Write the plan of `study` and print it."""
    table = pd.DataFrame(Plan(study).rows())
    write_table(table, plan)
    device = study.device
    print(f"Training on one {device.name} per job, {device.throughput:.2g} operations per second")
    print(table.to_string(index=False, float_format="{:.3g}".format) if len(table) else "no cell is trained")


if __name__ == "__main__":
    command(main)
