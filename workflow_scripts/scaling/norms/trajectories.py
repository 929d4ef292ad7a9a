"""From layer statistics to the trajectories of norms along training."""

import inspect
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from scaling.errors import BadInput
from scaling.norms import definitions
from scaling.norms.statistics import LayerStatistics, from_table

Norm = Callable[[LayerStatistics], np.ndarray]


def known_norms() -> dict[str, Norm]:
    """The norms that there are: the public functions of definitions.py."""
    functions = inspect.getmembers(definitions, inspect.isfunction)
    return {
        name: function
        for name, function in functions
        if function.__module__ == definitions.__name__ and not name.startswith("_")
    }


def norm_named(name: str) -> Norm:
    """A norm by its name; BadInput if there is none."""
    known = known_norms()
    if name not in known:
        raise BadInput(f"norm {name!r} is not one of {', '.join(known)} (functions of scaling/norms/definitions.py)")
    return known[name]


def trajectories(epochs: pd.DataFrame, layers: pd.DataFrame, norms: Sequence[str], family: str) -> pd.DataFrame:
    """Norms and errors at every logged point of every run.

    Parameters
    ----------
    epochs : P, seed, epoch, train_error, test_error, diverged.
    layers : P, seed, epoch, layer and the statistics of scaling.norms.layers.
    norms : names of functions of scaling.norms.definitions.
    family : of the networks: spectral_complexity_authors has a rule for each.

    Returns
    -------
    P, seed, epoch, norm, log10_norm, train_error, test_error, diverged.
    """
    networks, statistics = from_table(layers, family)
    errors = epochs[["P", "seed", "epoch", "train_error", "test_error", "diverged"]]
    tables = []
    for name in norms:
        table = networks.assign(norm=name, log10_norm=norm_named(name)(statistics))
        tables.append(table.merge(errors, on=["P", "seed", "epoch"], validate="one_to_one"))
    return pd.concat(tables, ignore_index=True)
