"""A data set's provenance (.json), P and a seed in; the indices of training examples (.npy, int32) out."""

import json
from pathlib import Path

import numpy as np

from scaling.core.command import command
from scaling.core.files import atomic
from scaling.networks.data.subsets import draw_subset


def main(provenance: Path, dataset: str, P: int, seed: int, subset: Path) -> None:
    """Draw one random subset of the training examples, of P targets together, without replacement."""
    known = json.loads(provenance.read_text(encoding="utf-8"))
    n_train = known["train_images" if known["kind"] == "images" else "train_examples"]
    with atomic(subset) as temporary:
        np.save(temporary, draw_subset(n_train, P, seed, dataset, known["targets_per_example"]))


if __name__ == "__main__":
    command(main)
