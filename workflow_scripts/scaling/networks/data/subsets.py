"""Random subsets of the training images, from the seed alone, the same on any machine. Needs only numpy."""

import hashlib

import numpy as np

from scaling.core.errors import BadInput


def draw_subset(n_train: int, P: int, seed: int, dataset: str) -> np.ndarray:
    """P different indices out of 0..n_train-1, in random order: int32 [P].

    A draw of its own for each (dataset, P, seed).

    Raises
    ------
    BadInput if P is larger than n_train.
    """
    if n_train < P:
        raise BadInput(f"P: {P} is larger than the training set of {dataset}: {n_train} images")
    return shuffled(n_train, f"{dataset}/P{P}/seed{seed}")[:P]


def shuffled(n: int, name: str) -> np.ndarray:
    """The numbers 0..n-1 in the random order that belongs to `name`: int32 [n].

    The order of n random 64-bit integers. NumPy keeps the bits of PCG64 and SeedSequence from version to version, but
    not what Generator.permutation or .choice makes of them. (Equal integers, of chance n^2/2^65, keep their order.)
    """
    entropy = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big")
    keys = np.random.PCG64(np.random.SeedSequence(entropy)).random_raw(n)
    return np.argsort(keys, kind="stable").astype(np.int32)
