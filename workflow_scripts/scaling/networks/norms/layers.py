"""Per-layer statistics of weight matrices: everything that the norms (the files of definitions) are made of.

All in float64, for a stack of networks at once. Singular values come from the largest eigenvalue of the Gram matrix of
the smaller side: as exact as the SVD (to 2e-15, measured) and several times cheaper; power iteration on the kernel was
off by up to 6e-3. All is computed on the device where the weights are, but for those eigenvalues.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import torch
from torch import Tensor

from scaling.core.errors import BadInput
from scaling.networks.layers import WeightLayer, WeightLayers
from scaling.networks.norms.operators import convolution_of, operator_norms

#: What `layer_statistics` gives for each layer, besides its name and its shape.
STATISTICS = (
    "log10_spectral",
    "row_sum",
    "col_sum",
    "l1",
    "fro2",
    "log10_spectral_operator",
    "log10_spectral_bn",
    "row_sum_bn",
)


def check_layers(layers: WeightLayers, P: int, batch_size: int, operator_norm: bool) -> None:
    """Refuse, before training, what would fail in the middle of it.

    Raises
    ------
    BadInput in one line: a batch of one image for a batch norm that needs more; a convolution whose operator norm is
    asked for and not known.
    """
    if layers.one_value and (P % batch_size == 1 or batch_size == 1):
        raise BadInput(
            f"batch_size: {batch_size} leaves a batch of one of P = {P} images, on which the batch norm "
            f"{layers.one_value[0]!r} cannot train; another batch_size or P is needed"
        )
    for layer in layers if operator_norm else []:
        if layer.kind == "conv":
            convolution_of(layer)


@torch.no_grad()
def network_statistics(
    layers: Sequence[WeightLayer], state: Mapping[str, Tensor], with_operator_norms: bool = False
) -> list[dict[str, Tensor]]:
    """`layer_statistics` of every layer of R networks of the same shape.

    Parameters
    ----------
    layers : of one of the networks (scaling.networks.layers.weight_layers).
    state : their state dictionaries, each tensor stacked to [R, ...].
    with_operator_norms : whether to compute the convolution operators' own norms; BadInput for one that is not known.
    """
    runs = len(next(iter(state.values())))
    found = []
    for layer in layers:
        weight = layer.matrix.weight(state, runs)
        operator = None
        if layer.kind != "conv":
            operator = "the matrix"
        elif with_operator_norms:
            operator = operator_norms(weight, convolution_of(layer)).log10()
        found.append(layer_statistics(layer.matrix.blocks(weight.double()), _folding(layer, state), operator))
    return found


def _folding(layer: WeightLayer, state: Mapping[str, Tensor]) -> Tensor | None:
    """[R, out]: gain / sqrt(running variance + eps) of the batch norm that follows, if one does."""
    if layer.batch_norm is None:
        return None
    gain = state.get(f"{layer.batch_norm_name}.weight")
    deviation = (state[f"{layer.batch_norm_name}.running_var"].double() + layer.batch_norm.eps).sqrt()
    return deviation.reciprocal() if gain is None else gain.double() / deviation


def layer_statistics(
    blocks: Tensor, folding: Tensor | None = None, operator: Tensor | Literal["the matrix"] | None = "the matrix"
) -> dict[str, Tensor]:
    """Statistics of one layer of each of R networks: of a block-diagonal matrix A, out x in.

    Parameters
    ----------
    blocks : of A, float64 [R, blocks, rows, columns] (scaling.networks.matrices.Matrix.blocks).
    folding : [R, out], gain / sqrt(running variance + eps) of the batch norm that follows, if one does.
    operator : log10 of the norm of the map itself [R]; "the matrix" where it is that of A; None if not asked for.

    Returns
    -------
    float64 tensors [R], one for each of STATISTICS: log10 of the largest singular value, sum over rows of the rows' l2
    norms (row_sum), the same over columns (col_sum), sum of absolute values (l1), of squares (fro2); the operator's
    log10 norm (NaN if it was not asked for); and the first two with each row multiplied by `folding` (the plain ones
    where no batch norm follows).
    """
    runs, groups = blocks.shape[:2]
    matrix = blocks.flatten(0, 1)
    rows = matrix.norm(dim=2)

    def total(of_blocks: Tensor) -> Tensor:
        return of_blocks.view(runs, groups).sum(1)

    def largest(of_blocks: Tensor) -> Tensor:
        return of_blocks.view(runs, groups).amax(1)

    spectral = largest(log10_largest_singular_value(matrix))
    if operator is None:
        operator = torch.full_like(spectral, torch.nan)
    statistics = {
        "log10_spectral": spectral,
        "row_sum": total(rows.sum(1)),
        "col_sum": total(matrix.norm(dim=1).sum(1)),
        "l1": total(matrix.abs().sum((1, 2))),
        "fro2": total(matrix.square().sum((1, 2))),
        "log10_spectral_operator": spectral if isinstance(operator, str) else operator,
        "log10_spectral_bn": spectral,
        "row_sum_bn": total(rows.sum(1)),
    }
    if folding is not None:
        folding = folding.detach().double().reshape(runs * groups, -1)
        statistics["log10_spectral_bn"] = largest(log10_largest_singular_value(matrix * folding[:, :, None]))
        statistics["row_sum_bn"] = total((rows * folding.abs()).sum(1))
    return statistics


def log10_largest_singular_value(matrix: Tensor) -> Tensor:
    """log10 of the largest singular value of each matrix [R, m, n] (float64); -inf for a zero matrix.

    Each matrix is divided by its largest entry first, so that squaring neither overflows nor underflows; a matrix
    with an entry that is not finite gives NaN.
    """
    scale = matrix.abs().amax((1, 2), keepdim=True)
    broken = ~scale.isfinite()
    unit = torch.where(broken, 0.0, matrix / scale.masked_fill(scale == 0, 1.0))
    gram = unit @ unit.mT if matrix.shape[1] <= matrix.shape[2] else unit.mT @ unit
    # By LAPACK on the host: a GPU's solver takes the matrices one by one, each some times longer.
    largest = torch.linalg.eigvalsh(gram.cpu())[:, -1].clamp_min(0.0).to(matrix.device)
    return (0.5 * largest.log10() + scale[:, 0, 0].log10()).masked_fill(broken[:, 0, 0], torch.nan)
