"""Classification by the square loss on ones and zeros, judged as classification is (paper App. C)."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from scaling.networks.measures import FRACTION, Measure, guessed_class, guessed_squares

if TYPE_CHECKING:
    from torch import Tensor

EXAMPLES = ("images", "tokens", "vectors")
TARGETS = "classes"
MEASURES = {"error": FRACTION, "loss": Measure("square loss")}


def loss(scores: "Tensor", targets: "Tensor", reduction: str = "mean") -> "Tensor":
    """Squared distance of the scores of a target from 1 for its class and 0 for all others, summed over classes."""
    from torch.nn import functional as F

    squares = (scores - F.one_hot(targets, scores.shape[-1])).square().sum(-1)
    return squares if reduction == "none" else getattr(squares, reduction)()


def error(scores: "Tensor", targets: "Tensor") -> "Tensor":
    """Whether each target is another class than that of the largest score."""
    return scores.argmax(-1) != targets


def guess(facts: Mapping[str, Sequence[int]]) -> dict[str, float]:
    """Of the commonest class; of the classes' shares."""
    return {"error": guessed_class(**facts), "loss": guessed_squares(**facts)}
