"""One matrix: the perceptron's counterpart for several classes, or numbers, on any kind of example."""

import torch
from torch import Tensor, nn

from scaling.networks.models._sizes import check_linear


def build(shape: tuple[int, ...], outputs: int) -> nn.Module:
    """A linear model with PyTorch's default initialisation, and a bias.

    On a text the matrix acts on the characters as ones and zeros: it has a row of scores for each character at each
    place, and the rows of an example are added.

    Parameters
    ----------
    shape : of an example (scaling.networks.shape).
    outputs : numbers that it gives; of a text the size of the alphabet.
    """
    check_linear(shape)
    if getattr(shape, "kind", "images") == "tokens":
        return LinearOfCharacters(shape[0], outputs)
    features = 1
    for size in shape:
        features *= size
    return nn.Sequential(nn.Flatten(), nn.Linear(features, outputs))


class LinearOfCharacters(nn.Module):
    """The matrix as a table, [length * alphabet, alphabet], so that nothing is multiplied by zero."""

    def __init__(self, length: int, alphabet: int) -> None:
        super().__init__()
        self.table = nn.Embedding(length * alphabet, alphabet)
        bound = length**-0.5  # as nn.Linear for as many inputs as are ones
        nn.init.uniform_(self.table.weight, -bound, bound)
        self.bias = nn.Parameter(torch.empty(alphabet).uniform_(-bound, bound))
        self.register_buffer("places", torch.arange(length) * alphabet, persistent=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """Tokens [n, length] to scores [n, alphabet]."""
        return self.table(tokens + self.places).sum(-2) + self.bias
