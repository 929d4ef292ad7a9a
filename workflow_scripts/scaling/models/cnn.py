"""The convolutional network: 3x3 convolutions with ReLU and max pooling, then fully connected layers (paper App. G)."""

from collections.abc import Sequence

from torch import nn

from scaling.errors import BadInput


def build(
    image_shape: tuple[int, int, int],
    classes: int,
    convolutions: Sequence[int | str] = (32, 64, "pool", 128),
    fully_connected: Sequence[int] = (512,),
    dropout: float = 0.0,
) -> nn.Sequential:
    """A convolutional network with PyTorch's default initialisation.

    Parameters
    ----------
    image_shape : (channels, height, width).
    classes : number of outputs.
    convolutions : in forward order, the output channels of a 3x3 convolution (padding 1) with ReLU, or "pool" for
        2x2 max pooling (a last odd row or column is left out).
    fully_connected : widths of the hidden linear layers, each with ReLU; the output layer comes after them.
    dropout : probability, after each hidden linear layer.

    Raises
    ------
    BadInput if an entry is neither a number of channels nor "pool", or if pooling leaves no pixel.
    """
    channels, height, width = image_shape
    layers: list[nn.Module] = []
    for entry in convolutions:
        if entry == "pool":
            layers.append(nn.MaxPool2d(2))
            height, width = height // 2, width // 2
        elif isinstance(entry, int) and entry >= 1:
            layers += [nn.Conv2d(channels, entry, 3, padding=1), nn.ReLU()]
            channels = entry
        else:
            raise BadInput(f"sizes.convolutions: {entry!r} is neither a number of channels (1 or more) nor pool")
    if not height or not width:
        raise BadInput(f"sizes.convolutions: too many pools for images of {image_shape[1]}x{image_shape[2]} pixels")
    layers.append(nn.Flatten())
    features = channels * height * width
    for hidden in fully_connected:
        layers += [nn.Linear(features, hidden), nn.ReLU()]
        if dropout:
            layers.append(nn.Dropout(dropout))
        features = hidden
    layers.append(nn.Linear(features, classes))
    return nn.Sequential(*layers)
