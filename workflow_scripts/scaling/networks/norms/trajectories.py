"""From layer statistics to the trajectory of a norm along training."""

import pandas as pd

from scaling.networks.norms.definitions import NORMS
from scaling.networks.norms.statistics import from_table


def trajectories(epochs: pd.DataFrame, layers: pd.DataFrame, norm: str, family: str) -> pd.DataFrame:
    """One norm, and the errors, at every logged point of every run.

    Parameters
    ----------
    epochs : P, seed, epoch, train_error, test_error, diverged.
    layers : P, seed, epoch, layer and the statistics of scaling.networks.norms.layers.
    norm : a file of scaling.networks.norms.definitions.
    family : of the networks: spectral_complexity_authors has a rule for each.

    Returns
    -------
    P, seed, epoch, norm, log10_norm, train_error, test_error, diverged.

    Raises
    ------
    BadInput if there is no such norm.
    """
    networks, statistics = from_table(layers, family)
    errors = epochs[["P", "seed", "epoch", "train_error", "test_error", "diverged"]]
    table = networks.assign(norm=norm, log10_norm=NORMS.load(norm).log10_norm(statistics))
    return table.merge(errors, on=["P", "seed", "epoch"], validate="one_to_one")
