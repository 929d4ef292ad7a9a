"""What the page holds: tidy tables as small JSON."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.colors import to_hex

from scaling.analysis.exponents import WITH_INTERVAL, identity_of, wide_form
from scaling.analysis.facts import facts_of
from scaling.analysis.robust.thresholds import RISE, TOLERANCE
from scaling.plotting.style import colours_of

#: Of single runs the page holds this many points in all, and of each no fewer and no more than these.
POINTS, FEWEST, MOST = 400_000, 8, 60
#: Single runs are drawn, not computed with: they are stored in steps of 1/STEPS of log10 (0.02 %).
STEPS = 10_000
CONSTANTS = {"tolerance": TOLERANCE, "rise": RISE}
DIGITS = 8  # of what is computed with,
EXACT = 17  # and of optima, and of what is compared: a window by the default rule often ends at a point
SMALLEST = ("gamma_1_min_P", "gamma_2_min_P", "gamma_meas_min_P")


@dataclass(frozen=True)
class Tables:
    """The tables of one study, cell, variant and norm: trajectories, mean curves, optima, exponents (long form)."""

    trajectories: pd.DataFrame
    curves: pd.DataFrame
    optima: pd.DataFrame
    exponents: pd.DataFrame


@dataclass
class Pool:
    """Lists that are stored once, however often they are asked for: seeds share their epochs, norms their errors."""

    lists: list[list] = field(default_factory=list)
    places: dict[tuple, int] = field(default_factory=dict)

    def place(self, values: Sequence) -> int:
        """Where the list stands."""
        key = tuple(values)
        if key not in self.places:
            self.places[key] = len(self.lists)
            self.lists.append(list(key))
        return self.places[key]


def contents(rows: Iterable[Tables]) -> dict[str, Any]:
    """Everything that the page shows, as what JSON can hold.

    Returns
    -------
    rows : for each study, cell, variant and norm with a curve: these names, measure and counted
        (scaling.analysis.facts), P of the curves, curves, optima (of every P), the authors' window (its ends as
        log10 of lambda/lambda_opt), the exponents of both procedures, and runs, whose lists are places in `pool`.
    pool : lists of epochs, and of log10 norm and log10 error in whole steps, the first and then differences.
    steps : how many of them are 1.
    points : of a single run, at most.
    tolerance, rise : of the collapse's quality (scaling.explorer.numbers).
    """
    rows = [row for row in rows if len(row.curves)]
    runs = sum(_by_run(_usable(row.trajectories)).ngroups for row in rows)
    points = int(np.clip(POINTS // max(runs, 1), FEWEST, MOST))
    pool = Pool()
    shown = [_row(row, points, pool) for row in rows]
    return {"rows": shown, "pool": pool.lists, "steps": STEPS, "points": points} | CONSTANTS


def _row(tables: Tables, points: int, pool: Pool) -> dict[str, Any]:
    facts = facts_of(tables.curves)
    fits = wide_form(tables.exponents)
    authors = fits[fits["procedure"] == "authors"].iloc[0]
    exponents = {fit["procedure"]: _exponents(fit) for fit in fits.to_dict("records")}
    curves, optima = tables.curves.sort_values(["P", "log10_norm"]), tables.optima.sort_values("P")
    return {
        **identity_of(tables.curves),
        "measure": facts["measure"],
        "counted": facts["counted"],
        "P": sorted({int(P) for P in curves["P"]}),
        "curves": [_curve(P, curve) for P, curve in curves.groupby("P")],
        "optima": _columns(optima, ["P", "log10_lambda_opt", "error_opt", "log10_l_0", "runs", "censored"]),
        "colours": [to_hex(colour) for colour in colours_of(optima["P"]).values()],
        "window": {name: _number(authors[name]) for name in SMALLEST}
        | {f"log10_{end}": _number(np.log10(float(authors[f"x_{end}"])), EXACT) for end in ("left", "right")},
        "exponents": exponents,
        "runs": _runs(tables.trajectories, points, pool),
    }


def _curve(P: int, curve: pd.DataFrame) -> dict[str, Any]:
    columns = {"log10_norm": "x", "error_mean": "y", "error_sem": "sem", "runs": "n"}
    return {"P": int(P)} | _columns(curve.rename(columns=columns), list(columns.values()))


def _columns(table: pd.DataFrame, names: Sequence[str]) -> dict[str, list]:
    digits = dict.fromkeys(("x", "log10_lambda_opt", "log10_l_0", "error_opt"), EXACT)
    return {name: [_number(value, digits.get(name, DIGITS)) for value in table[name].tolist()] for name in names}


def _exponents(fit: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    sigmas = {"gamma_1": "sigma_1", "gamma_2": "sigma_2", "gamma_pred": "sigma_pred", "gamma_meas": "sigma_meas"}
    for name, sigma in sigmas.items():
        spread = [fit.get(f"{name}{end}") for end in ("_low", "_high")] if name in WITH_INTERVAL else [None, None]
        if (value := _number(fit[name])) is not None:
            of_it = (value, fit.get(sigma), *spread)
            found[name] = dict(zip(("value", "sigma", "low", "high"), map(_number, of_it), strict=True))
    return found


def _runs(trajectories: pd.DataFrame, points: int, pool: Pool) -> list[dict[str, Any]]:
    """Thinned runs; a seed that is not known (a mean) is null."""
    table = _usable(trajectories)
    epochs = [_number(epoch, 5) for epoch in table["epoch"]]
    x, y = (_steps(values) for values in (table["log10_norm"], np.log10(table["test_error"])))
    runs = []
    for (P, seed), places in _by_run(table).indices.items():
        chosen = places[np.unique(np.linspace(0, len(places) - 1, points).round().astype(int))]
        runs.append(
            {
                "P": int(P),
                "seed": None if pd.isna(seed) else int(seed),
                "epoch": pool.place([epochs[place] for place in chosen]),
                "x": pool.place(np.diff(x[chosen], prepend=0).tolist()),
                "y": pool.place(np.diff(y[chosen], prepend=0).tolist()),
            }
        )
    return runs


def _usable(trajectories: pd.DataFrame) -> pd.DataFrame:
    """The points of the runs that ended well, in time; those without a logarithm are left out."""
    table = trajectories.assign(seed=trajectories.get("seed"), epoch=trajectories.get("epoch"))
    usable = np.isfinite(table["log10_norm"]) & (table["test_error"] > 0) & np.isfinite(table["test_error"])
    if "diverged" in table:
        usable &= ~table["diverged"].astype(bool)
    return table[usable].sort_values(["P", "seed", "epoch"], kind="stable", ignore_index=True)


def _by_run(table: pd.DataFrame) -> Any:
    return table.groupby(["P", "seed"], dropna=False)


def _steps(values: pd.Series) -> np.ndarray:
    return np.round(values.to_numpy(float) * STEPS).astype(int)


def _number(value: Any, digits: int = DIGITS) -> float | int | None:
    """A number as JSON can hold it: whole ones as such, others to some digits, what is none as null."""
    if value is None or pd.isna(value) or not math.isfinite(value):
        return None
    rounded = float(f"{float(value):.{digits}g}")
    return int(rounded) if rounded.is_integer() else rounded
