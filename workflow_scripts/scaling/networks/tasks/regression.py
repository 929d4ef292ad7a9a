"""Regression by the square loss, on targets in units of the training targets' deviation: guessing has error 1."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from scaling.networks.measures import Measure

if TYPE_CHECKING:
    from torch import Tensor

EXAMPLES = ("vectors",)
TARGETS = "numbers"
MEASURES = {"error": Measure("error", "of the variance"), "loss": Measure("square loss")}


def loss(scores: "Tensor", targets: "Tensor", reduction: str = "mean") -> "Tensor":
    """Squared distance of a target, summed over its numbers: scores and targets [n, m]."""
    squares = (scores - targets).square().sum(-1)
    return squares if reduction == "none" else getattr(squares, reduction)()


def error(scores: "Tensor", targets: "Tensor") -> "Tensor":
    """Squared distance of each target, averaged over its numbers."""
    return (scores - targets).square().mean(-1)


def guess(facts: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Of the training targets' mean."""
    squares = facts["mean_squares"]
    return {"error": sum(squares) / len(squares), "loss": sum(squares)}
