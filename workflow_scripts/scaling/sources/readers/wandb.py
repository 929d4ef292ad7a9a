"""CSV exports of wandb: a column Step, and one RUN - METRIC for each run and metric."""

from pathlib import Path

import pandas as pd

from scaling.core.errors import BadInput
from scaling.sources.readers.runs import of_name, of_runs

_BOUNDS = ("__MIN", "__MAX")  # of wandb's smoothing: not the values


def is_export(table: pd.DataFrame) -> bool:
    """Whether the columns are wandb's."""
    return any(" - " in name for name in table.columns) and "P" not in table.columns


def in_rows(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """A row for each run and step: P and seed from the run's name, epoch (the step), and the metrics.

    Raises
    ------
    BadInput for a run whose name says no P.
    """
    steps = [name for name in table.columns if " - " not in name]
    parts = []
    runs: dict[str, dict[str, str]] = {}
    for name in table.columns:
        run, dash, metric = name.rpartition(" - ")
        if dash and not metric.endswith(_BOUNDS) and metric not in ("_step", "_runtime", "_timestamp"):
            runs.setdefault(run, {})[metric] = name
    for run, metrics in runs.items():
        found = of_name(run)
        if found is None:
            raise BadInput(
                f"{path}: an export of wandb: the name of the run {run!r} says no P; names like P500_s1 do, or write a "
                "table with columns P, seed, epoch, norm, test_error"
            )
        columns = {"P": found[0], "seed": found[1], "epoch": table[steps[0]] if steps else range(len(table))}
        part = pd.DataFrame({**columns, **{metric: table[name] for metric, name in metrics.items()}})
        parts.append(part.dropna(subset=list(metrics), how="all"))
    return of_runs(pd.concat(parts, ignore_index=True).dropna(axis="columns", how="all"))
