"""Classification by cross-entropy, judged by the fraction of examples whose largest score is another class's."""

from torch import Tensor
from torch.nn import functional as F


def loss(scores: Tensor, targets: Tensor, reduction: str = "mean") -> Tensor:
    """Cross-entropy in nats."""
    return F.cross_entropy(scores, targets, reduction=reduction)


def error(scores: Tensor, targets: Tensor) -> Tensor:
    """Whether each example is misclassified."""
    return scores.argmax(-1) != targets
