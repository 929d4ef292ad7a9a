"""A data set's provenance (.json), P and a seed in; the indices of P training images (.npy, int32) out."""

import json
from pathlib import Path

import numpy as np

from scaling.core.command import command
from scaling.core.files import atomic
from scaling.networks.data.subsets import draw_subset


def main(provenance: Path, dataset: str, P: int, seed: int, subset: Path) -> None:
    """Draw one random subset of the training images without replacement."""
    n_train = json.loads(provenance.read_text(encoding="utf-8"))["train_images"]
    with atomic(subset) as temporary:
        np.save(temporary, draw_subset(n_train, P, seed, dataset))


if __name__ == "__main__":
    command(main)
