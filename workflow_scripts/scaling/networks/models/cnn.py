"""The convolutional network: 3x3 convolutions with ReLU and max pooling, then fully connected layers (paper App. G)."""

from collections.abc import Sequence

from torch import nn

from scaling.networks.models._sizes import check_cnn


def build(
    image_shape: tuple[int, int, int],
    classes: int,
    stages: Sequence[Sequence[int]] = ((32, 64), (128,)),
    fully_connected: Sequence[int] = (512,),
    dropout: float = 0.0,
) -> nn.Sequential:
    """A convolutional network with PyTorch's default initialisation.

    Parameters
    ----------
    image_shape : (channels, height, width).
    classes : number of outputs.
    stages : for each stage, the output channels of its 3x3 convolutions (padding 1, ReLU). Between two stages the
        image is halved by 2x2 max pooling (a last odd row or column is left out); an empty last stage ends with that.
    fully_connected : widths of the hidden linear layers, each with ReLU; the output layer comes after them.
    dropout : probability, after each hidden linear layer.

    Raises
    ------
    BadInput for sizes that make no network, e.g. if pooling leaves no pixel.
    """
    check_cnn(image_shape, stages, fully_connected, dropout)
    channels, height, width = image_shape
    layers: list[nn.Module] = []
    for stage, convolutions in enumerate(stages):
        if stage > 0:
            # Before the ReLU, which then has a quarter of the pixels to do: the same bits, both being increasing.
            last = len(layers) - 1 if layers and isinstance(layers[-1], nn.ReLU) else len(layers)
            layers.insert(last, nn.MaxPool2d(2))
            height, width = height // 2, width // 2
        for out_channels in convolutions:
            layers += [nn.Conv2d(channels, out_channels, 3, padding=1), nn.ReLU()]
            channels = out_channels
    layers.append(nn.Flatten())
    features = channels * height * width
    for hidden in fully_connected:
        layers += [nn.Linear(features, hidden), nn.ReLU()]
        if dropout:
            layers.append(nn.Dropout(dropout))
        features = hidden
    layers.append(nn.Linear(features, classes))
    return nn.Sequential(*layers)
