"""Per-layer statistics of weight matrices: everything that the norms of definitions.py are made of.

All in float64, on the device where the weights are, for one network or a stack of networks at once. Singular values
come from the largest eigenvalue of the Gram matrix of the smaller side: as exact as the SVD (to 2e-15, measured) and
several times cheaper; power iteration on the kernel was off by up to 6e-3.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from scaling.networks.layers import WeightLayer

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


@dataclass(frozen=True)
class Convolution:
    """Where a kernel acts: what its operator norm depends on besides the kernel itself."""

    input_size: tuple[int, int]
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)


@torch.no_grad()
def network_statistics(
    layers: Sequence[WeightLayer], state: Mapping[str, Tensor], with_operator_norms: bool = False
) -> list[dict[str, Tensor]]:
    """`layer_statistics` of every layer of R networks of the same shape.

    Parameters
    ----------
    layers : of one of the networks (scaling.networks.layers.weight_layers).
    state : their state dictionaries, each tensor stacked to [R, ...].
    with_operator_norms : whether to compute the convolution operators' own norms.
    """
    found = []
    for layer in layers:
        folding = convolution = None
        if layer.batch_norm is not None:
            variance = state[f"{layer.batch_norm_name}.running_var"].double()
            folding = state[f"{layer.batch_norm_name}.weight"].double() / (variance + layer.batch_norm.eps).sqrt()
        if with_operator_norms and layer.input_size is not None:
            convolution = Convolution(layer.input_size, layer.module.stride, layer.module.padding)
        found.append(layer_statistics(state[f"{layer.name}.weight"], folding, convolution))
    return found


@torch.no_grad()
def layer_statistics(
    weight: Tensor, folding: Tensor | None = None, convolution: Convolution | None = None
) -> dict[str, Tensor]:
    """Statistics of one layer of each of R networks (A is out x in; a kernel is flattened).

    Parameters
    ----------
    weight : [R, out, in] or [R, out, in, kh, kw].
    folding : [R, out], gain / sqrt(running variance + eps) of the batch norm that follows, if one does.
    convolution : given where the norm of the convolution operator itself is asked for.

    Returns
    -------
    float64 tensors [R], one for each of STATISTICS: log10 of the largest singular value, sum over rows of the rows' l2
    norms (row_sum), the same over columns (col_sum), sum of absolute values (l1), of squares (fro2); the operator's
    log10 norm (NaN for a convolution that was not asked for, the plain one for a matrix); and the first two with
    each row multiplied by `folding` (the plain ones where no batch norm follows).
    """
    matrix = weight.detach().double().flatten(2)
    spectral = log10_largest_singular_value(matrix)
    rows = matrix.norm(dim=2)
    statistics = {
        "log10_spectral": spectral,
        "row_sum": rows.sum(1),
        "col_sum": matrix.norm(dim=1).sum(1),
        "l1": matrix.abs().sum((1, 2)),
        "fro2": matrix.square().sum((1, 2)),
        "log10_spectral_operator": spectral if weight.ndim == 3 else torch.full_like(spectral, torch.nan),
        "log10_spectral_bn": spectral,
        "row_sum_bn": rows.sum(1),
    }
    if convolution is not None:
        statistics["log10_spectral_operator"] = operator_norms(weight.detach(), convolution).log10()
    if folding is not None:
        folding = folding.detach().double()
        statistics["log10_spectral_bn"] = log10_largest_singular_value(matrix * folding[:, :, None])
        statistics["row_sum_bn"] = (rows * folding.abs()).sum(1)
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


def operator_norms(
    kernels: Tensor, convolution: Convolution, tolerance: float = 1e-8, steps: int = 1000, growth: float = 1.2
) -> Tensor:
    """Largest singular values of zero-padded convolutions as linear maps from images [in, h, w] to images.

    The Lanczos process on A^T A in float64 with full reorthogonalisation, for all kernels at once, until the residual
    of the largest Ritz pair, looked at whenever the number of steps has grown by `growth`, is below `tolerance` of its
    value. That bounds the eigenvalue's relative error; the error itself is quadratic in the residual (over the
    distance to the next eigenvalue), some 1e-15. (A power iteration stalls: near the top of its spectrum a
    convolution's singular values are as close as (pi / h)^2.) The start is a fixed random image, so that the same
    kernel always gives the same number.

    Parameters
    ----------
    kernels : [R, out, in, kh, kw].

    Returns
    -------
    float64 [R], on the kernels' device; NaN for a kernel with an entry that is not finite.
    """
    runs, _, channels, *window = kernels.shape
    broken = ~kernels.isfinite().flatten(1).all(1)
    matrix = kernels.double().masked_fill(broken.view(-1, 1, 1, 1, 1), 0.0).flatten(2)
    patches = {"kernel_size": window, "stride": convolution.stride, "padding": convolution.padding}
    size = channels * convolution.input_size[0] * convolution.input_size[1]

    def gram(flat: Tensor) -> Tensor:
        seen = F.unfold(flat.view(runs, channels, *convolution.input_size), **patches)
        return F.fold(matrix.mT @ (matrix @ seen), convolution.input_size, **patches).flatten(1)

    start = torch.randn(size, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    vector = (start / start.norm()).to(matrix).expand(runs, size).contiguous()
    basis, diagonal, beside, next_look = [vector], [], [], 8
    found = torch.full((runs,), torch.nan, dtype=torch.float64, device=matrix.device)
    while True:
        image = gram(basis[-1])
        diagonal.append((basis[-1] * image).sum(1))
        spanned = torch.stack(basis, dim=1)
        for _ in range(2):  # once is not enough to keep the basis orthogonal to rounding
            image = image - (spanned.mT @ (spanned @ image[:, :, None]))[:, :, 0]
        rest = image.norm(dim=1)
        if (last := len(basis) >= min(steps, size)) or len(basis) >= next_look:
            next_look = growth * len(basis)
            tridiagonal = torch.diag_embed(torch.stack(diagonal, 1))
            if beside:
                off = torch.stack(beside, 1)
                tridiagonal += torch.diag_embed(off, 1) + torch.diag_embed(off, -1)
            values, vectors = torch.linalg.eigh(tridiagonal)
            done = (rest * vectors[:, -1, -1].abs() <= tolerance * values[:, -1].abs()) | last
            found = torch.where(found.isnan() & done, values[:, -1].clamp_min(0.0).sqrt(), found)
            if not found.isnan().any():
                return found.masked_fill(broken, torch.nan)
        beside.append(rest)
        # A kernel whose images are all spanned goes on with zeros.
        basis.append(torch.where(rest > 1e-200, 1 / rest, 0.0)[:, None] * image)
