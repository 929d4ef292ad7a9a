"""The stored statistics of layers, as arrays over networks and layers."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class LayerStatistics:
    """Statistics of n networks of L layers each (one network per run and logged point).

    Attributes
    ----------
    family : of the networks, e.g. "CNN".
    name, kind : [L], as scaling.networks.layers.WeightLayer has them.
    rows, columns : [L], shape of the matrices A (out x in).
    log10_spectral, row_sum, col_sum, l1, fro2, log10_spectral_operator, log10_spectral_bn, row_sum_bn : float64 [n, L],
        in forward order (what they are: scaling.networks.norms.layers.layer_statistics).
    """

    family: str
    name: np.ndarray
    kind: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    log10_spectral: np.ndarray
    row_sum: np.ndarray
    col_sum: np.ndarray
    l1: np.ndarray
    fro2: np.ndarray
    log10_spectral_operator: np.ndarray
    log10_spectral_bn: np.ndarray
    row_sum_bn: np.ndarray


def from_table(layers: pd.DataFrame, family: str) -> tuple[pd.DataFrame, LayerStatistics]:
    """A table of layers (P, seed, epoch, layer, ...) as arrays.

    Returns
    -------
    the P, seed and epoch of each network [n], and their statistics.
    """
    layers = layers.sort_values(["P", "seed", "epoch", "layer"], kind="stable")
    depth = int(layers["layer"].max()) + 1
    first = layers.iloc[:depth]
    per_layer = {key: first[key].to_numpy() for key in ("name", "kind", "rows", "columns")}
    names = [key for key in LayerStatistics.__annotations__ if key != "family" and key not in per_layer]
    arrays = {key: layers[key].to_numpy(np.float64).reshape(-1, depth) for key in names}
    networks = layers[["P", "seed", "epoch"]].iloc[::depth].reset_index(drop=True)
    return networks, LayerStatistics(family=family, **per_layer, **arrays)


def log10_sum(exponents: np.ndarray) -> np.ndarray:
    """log10 of sum_i 10^(x_i) over the last axis, without overflow."""
    largest = exponents.max(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log10(np.sum(10.0 ** (exponents - largest), axis=-1)) + largest[..., 0]
