"""A small rotation and shift (paper App. G)."""

from math import pi

import torch
from torch import Tensor
from torch.nn import functional as F

from scaling.networks.training.arithmetic import exact_products


def augment(images: Tensor, draws: Tensor, degrees: float = 10.0, shift: float = 0.1) -> Tensor:
    """A rotation by up to `degrees` and a shift by whole pixels, up to the fraction `shift` of each side.

    Black outside. The nearest pixel is taken, as torchvision's RandomAffine does (paper App. G).
    """
    height, width = images.shape[2:]
    unit = 2 * draws - 1
    angle = unit[:, 0] * (degrees * pi / 180)
    # grid coordinates run from -1 to 1 over the side
    across = (unit[:, 1] * shift * width).round() * (2 / width)
    down = (unit[:, 2] * shift * height).round() * (2 / height)
    cos, sin = angle.cos(), angle.sin()
    first = torch.stack([cos, -sin * (height / width), across], dim=1)
    second = torch.stack([sin * (width / height), cos, down], dim=1)
    with exact_products(images.device):  # the grid is a product: in TF32 the nearest pixel may be another one
        grid = F.affine_grid(torch.stack([first, second], dim=1), list(images.shape), align_corners=False)
    return F.grid_sample(images.float(), grid, mode="nearest", align_corners=False)
