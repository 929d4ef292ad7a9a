"""What the y axis of a learning curve is: a measure of how wrong a network is, its range, and what guessing gets.

A task (scaling.networks.tasks) has two: the error, which the paper's curves show, and the loss, which training
minimises. Which one is analysed is a choice that trains nothing again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log, nan

MEASURES = ("error", "loss")


@dataclass(frozen=True)
class Measure:
    """One of a task's measures.

    Attributes
    ----------
    name : in words, without the split: "error", "loss".
    unit : "nats"; empty for a fraction.
    highest : the largest value that it can take.
    """

    name: str
    unit: str = ""
    highest: float = inf

    def label(self, floor: float = 0) -> str:
        """Of an axis: "test loss - 1.2 (nats)"."""
        minus = f" - {floor:g}" if floor else ""
        return f"test {self.name}{minus}" + (f" ({self.unit})" if self.unit else "")


FRACTION = Measure("error", highest=1.0)


def guessed_class(train_counts: Sequence[int], test_counts: Sequence[int]) -> float:
    """Share of wrong test answers of a network that has learned nothing.

    It gives the training set's commonest class, or any: the better of the two. (Where classes are about as large, the
    commonest one may be rare in the test set, and no network answers so.)
    """
    commonest = max(range(len(train_counts)), key=lambda index: train_counts[index])
    return 1 - max(test_counts[commonest] / sum(test_counts), 1 / len(train_counts))


def guessed_shares(train_counts: Sequence[int], test_counts: Sequence[int]) -> float:
    """Cross-entropy in nats of the test targets, if the answer is always the shares of the training set's classes.

    NaN where a class of the test set is none of the training set's: such an answer is infinitely wrong.
    """
    if any(test and not train for train, test in zip(train_counts, test_counts, strict=True)):
        return nan
    of_train, of_test = sum(train_counts), sum(test_counts)
    pairs = zip(train_counts, test_counts, strict=True)
    return -sum(test / of_test * log(train / of_train) for train, test in pairs if test)


def guessed_squares(train_counts: Sequence[int], test_counts: Sequence[int]) -> float:
    """Squared distance of the test targets, as ones and zeros, from the same answer."""
    shares = [count / sum(train_counts) for count in train_counts]
    hit = sum(share * count for share, count in zip(shares, test_counts, strict=True)) / sum(test_counts)
    return 1 - 2 * hit + sum(share**2 for share in shares)
