"""Curves that a `Recorder` has saved, as one table."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from scaling.analysis.facts import facts, with_facts
from scaling.core.errors import BadInput

SUFFIXES = {".tsv": "\t", ".csv": ","}
MEASURES = {"error": ("test error", 1.0), "loss": ("test loss", float("inf"))}


def read_curves(
    files: str | Path | Iterable[str | Path],
    norm: str | None = None,
    measure: str = "error",
    floor: float = 0.0,
    guess: float = float("nan"),
    counted: str = "examples",
) -> pd.DataFrame:
    """The runs of some files below each other.

    Parameters
    ----------
    files : a file of `Recorder.save`, several, or a folder of them.
    norm : the norm of the curves, e.g. "l2"; if none is named, the first that was recorded.
    measure : "error" or "loss", which becomes `test_error`. floor : subtracted from it.
    guess : what the best constant answer gets, where it is known. counted : what P counts, for axes.

    Returns
    -------
    P, seed, step, epoch, log10_norm, test_error, train_error, diverged, and what the errors are
    (scaling.analysis.facts). Points without the measure are left out; a run of which it was not a finite number
    somewhere has diverged.

    Raises
    ------
    BadInput in one line that names the file.
    """
    if measure not in MEASURES:
        raise BadInput(f"measure: {measure!r} is not one of {', '.join(MEASURES)}")
    tables = []
    for path in _paths(files):
        table = _read(path, f"test_{measure}")
        chosen = "log10_norm" if norm is None else f"log10_{norm}"
        needed = ["P", "seed", "epoch", chosen, f"test_{measure}"]
        if missing := [name for name in needed if name not in table]:
            there = ", ".join(str(name) for name in table.columns)
            raise BadInput(f"{path}: no column {missing[0]}; there are {there}")
        kept = table[["P", "seed", *(name for name in ("step",) if name in table), "epoch"]]
        errors = {f"{split}_error": table.get(f"{split}_{measure}") for split in ("test", "train")}
        tables.append(kept.assign(log10_norm=table[chosen], **errors))
    curves = pd.concat(tables, ignore_index=True)
    if (twice := curves.duplicated(["P", "seed", "epoch"])).any():
        P, seed, epoch = curves.loc[twice, ["P", "seed", "epoch"]].iloc[0]
        raise BadInput(f"two rows for P = {P:g}, seed = {seed:g}, epoch = {epoch:g}; each run needs a seed of its own")
    lowest = curves["test_error"].min()
    if floor and not floor < lowest:
        raise BadInput(f"floor: {floor:g} is not below the smallest test {measure}, {lowest:.6g}")
    lost = (~np.isfinite(curves["test_error"])).groupby([curves["P"], curves["seed"]]).transform("any")
    curves = curves.assign(test_error=curves["test_error"] - floor, diverged=lost)
    name, highest = MEASURES[measure]
    return with_facts(curves, facts(name + f" - {floor:g}" * bool(floor), counted, guess, floor, highest))


def _read(path: Path, measure: str) -> pd.DataFrame:
    """One file, without the rows in which `measure` is empty."""
    try:
        table = pd.read_csv(
            path, sep=SUFFIXES[path.suffix], dtype={measure: str}, keep_default_na=False, na_values=[""]
        )
    except (ValueError, UnicodeDecodeError) as problem:  # pandas' errors of parsing are ValueErrors
        raise BadInput(f"{path}: not a table of a recorder ({str(problem).splitlines()[0]})") from None
    if measure not in table:
        return table
    measured = table[table[measure].notna()]
    try:
        return measured.assign(**{measure: measured[measure].astype(float)})
    except ValueError as problem:
        raise BadInput(f"{path}: {measure}: {problem}; allowed: numbers") from None


def _paths(files: str | Path | Iterable[str | Path]) -> list[Path]:
    given = [Path(files)] if isinstance(files, str | Path) else [Path(file) for file in files]
    found = []
    for path in given:
        found += sorted(p for p in path.iterdir() if p.suffix in SUFFIXES) if path.is_dir() else [path]
    for path in found:
        if path.suffix not in SUFFIXES:
            raise BadInput(f"{path}: curves are read from .tsv or .csv")
        if not path.is_file():
            raise BadInput(f"{path}: no such file")
    if not found:
        raise BadInput(f"{', '.join(map(str, given)) or 'files'}: no .tsv or .csv file in it")
    return found
