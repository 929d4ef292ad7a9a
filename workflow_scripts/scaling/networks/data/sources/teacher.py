"""A teacher: real numbers from a small network of random weights on random inputs; regression is to find it.

The bytes are the same on every machine: random integers that belong to a name, and one addition, product or root of
float64 numbers at a time.
"""

from math import fsum, sqrt
from typing import Any, NamedTuple

import numpy as np

from scaling.networks.data.arrays import VectorArrays
from scaling.networks.data.sizes import Sizes
from scaling.networks.data.subsets import random_integers
from scaling.networks.shape import Shape

KIND = "vectors"
TAKES = ("inputs", "hidden", "noise", "train_points", "test_points")
UNIFORMS = 12  # their sum less 6 is close to normal, of mean 0 and variance 1


class Settings(NamedTuple):
    """A data set's settings, and what they are if they are not given."""

    inputs: int = 12
    hidden: int = 16
    noise: float = 0.0
    train_points: int = 8192
    test_points: int = 4000


def load(settings: Any) -> tuple[VectorArrays, list[str]]:
    """Inputs of mean 0 and variance 1 (sums of 12 uniform numbers), and the teacher's output on them.

    The output is shifted and scaled to mean 0 and variance 1 on the training points without noise. `noise` is the
    deviation of what is added to the training targets; the test targets are clean.
    """
    chosen = _filled(settings)
    train, test = (_normal((points, chosen.inputs), f"inputs/{split}") for split, points in _points(chosen))
    first = _normal((chosen.inputs, chosen.hidden), "teacher/first") / sqrt(chosen.inputs)
    second = _normal((chosen.hidden, 1), "teacher/second")
    clean, answers = (_teacher(inputs, first, second) for inputs in (train, test))
    mean = fsum(clean) / len(clean)
    deviation = sqrt(fsum((clean - mean) ** 2) / len(clean))
    clean, answers = (clean - mean) / deviation, (answers - mean) / deviation
    noisy = clean + chosen.noise * _normal((len(clean), 1), "noise")[:, 0]
    return VectorArrays(*(part.astype(np.float32) for part in (train, noisy[:, None], test, answers[:, None]))), []


def check(settings: Any) -> None:
    """Whatever the types of the settings allow."""


def sizes(settings: Any) -> Sizes:
    """Those that are asked for."""
    chosen = _filled(settings)
    return Sizes(Shape((chosen.inputs,), KIND), 1, chosen.train_points, chosen.test_points)


def provenance(settings: Any) -> dict[str, Any]:
    """Everything that was chosen."""
    return _filled(settings)._asdict()


def files(settings: Any) -> list[str]:
    """None."""
    return []


def _filled(settings: Any) -> Settings:
    given = {key: getattr(settings, key, None) for key in Settings._fields}
    return Settings(**{key: value for key, value in given.items() if value is not None})


def _points(chosen: Settings) -> list[tuple[str, int]]:
    return [("train", chosen.train_points), ("test", chosen.test_points)]


def _normal(shape: tuple[int, int], name: str) -> np.ndarray:
    """Nearly normal numbers that belong to `name`: the first rows of any larger number of rows."""
    raw = random_integers(shape[0] * shape[1] * UNIFORMS, f"teacher/{name}").reshape(*shape, UNIFORMS)
    total = np.zeros(shape)
    for draw in np.moveaxis(raw, -1, 0):  # one after the other: a sum of its own order may differ between machines
        total += (draw >> 11).astype(np.float64) * 2.0**-53
    return total - UNIFORMS / 2


def _teacher(inputs: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """[n]: ReLU units, each a product at a time."""
    output = np.zeros(len(inputs))
    for into, out in zip(first.T, second[:, 0], strict=True):
        unit = np.zeros(len(inputs))
        for column, weight in zip(inputs.T, into, strict=True):
            unit += column * weight
        output += np.maximum(unit, 0) * out
    return output
