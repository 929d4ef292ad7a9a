"""Prediction of the next character of a text by cross-entropy, after each character of a piece or after its last."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from scaling.networks.measures import FRACTION, Measure, guessed_class, guessed_shares

if TYPE_CHECKING:
    from torch import Tensor

EXAMPLES = ("tokens",)
TARGETS = "classes"
MEASURES = {"error": FRACTION, "loss": Measure("loss", "nats per character")}


def loss(scores: "Tensor", targets: "Tensor", reduction: str = "mean") -> "Tensor":
    """Cross-entropy in nats: scores [n, alphabet] and targets [n], or scores [n, length, alphabet] and [n, length]."""
    from torch.nn import functional as F

    losses = F.cross_entropy(scores.flatten(0, -2), targets.flatten(), reduction=reduction)
    return losses.view(targets.shape) if reduction == "none" else losses


def error(scores: "Tensor", targets: "Tensor") -> "Tensor":
    """Whether another character than the one that comes has the largest score."""
    return scores.argmax(-1) != targets


def guess(facts: Mapping[str, Sequence[int]]) -> dict[str, float]:
    """Of the commonest character; of the characters' shares."""
    return {"error": guessed_class(**facts), "loss": guessed_shares(**facts)}
