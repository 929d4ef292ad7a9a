"""The multilayer perceptron: hidden layers with ReLU, on the pixels of an image, a vector, or the last characters."""

from collections.abc import Sequence

from torch import nn

from scaling.networks.models._sizes import check_mlp


def build(shape: tuple[int, ...], outputs: int, hidden: Sequence[int] = (128, 128), embedding: int = 16) -> nn.Module:
    """A multilayer perceptron with PyTorch's default initialisation.

    Parameters
    ----------
    shape : of an example (scaling.networks.shape): an image and a vector are flattened; each character of a text is
        looked up in a table, and these vectors, one after the other, are what is flattened.
    outputs : numbers that it gives; of a text the size of the alphabet.
    hidden : widths of the hidden layers.
    embedding : length of the vector of a character.

    Raises
    ------
    BadInput for sizes that make no network.
    """
    check_mlp(shape, hidden, embedding)
    layers: list[nn.Module] = [nn.Flatten()]
    features = 1
    for size in shape:
        features *= size
    if getattr(shape, "kind", "images") == "tokens":
        layers.insert(0, nn.Embedding(outputs, embedding))
        features *= embedding
    for width in hidden:
        layers += [nn.Linear(features, width), nn.ReLU()]
        features = width
    return nn.Sequential(*layers, nn.Linear(features, outputs))
