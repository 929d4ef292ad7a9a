"""What a network costs, as numbers that add up layer by layer."""

from dataclasses import dataclass, field


@dataclass
class Counts:
    """Per image; a multiplication and an addition count as two operations, element-wise operations are left out.

    Attributes
    ----------
    forward : floating point operations of the convolutions, linear layers and matrix products.
    backward : the same of the gradients, of weights and of inputs; the images themselves need none.
    parameters : numbers that are trained.
    activations : numbers that the layers put out, most of which the backward pass needs again.
    """

    forward: int = 0
    backward: int = 0
    parameters: int = 0
    activations: int = 0
    looked_up: bool = field(default=False, repr=False, compare=False)

    def convolution(self, inputs: int, outputs: int, kernel: int, height: int, width: int, bias: bool = True) -> None:
        """Add a convolution whose output has height x width pixels."""
        self._product(2 * inputs * kernel**2 * outputs * height * width)
        self.parameters += inputs * outputs * kernel**2 + bias * outputs
        self.activations += outputs * height * width

    def embedding(self, rows: int, width: int, tokens: int) -> None:
        """Add a table in which rows are looked up: no product, but the layer after it passes gradients on."""
        self.parameters += rows * width
        self.activations += tokens * width
        self.looked_up = True

    def linear(self, inputs: int, outputs: int, tokens: int = 1, bias: bool = True) -> None:
        """Add a linear layer, applied to each of the tokens."""
        self._product(2 * inputs * outputs * tokens)
        self.parameters += (inputs + bias) * outputs
        self.activations += outputs * tokens

    def attention(self, tokens: int, dim: int, heads: int, seen: int) -> None:
        """Add the two matrix products of attention from tokens to those seen (its four linear layers not included)."""
        self._product(2 * tokens * seen * dim)
        self._product(2 * tokens * seen * dim)
        self.activations += 2 * heads * tokens * seen + tokens * dim

    def norm(self, channels: int, positions: int) -> None:
        """Add a batch or layer norm."""
        self.parameters += 2 * channels
        self.activations += channels * positions

    def _product(self, operations: int) -> None:
        first = self.forward == 0 and not self.looked_up
        self.forward += operations
        self.backward += operations * (1 if first else 2)
