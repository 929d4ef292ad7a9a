"""A random crop and a mirror image or not (paper App. G)."""

import torch
from torch import Tensor
from torch.nn import functional as F


def augment(images: Tensor, draws: Tensor, padding: int = 4) -> Tensor:
    """A random crop of the image padded with black, then a mirror image or not (paper App. G)."""
    count, channels, height, width = images.shape
    padded = F.pad(images, (padding,) * 4)
    top, left = (draws[:, :2] * (2 * padding + 1)).long().unbind(1)
    rows = top[:, None] + torch.arange(height, device=images.device)
    columns = torch.arange(width, device=images.device).expand(count, -1)
    columns = left[:, None] + torch.where(draws[:, 2:] < 0.5, width - 1 - columns, columns)
    which = torch.arange(count, device=images.device)[:, None, None, None]
    channel = torch.arange(channels, device=images.device)[None, :, None, None]
    return padded[which, channel, rows[:, None, :, None], columns[:, None, None, :]]
