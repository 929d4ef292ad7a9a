"""Which problems are solved: the blocks of exact solutions, and the cells of the theory beside them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scaling.core.settings import Section
from scaling.interpolators.settings import FixedDimension, FixedRatio

#: What says which cell a row belongs to.
CELL = ["kind", "parameter", "n", "d", "spikes", "sigma"]
GRID = 24  # n of a drawn curve besides those of the exact solutions
BEFORE = 5.0  # how far below them it begins
BEYOND = {"fixed_d": 4.0, "fixed_ratio": 2000.0}  # how far beyond them it goes


class Block(Section):
    """Exact solutions that share their data sets: of one n and d, all potentials and sigmas."""

    study: str
    kappa: float
    n: int
    d: int
    potentials: list[tuple[str, float]]
    sigma: list[float]
    spikes: int
    samples: int

    @property
    def name(self) -> str:
        """What its file is called."""
        return (
            f"{self.study}/kappa{self.kappa:g}_n{self.n}" if self.study == "fixed_ratio" else f"{self.study}/n{self.n}"
        )


def potentials_at_fixed_d(settings: FixedDimension) -> list[tuple[str, float]]:
    """(kind, parameter) of all potentials."""
    return [*(("p", p) for p in settings.p), *(("alpha", alpha) for alpha in settings.alpha)]


def series_at_fixed_ratio(settings: FixedRatio) -> list[tuple[str, float, float]]:
    """(kind, parameter, kappa) of all series."""
    return [*(("p", *pair) for pair in settings.p_kappa), *(("alpha", *pair) for pair in settings.alpha_kappa)]


def blocks(fixed_d: FixedDimension, fixed_ratio: FixedRatio) -> list[Block]:
    """All blocks, those that take longest first."""
    found = [
        Block(
            study="fixed_d",
            kappa=fixed_d.d / n,
            n=n,
            d=fixed_d.d,
            potentials=potentials_at_fixed_d(fixed_d),
            sigma=fixed_d.sigma,
            spikes=fixed_d.spikes,
            samples=fixed_d.samples(n),
        )
        for n in fixed_d.n
    ]
    series = series_at_fixed_ratio(fixed_ratio)
    for kappa in dict.fromkeys(each for _, _, each in series):
        potentials = [(kind, parameter) for kind, parameter, each in series if each == kappa]
        found += [
            Block(
                study="fixed_ratio",
                kappa=kappa,
                n=n,
                d=round(kappa * n),
                potentials=potentials,
                sigma=fixed_ratio.sigma,
                spikes=1,
                samples=fixed_ratio.seeds,
            )
            for n in fixed_ratio.n
        ]
    return sorted(found, key=lambda block: -block.n * block.n * block.d)


def cells(blocks: Sequence[Block]) -> pd.DataFrame:
    """The cells of the blocks, and between and beyond them those of curves: columns study, kappa, and CELL."""
    rows = [
        (block.study, block.kappa, kind, parameter, block.n, block.d, block.spikes, sigma)
        for block in blocks
        for kind, parameter in block.potentials
        for sigma in block.sigma
    ]
    table = pd.DataFrame(rows, columns=["study", "kappa", *CELL])
    return pd.concat([table, *(_curves(part) for _, part in table.groupby("study"))], ignore_index=True)


def _curves(cells: pd.DataFrame) -> pd.DataFrame:
    """More n for each line of the cells, evenly in log n from a fifth of the least on; d stays, or goes with n."""
    study = cells["study"].iloc[0]
    last = cells["n"].max() * BEYOND[study]
    if study == "fixed_d":
        last = min(last, 0.95 * cells["d"].iloc[0])
        lines = cells.drop(columns=["n", "kappa"]).drop_duplicates()
    else:
        lines = cells.drop(columns=["n", "d"]).drop_duplicates()
    curves = lines.merge(pd.DataFrame({"n": np.geomspace(cells["n"].min() / BEFORE, last, GRID)}), how="cross")
    if study == "fixed_d":
        return curves.assign(kappa=curves["d"] / curves["n"])
    return curves.assign(d=curves["kappa"] * curves["n"])
