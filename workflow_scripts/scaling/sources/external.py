"""Somebody else's learning curves, in the form of this study's trajectories."""

from pathlib import Path

import numpy as np
import pandas as pd

from scaling.core.errors import BadInput
from scaling.core.tidy import read_table

NORM = "own"  # the name of the norm of curves whose norm we do not know
FEWEST_P = 3


def read_external_curves(file: str | Path) -> pd.DataFrame:
    """Read and check learning curves from a .tsv or .parquet file.

    Parameters
    ----------
    file : columns P (number of training examples), epoch (any time that rises along a run), norm (> 0) or log10_norm,
        test_error (fraction, 0..1) and, where runs are single runs and not means already, seed. Others are ignored.

    Returns
    -------
    The columns of a trajectories table: P, seed (nan where there is none), epoch, norm ("own"), log10_norm, test_error,
    diverged (False).

    Raises
    ------
    BadInput (one line that names the file and the column or row) for a missing file or column, anything that is not a
    number, a norm that is not positive, an error outside 0..1, fewer than 3 values of P, a run of one point, or two
    rows for one point.
    """
    return check_curves(read_curves(file), file)


def check_curves(table: pd.DataFrame, file: str | Path) -> pd.DataFrame:
    """The check that every curve from outside passes: a table with the columns that `read_external_curves` asks for.

    Its index counts the rows of the file from 0. Returns and raises what `read_external_curves` does; `file` begins
    the line.
    """
    norm = _norm_column(table, file)
    wanted = ["P", "epoch", norm, "test_error"] + ["seed"] * ("seed" in table)
    if missing := [name for name in wanted if name not in table]:
        raise BadInput(f"{file}: no column {missing[0]}; needed are P, epoch, norm or log10_norm, test_error")
    numbers = pd.DataFrame({name: pd.to_numeric(table[name], errors="coerce") for name in wanted}).astype(float)
    for name in wanted:
        _refuse(~np.isfinite(numbers[name]), table[name], file, "a finite number")
    _refuse((numbers["P"] < 1) | (numbers["P"] % 1 != 0), table["P"], file, "a whole number, 1 or more")
    _refuse((numbers["test_error"] < 0) | (numbers["test_error"] > 1), table["test_error"], file, "a fraction, 0 to 1")
    if norm == "norm":
        _refuse(numbers["norm"] <= 0, table["norm"], file, "more than 0")
    runs = pd.DataFrame(
        {
            "P": numbers["P"].astype(int),
            "seed": numbers["seed"] if "seed" in wanted else np.nan,
            "epoch": numbers["epoch"],
            "norm": NORM,
            "log10_norm": np.log10(numbers["norm"]) if norm == "norm" else numbers["log10_norm"],
            "test_error": numbers["test_error"],
            "diverged": False,
        }
    )
    _refuse_too_little(runs, file)
    return runs


def read_curves(file: str | Path) -> pd.DataFrame:
    """A .tsv or .parquet file as it is, unchecked; BadInput (one line) if it cannot be read."""
    path = Path(file)
    if path.suffix not in (".tsv", ".parquet"):
        raise BadInput(f"{path}: curves are read from a .tsv or .parquet file")
    if not path.is_file():
        raise BadInput(f"{path}: no such file")
    try:
        return read_table(path)
    except (ValueError, OSError) as problem:
        raise BadInput(f"{path}: cannot be read as {path.suffix}: {str(problem).splitlines()[0]}") from None


def _norm_column(table: pd.DataFrame, file: str | Path) -> str:
    given = [name for name in ("norm", "log10_norm") if name in table]
    if len(given) != 1:
        raise BadInput(f"{file}: {'both' if given else 'no'} columns norm and log10_norm; one of them is needed")
    return given[0]


def _refuse(wrong: pd.Series, given: pd.Series, file: str | Path, allowed: str) -> None:
    """An error that names the first row that is wrong."""
    if wrong.any():
        row = wrong.idxmax()
        what = "missing" if pd.isna(given[row]) else f"{given[row]}"
        raise BadInput(f"{file}: row {row + 1} below the header: {given.name} is {what}; allowed: {allowed}")


def _refuse_too_little(runs: pd.DataFrame, file: str | Path) -> None:
    if (several := runs["P"].nunique()) < FEWEST_P:
        raise BadInput(f"{file}: column P has {several} different values; {FEWEST_P} or more are needed")
    run = ["P", "seed"] if runs["seed"].notna().any() else ["P"]
    sizes = runs.groupby(run).size()
    if (sizes < 2).any():
        raise BadInput(f"{file}: the run of {_name(run, sizes.idxmin())} has one point; two or more are needed")
    twice = runs.duplicated([*run, "epoch"])
    if twice.any():
        row = twice.idxmax()
        hint = "" if "seed" in run else " (does a column seed lack?)"
        values = _name([*run, "epoch"], tuple(runs.loc[row, name] for name in [*run, "epoch"]))
        raise BadInput(f"{file}: row {row + 1} below the header: a second row for {values}{hint}")


def _name(columns: list[str], values: object) -> str:
    values = values if isinstance(values, tuple) else (values,)
    return ", ".join(f"{column} = {value:g}" for column, value in zip(columns, values, strict=True))
