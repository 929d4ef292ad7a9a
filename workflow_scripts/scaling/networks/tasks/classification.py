"""Classification by cross-entropy, judged by the fraction of examples whose largest score is another class's."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from scaling.networks.measures import FRACTION, Measure, guessed_class, guessed_shares

if TYPE_CHECKING:
    from torch import Tensor

EXAMPLES = ("images", "vectors")
TARGETS = "classes"
MEASURES = {"error": FRACTION, "loss": Measure("loss", "nats")}


def loss(scores: "Tensor", targets: "Tensor", reduction: str = "mean") -> "Tensor":
    """Cross-entropy in nats."""
    from torch.nn import functional as F

    return F.cross_entropy(scores, targets, reduction=reduction)


def error(scores: "Tensor", targets: "Tensor") -> "Tensor":
    """Whether each example is misclassified."""
    return scores.argmax(-1) != targets


def guess(facts: Mapping[str, Sequence[int]]) -> dict[str, float]:
    """Of the commonest class; of the classes' shares."""
    return {"error": guessed_class(**facts), "loss": guessed_shares(**facts)}
