"""Norms of a network, each a function of the statistics of its layers.

A norm of your own is one more function here, with its name in the configuration's `norms`: it takes a `LayerStatistics`
and returns log10 of the norm, [n], one for each network. Norms reach 1e75 and more, so all of it happens in logs.
Nothing is trained again for it.
"""

import numpy as np

from scaling.norms.statistics import LayerStatistics, log10_sum


def spectral_complexity(layers: LayerStatistics) -> np.ndarray:
    """(prod s_i) (sum_i (row_i / s_i)^(2/3))^(3/2): the paper's Eq. 6 with M_i = 0 and rho_i = 1.

    row_i sums the l2 norms of the rows, as in Bartlett et al. (2017), where the paper's text says average.
    """
    return _spectral_complexity(layers.log10_spectral, np.log10(layers.row_sum))


def spectral_complexity_authors(layers: LayerStatistics) -> np.ndarray:
    """What the published curves were made with, by the authors' code.

    CNN: (prod s_i) (sum_i (sum_{j>i} col_j / s_i)^(2/3))^(3/2). ResNet: the same over the first convolution and the
    last linear layer only, which comes to s col of the last layer. ViT, and any other family: Eq. 6.
    """
    family = layers.family.lower()  # a configuration may write it in any case
    if family == "resnet":
        return layers.log10_spectral[:, -1] + np.log10(layers.col_sum[:, -1])
    if family == "cnn":
        after = np.cumsum(layers.col_sum[:, ::-1], axis=1)[:, ::-1] - layers.col_sum
        after[:, -1] = 0.0  # nothing comes after the last layer; the subtraction leaves rounding
        with np.errstate(divide="ignore"):
            return _spectral_complexity(layers.log10_spectral, np.log10(after))
    return spectral_complexity(layers)


def spectral_complexity_operator(layers: LayerStatistics) -> np.ndarray:
    """Eq. 6 with s_i of a convolution the norm of the convolution itself, on images of the layer's input size.

    NaN unless the runs were trained with `operator_norm: true`.
    """
    return _spectral_complexity(layers.log10_spectral_operator, np.log10(layers.row_sum))


def spectral_complexity_bn_folded(layers: LayerStatistics) -> np.ndarray:
    """Eq. 6 with every convolution multiplied by gain / sqrt(running variance + eps) of the batch norm that follows."""
    return _spectral_complexity(layers.log10_spectral_bn, np.log10(layers.row_sum_bn))


def l1(layers: LayerStatistics) -> np.ndarray:
    """sum_i sum |A_i| (App. J; the authors' counts biases and batch norms of CNN and ResNet as well)."""
    return np.log10(layers.l1.sum(axis=1))


def l2(layers: LayerStatistics) -> np.ndarray:
    """sqrt(sum_i sum A_i^2) (App. J; the authors' counts biases and batch norms of CNN and ResNet as well)."""
    return 0.5 * np.log10(layers.fro2.sum(axis=1))


def g21(layers: LayerStatistics) -> np.ndarray:
    """sum_i col_i, the group norms (2,1) (App. J; the authors' counts only the first and last layer of a ResNet)."""
    return np.log10(layers.col_sum.sum(axis=1))


def spectral(layers: LayerStatistics) -> np.ndarray:
    """prod_i s_i (App. J; the authors' counts only the first and last layer of a ResNet)."""
    return layers.log10_spectral.sum(axis=1)


def _spectral_complexity(log10_spectral: np.ndarray, log10_group: np.ndarray) -> np.ndarray:
    ratios = 2 / 3 * (log10_group - log10_spectral)
    return log10_spectral.sum(axis=1) + 1.5 * log10_sum(ratios)
