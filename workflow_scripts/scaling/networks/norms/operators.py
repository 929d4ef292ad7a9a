"""Operator norms of convolutions: of the linear map from images to images, not of the flattened kernel."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.modules.conv import _ConvTransposeNd

from scaling.core.errors import BadInput
from scaling.networks.layers import WeightLayer

#: Layers whose forward is torch's own: of another one the map is not known.
_FORWARD = {kind: kind.forward for kind in (nn.Conv1d, nn.Conv2d, nn.Conv3d)}
_FORWARD |= {kind: kind.forward for kind in (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)}
_TRANSPOSED = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}


@dataclass(frozen=True)
class Convolution:
    """Where a kernel acts: what its operator norm depends on besides the kernel itself."""

    input_size: tuple[int, int]
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)

    def gram(self, kernels: Tensor) -> tuple[Callable[[Tensor], Tensor], int]:
        """A^T A of zero-padded convolutions by kernels [R, out, in, kh, kw], on flat images [R, size]; the size."""
        runs, _, channels, *window = kernels.shape
        matrix = kernels.flatten(2)
        patches = {"kernel_size": window, "stride": self.stride, "padding": self.padding}

        def product(flat: Tensor) -> Tensor:
            seen = F.unfold(flat.view(runs, channels, *self.input_size), **patches)
            return F.fold(matrix.mT @ (matrix @ seen), self.input_size, **patches).flatten(1)

        return product, channels * self.input_size[0] * self.input_size[1]


@dataclass(frozen=True)
class AnyConvolution:
    """A convolution of any dimension, stride, dilation, groups and padding mode, by its module's own arithmetic."""

    module: nn.Module
    input_size: tuple[int, ...]

    def gram(self, kernels: Tensor) -> tuple[Callable[[Tensor], Tensor], int]:
        """A^T A of kernels [R, ...] as the module has them, on flat images [R, size]; the size."""
        shape = (self.module.in_channels, *self.input_size)

        def product(flat: Tensor) -> Tensor:
            pairs = zip(kernels, flat, strict=True)
            return torch.stack([self._gram(kernel, image.view(1, *shape)) for kernel, image in pairs])

        return product, torch.Size(shape).numel()

    @torch.enable_grad()
    def _gram(self, kernel: Tensor, image: Tensor) -> Tensor:
        """A^T A x: the gradient of |A x|^2 / 2."""
        image = image.detach().requires_grad_()
        made = self._apply(kernel.detach(), image)
        return torch.autograd.grad(made, image, made.detach())[0].detach().flatten()

    def _apply(self, kernel: Tensor, image: Tensor) -> Tensor:
        module = self.module
        if not isinstance(module, _ConvTransposeNd):
            return module._conv_forward(image, kernel, None)
        place = (module.stride, module.padding, module.output_padding, module.groups, module.dilation)
        return _TRANSPOSED[len(self.input_size)](image, kernel, None, *place)


Operator = Convolution | AnyConvolution


def convolution_of(layer: WeightLayer) -> Operator:
    """What the operator norm of a convolution is computed by.

    Raises
    ------
    BadInput that names a layer whose map from images to images is not known.
    """
    module, why = layer.module, None
    kind = next((kind for kind in _FORWARD if isinstance(module, kind)), None)
    if kind is None:
        why = "its kernel is a parameter of a module of its own"
    elif type(module).forward is not _FORWARD[kind]:
        why = f"{type(module).__name__} has a forward of its own"
    elif layer.input_size is None:
        why = "it is used without being called"
    elif len(layer.input_sizes) > 1:
        why = f"it is used for inputs of different sizes, {' and '.join(map(str, sorted(layer.input_sizes)))}"
    if why:
        raise BadInput(f"operator_norm: not known for the layer {layer.name!r}: {why}; allowed: false")
    plain = isinstance(module, nn.Conv2d) and (module.dilation, module.groups) == ((1, 1), 1)
    if plain and module.padding_mode == "zeros" and not isinstance(module.padding, str):
        return Convolution(layer.input_size, module.stride, module.padding)
    return AnyConvolution(module, layer.input_size)


def operator_norms(
    kernels: Tensor, convolution: "Operator", tolerance: float = 1e-8, steps: int = 1000, growth: float = 1.2
) -> Tensor:
    """Largest singular values of convolutions as linear maps from images [in, h, w] to images.

    The Lanczos process on A^T A in float64 with full reorthogonalisation, for all kernels at once, until the residual
    of the largest Ritz pair, looked at whenever the number of steps has grown by `growth`, is below `tolerance` of its
    value. That bounds the eigenvalue's relative error; the error itself is quadratic in the residual (over the
    distance to the next eigenvalue), some 1e-15. (A power iteration stalls: near the top of its spectrum a
    convolution's singular values are as close as (pi / h)^2.) The start is a fixed random image, so that the same
    kernel always gives the same number.

    Parameters
    ----------
    kernels : [R, out, in, kh, kw], or as the convolution has them.

    Returns
    -------
    float64 [R], on the kernels' device; NaN for a kernel with an entry that is not finite.
    """
    runs = len(kernels)
    broken = ~kernels.isfinite().flatten(1).all(1)
    whole = kernels.double().masked_fill(broken.view(-1, *[1] * (kernels.ndim - 1)), 0.0)
    gram, size = convolution.gram(whole)

    start = torch.randn(size, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    vector = (start / start.norm()).to(whole).expand(runs, size).contiguous()
    basis, diagonal, beside, next_look = [vector], [], [], 8
    found = torch.full((runs,), torch.nan, dtype=torch.float64, device=whole.device)
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
