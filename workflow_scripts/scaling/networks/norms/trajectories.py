"""From layer statistics to the trajectory of a norm along training."""

import pandas as pd

from scaling.core.errors import BadInput
from scaling.networks.norms.definitions import NORMS
from scaling.networks.norms.statistics import from_table


def trajectories(
    epochs: pd.DataFrame, layers: pd.DataFrame, norm: str, family: str, measure: str = "error", floor: float = 0.0
) -> pd.DataFrame:
    """One norm, and the errors, at every logged point of every run.

    Parameters
    ----------
    epochs : P, seed, epoch, train_error, train_loss, test_error, test_loss, diverged.
    layers : P, seed, epoch, layer and the statistics of scaling.networks.norms.layers.
    norm : a file of scaling.networks.norms.definitions.
    family : of the networks: spectral_complexity_authors has a rule for each.
    measure, floor : "error" or "loss", which is what becomes train_error and test_error here; `floor` is subtracted
        from the test's.

    Returns
    -------
    P, seed, epoch, norm, log10_norm, train_error, test_error, diverged.

    Raises
    ------
    BadInput if there is no such norm, or for a floor that some test value does not exceed.
    """
    networks, statistics = from_table(layers, family)
    lowest = epochs[f"test_{measure}"].min()
    if floor and not floor < lowest:
        raise BadInput(f"floor: {floor:g} is not below the smallest test {measure}, {lowest:.6g}")
    train, test = epochs[f"train_{measure}"], epochs[f"test_{measure}"] - floor
    errors = epochs[["P", "seed", "epoch"]].assign(train_error=train, test_error=test, diverged=epochs["diverged"])
    table = networks.assign(norm=norm, log10_norm=NORMS.load(norm).log10_norm(statistics))
    return table.merge(errors, on=["P", "seed", "epoch"], validate="one_to_one")
