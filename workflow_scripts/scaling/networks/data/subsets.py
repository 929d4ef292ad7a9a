"""Random numbers, orders and subsets that belong to a name, the same on any machine. Needs only numpy."""

import hashlib

import numpy as np

from scaling.core.errors import BadInput


def draw_subset(n_train: int, P: int, seed: int, dataset: str, targets: int = 1) -> np.ndarray:
    """Different indices out of 0..n_train-1, of examples of P targets together, in random order: int32 [P / targets].

    A draw of its own for each (dataset, P, seed).

    Raises
    ------
    BadInput if P is less than 1, or there are not so many, or P is not a multiple of the targets of an example.
    """
    if P < 1:
        raise BadInput(f"P: {P} is not allowed; 1 or more is")
    if targets > 1:
        if P % targets:
            raise BadInput(f"P: {P} is not a multiple of {targets}, the characters of a piece of {dataset}")
        if n_train * targets < P:
            raise BadInput(f"P: {P} is larger than the training set of {dataset}: {n_train * targets} characters")
        return shuffled(n_train, f"{dataset}/P{P}/seed{seed}")[: P // targets]
    if n_train < P:
        raise BadInput(f"P: {P} is larger than the training set of {dataset}: {n_train} images")
    return shuffled(n_train, f"{dataset}/P{P}/seed{seed}")[:P]


def shuffled(n: int, name: str) -> np.ndarray:
    """The numbers 0..n-1 in the random order that belongs to `name`: int32 [n].

    The order of n random integers. (Equal ones, of chance n^2/2^65, keep their order.)
    """
    return np.argsort(random_integers(n, name), kind="stable").astype(np.int32)


def random_integers(n: int, name: str) -> np.ndarray:
    """Random integers that belong to `name`, uniform over 64 bits: uint64 [n], the first of any larger number.

    NumPy keeps the bits of PCG64 and SeedSequence from version to version, but not what a Generator makes of them.
    """
    entropy = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big")
    return np.random.PCG64(np.random.SeedSequence(entropy)).random_raw(n)
