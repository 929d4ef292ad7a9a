"""Somebody else's learning curves, in the form of this study's trajectories."""

import difflib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from scaling.core.errors import BadInput
from scaling.core.paths import expanded
from scaling.sources.readers import read_any

NORM = "own"  # the name of the norm of curves whose norm we do not know
FEWEST_P = 3
MOST_P = 10**15  # whole numbers beyond are not exact as floats
#: What a column may hold that is to become test_error: how it becomes it.
GIVEN_AS = {
    "error": lambda values: values,
    "percent error": lambda values: values / 100,
    "accuracy": lambda values: 1 - values,
    "percent accuracy": lambda values: 1 - values / 100,
    "loss": lambda values: values,
}


def read_external_curves(
    file: str | Path, columns: Mapping[str, str] | None = None, given_as: str = "error"
) -> pd.DataFrame:
    """Read and check learning curves from a file of any of the usual forms (scaling.sources.readers).

    Parameters
    ----------
    file : columns P (number of training examples), epoch (any time that rises along a run), norm (> 0) or log10_norm
        (which is taken if both are there), test_error and, where runs are single runs and not means already, seed.
        Others are ignored.
    columns : the file's name for each of these where it is another one.
    given_as : what the column test_error holds, one of GIVEN_AS; of a loss any positive number is allowed.

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
    return check_curves(_renamed(read_curves(file), columns or {}, file), file, given_as)


def check_curves(table: pd.DataFrame, file: str | Path, given_as: str = "error") -> pd.DataFrame:
    """The check that every curve from outside passes: a table with the columns that `read_external_curves` asks for.

    Rows are counted from 1 below the header, whatever their labels. Returns and raises what `read_external_curves`
    does; `file` begins the line.
    """
    table = table.reset_index(drop=True)
    norm = "log10_norm" if "log10_norm" in table else "norm"
    wanted = ["P", "epoch", norm, "test_error"] + ["seed"] * ("seed" in table)
    if missing := [name for name in wanted if name not in table]:
        raise BadInput(f"{file}: {_no_column(missing[0], [str(name) for name in table.columns])}")
    numbers = pd.DataFrame({name: _as_numbers(table[name]) for name in wanted})
    for name in wanted:
        _refuse(~np.isfinite(numbers[name]), table, name, file, "a finite number" + _hint(table[name]))
    wrong = (numbers["P"] < 1) | (numbers["P"] % 1 != 0) | (numbers["P"] > MOST_P)
    _refuse(wrong, table, "P", file, f"a whole number, 1 to {MOST_P}")
    numbers["test_error"] = GIVEN_AS[given_as](numbers["test_error"])
    if given_as == "loss":
        _refuse(numbers["test_error"] < 0, table, "test_error", file, "a loss, 0 or more")
    else:
        wrong = (numbers["test_error"] < 0) | (numbers["test_error"] > 1)
        allowed = "a fraction, 0 to 1 (`given_as` says if it is in percent, an accuracy or a loss)"
        if given_as != "error":
            allowed = f"a value of {given_as}"
        _refuse(wrong, table, "test_error", file, allowed)
    if norm == "norm":
        _refuse(numbers["norm"] <= 0, table, "norm", file, "more than 0")
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
    _refuse_too_little(runs, file, table.attrs.get("of runs", False))
    return runs


def read_curves(file: str | Path) -> pd.DataFrame:
    """A file of any of the usual forms as it is, unchecked; BadInput (one line) if it cannot be read."""
    path = Path(expanded(str(file)))
    if not path.exists():
        raise BadInput(f"{path}: no such file")
    return read_any(path)


def _renamed(table: pd.DataFrame, columns: Mapping[str, str], file: str | Path) -> pd.DataFrame:
    """The table with our names; a column of ours that another takes the place of is left out."""
    for ours, theirs in columns.items():
        if theirs not in table:
            raise BadInput(f"{file}: columns.{ours}: no column {theirs!r}; there are {', '.join(map(str, table))}")
    taken = {ours: table[theirs].rename(ours) for ours, theirs in columns.items()}
    rest = table.drop(columns=[name for name in table.columns if name in taken or name in columns.values()])
    if "norm" in taken and "log10_norm" not in taken:
        rest = rest.drop(columns="log10_norm", errors="ignore")
    return rest.assign(**taken)


def _no_column(name: str, there: list[str]) -> str:
    needed = "needed are P, epoch, norm or log10_norm, test_error"
    missing = "s norm and log10_norm" if name == "norm" else f" {name}"
    if len(there) < 2:
        return f"no column{missing}; it has one column only, {there[0] if there else 'without a name'}; {needed}"
    near = difflib.get_close_matches(name.lower(), [each.lower() for each in there], n=1, cutoff=0.7)
    close = next((each for each in there if near and each.lower() == near[0]), None)
    hint = f"; is it {close!r}? Say `columns: {{{name}: {close}}}`" if close else ""
    if name == "test_error" and not close and (near := [each for each in there if "acc" in each.lower()]):
        hint = f"; is it 1 - {near[0]!r}? Say `columns: {{test_error: {near[0]}}}` and `given_as: accuracy`"
    said = ", ".join(there[:10]) + " ..." * (len(there) > 10)
    return f"no column{missing}; {needed} (there are {said}{hint})"


def _as_numbers(values: pd.Series) -> pd.Series:
    if values.dtype == bool or values.map(lambda value: isinstance(value, bool)).any():
        return pd.Series(np.nan, values.index)
    if values.dtype == object:  # whole numbers beyond all floats, as JSON may have them
        values = values.map(lambda value: np.inf if isinstance(value, int) and abs(value) > 2**1023 else value)
    return pd.to_numeric(values, errors="coerce").astype(float)


def _hint(values: pd.Series) -> str:
    """What a value that is no number may be."""
    texts = [value for value in values if isinstance(value, str)]
    commas = [value for value in texts if "," in value]
    if commas and all(_is(value, "[+-]?\\d{1,3}(,\\d{3})+") for value in commas):
        return "; written without separators of thousands and with a decimal point"
    if any(_is(value, "[+-]?\\d*,\\d+([eE][+-]?\\d+)?") for value in commas):
        return "; written with a decimal point, not a comma"
    if any(_is(value, ".*%") for value in texts):
        return "; written without %"
    if any(_is(value, "[+-]?\\d.*[eE]\\+?\\d{3,}") for value in texts):
        return "; for a norm beyond 1e308 give log10_norm"
    return ""


def _is(text: str, pattern: str) -> bool:
    return pd.Series([text]).str.fullmatch(pattern)[0]


def _refuse(wrong: pd.Series, table: pd.DataFrame, name: str, file: str | Path, allowed: str) -> None:
    """An error that names the first row that is wrong: counted below the header, or by its run and step."""
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        value = table[name].iloc[row]
        what = "missing" if pd.api.types.is_scalar(value) and pd.isna(value) else f"{value}"[:60]
        where = f"row {row + 1} below the header"
        if table.attrs.get("of runs"):
            run = [key for key in ("P", "seed") if key in table]
            where = f"run of {_name(run, tuple(table[run].iloc[row]))} at step {table['epoch'].iloc[row]}"
        raise BadInput(f"{file}: {where}: {name} is {what}; allowed: {allowed}")


def _refuse_too_little(runs: pd.DataFrame, file: str | Path, of_runs: bool) -> None:
    if (several := runs["P"].nunique()) < FEWEST_P:
        raise BadInput(f"{file}: column P has {several} different values; {FEWEST_P} or more are needed")
    run = ["P", "seed"] if runs["seed"].notna().any() else ["P"]
    sizes = runs.groupby(run).size()
    if (sizes < 2).any():
        raise BadInput(f"{file}: the run of {_name(run, sizes.idxmin())} has one point; two or more are needed")
    twice = runs.duplicated([*run, "epoch"])
    if twice.any():
        row = int(twice.to_numpy().argmax())
        hint = "" if "seed" in run else " (does a column seed lack?)"
        values = _name([*run, "epoch"], tuple(runs[name].iloc[row] for name in [*run, "epoch"]))
        where = "two runs of one name, or " if of_runs else f"row {row + 1} below the header: "
        raise BadInput(f"{file}: {where}a second row for {values}{hint}")


def _name(columns: list[str], values: object) -> str:
    values = values if isinstance(values, tuple) else (values,)
    return ", ".join(f"{column} = {value:g}" for column, value in zip(columns, values, strict=True))
