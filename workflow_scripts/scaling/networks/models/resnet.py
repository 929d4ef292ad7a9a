"""The residual network of He et al. (2016) for small images: a 3x3 stem of stride 1, not pooled (paper App. G)."""

from collections.abc import Sequence

import torch
from torch import nn

from scaling.networks.models._sizes import check_resnet


def build(
    image_shape: tuple[int, int, int],
    classes: int,
    blocks: Sequence[int] = (2, 2, 2, 2),
    widths: Sequence[int] = (64, 128, 256, 512),
) -> nn.Sequential:
    """A residual network: Kaiming normal convolutions (fan_out), N(0, 0.01^2) for the output layer, no bias elsewhere.

    Parameters
    ----------
    image_shape : (channels, height, width).
    classes : number of outputs.
    blocks : number of basic blocks in each stage; every stage after the first halves the image (stride 2).
    widths : number of channels of each stage.

    Raises
    ------
    BadInput for sizes that make no network, e.g. if `blocks` and `widths` name different numbers of stages.
    """
    check_resnet(image_shape, blocks, widths)
    layers: list[nn.Module] = [
        nn.Conv2d(image_shape[0], widths[0], 3, padding=1, bias=False),
        nn.BatchNorm2d(widths[0]),
        nn.ReLU(),
    ]
    channels = widths[0]
    for stage, (depth, width) in enumerate(zip(blocks, widths, strict=True)):
        for block in range(depth):
            layers.append(BasicBlock(channels, width, stride=2 if stage > 0 and block == 0 else 1))
            channels = width
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes)]
    network = nn.Sequential(*layers)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=0.01)
            nn.init.zeros_(module.bias)
    return network


class BasicBlock(nn.Module):
    """Two 3x3 convolutions with batch norm, around which the input is passed on."""

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or channels != width:
            self.shortcut = nn.Sequential(nn.Conv2d(channels, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Images [n, channels, h, w] to [n, width, h/stride, w/stride]."""
        residual = torch.relu(self.norm1(self.conv1(images)))
        return torch.relu(self.norm2(self.conv2(residual)) + self.shortcut(images))
