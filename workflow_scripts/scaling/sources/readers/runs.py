"""P and seed from the name of a run, as people write them: P500_s1, P=500 seed=1, n-500-seed-1."""

import re

import pandas as pd

_P = re.compile(r"(?<![A-Za-z])(?:P|n|n_train|train_size)[ _=-]?(\d+)(?!\d)", re.IGNORECASE)
_SEED = re.compile(r"(?<![A-Za-z])(?:s|seed|run)[ _=-]?(\d+)(?!\d)", re.IGNORECASE)


def of_runs(table: pd.DataFrame) -> pd.DataFrame:
    """The table, marked as one whose rows stand in no file: of runs by their names, and steps."""
    table.attrs["of runs"] = True
    return table


def of_name(name: str) -> tuple[int, int | None] | None:
    """(P, seed) of a run; None if its name says no P."""
    P, seed = _P.search(name), _SEED.search(name)
    return (int(P[1]), int(seed[1]) if seed else None) if P else None
