"""Another kind of run, another kind of network, another kind of data: a file each, and no other is touched."""

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
import yaml
from harness.paths import ROOT
from harness.study import TINY, Study

pytestmark = pytest.mark.slow

NETWORKS = "workflow_scripts/scaling/networks"

#: A task and a family, one file each, and data with several labels for them.
LABELS = {
    f"{NETWORKS}/tasks/labels.py": '''"""Several labels of a point, each there or not: the cross-entropy of each."""

from math import log, sqrt

from scaling.networks.measures import FRACTION, Measure

EXAMPLES = ("vectors",)
TARGETS = "numbers"
MEASURES = {"error": FRACTION, "loss": Measure("loss", "nats")}


def loss(scores, targets, reduction="mean"):
    """Scores [n, m] are log odds, targets [n, m] ones and zeros; summed over the labels of a point."""
    from torch.nn import functional as F

    losses = F.binary_cross_entropy_with_logits(scores, targets, reduction="none").sum(-1)
    return losses if reduction == "none" else getattr(losses, reduction)()


def error(scores, targets):
    """The share of wrong labels of each point."""
    return ((scores > 0) != (targets > 0.5)).to(scores.dtype).mean(-1)


def guess(facts):
    """Of a label that a share p has, the mean square is p (1 - p): as if training and test had the same share."""
    shares = [(1 - sqrt(max(0.0, 1 - 4 * square))) / 2 for square in facts["mean_squares"]]
    losses = [-p * log(p) - (1 - p) * log(1 - p) for p in shares]
    return {"error": sum(shares) / len(shares), "loss": sum(losses)}
''',
    f"{NETWORKS}/models/quadratic.py": '''"""A hidden layer that squares."""

from math import prod

from torch import nn


class Square(nn.Module):
    """Each number by itself."""

    def forward(self, numbers):
        """x^2."""
        return numbers**2


def build(shape, outputs, width=8):
    """Two matrices with squares between them."""
    return nn.Sequential(nn.Flatten(), nn.Linear(prod(shape), width), Square(), nn.Linear(width, outputs))
''',
    f"{NETWORKS}/data/sources/quadrics.py": '''"""On which side of three quadratic surfaces a point lies."""

import numpy as np

from scaling.networks.data.arrays import VectorArrays
from scaling.networks.data.sizes import Sizes
from scaling.networks.shape import Shape

KIND = "vectors"


def load(settings):
    """400 points to train on, 500 to test on."""
    random = np.random.default_rng(0)
    points, surfaces = random.normal(size=(900, 4)), random.normal(size=(3, 4, 4))
    sides = np.einsum("ni,kij,nj->nk", points, surfaces, points) > 0
    points, sides = points.astype(np.float32), sides.astype(np.float32)
    return VectorArrays(points[:400], sides[:400], points[400:], sides[400:]), []


def check(settings):
    """Nothing can be wrong."""


def sizes(settings):
    """Known."""
    return Sizes(Shape((4,), KIND), 3, 400, 500)


def files(settings):
    """None."""
    return []
''',
}
LABELS_STUDY = {
    "norms": ["l2"],
    "datasets": {"sides": {"source": "quadrics"}},
    "cells": {
        "CNN_digits": None, "ResNet_digits": None,
        "quadratic_sides": {
            "family": "quadratic", "dataset": "sides", "task": "labels", "sizes": {"width": 12},
            "P": [50, 100, 200, 400], "seeds": 2, "epochs": 60, "log_points": 8, "log_unit": "steps", "batch_size": 10,
            "learning_rate": 1.0e-2, "engine": "stacked", "variants": ["loss"],
        },
    },
    "variants": {"loss": {"measure": "loss"}},
}  # fmt: skip


def sources_of(folder: Path) -> dict[str, bytes]:
    """The files of a checkout that make its studies, with their bytes."""
    found = [folder / "Snakefile", folder / "config.yaml"]
    found += [file for part in ("rules", "workflow_scripts") for file in (folder / part).rglob("*")]
    return {
        str(file.relative_to(folder)): file.read_bytes() for file in found if file.suffix != ".pyc" and file.is_file()
    }


def test_a_task_and_a_family_are_a_file_each(tmp_path, report):
    """Several labels of each point, and a network with squares: trained, judged, fitted and drawn by what is there."""
    configuration = tmp_path / "study.yaml"
    configuration.write_text(yaml.safe_dump(yaml.safe_load(Path(TINY).read_text()) | LABELS_STUDY))
    study = Study(tmp_path / "study", configuration)
    study.add(LABELS)
    of_it = "quadratic_sides/{}/l2"
    curves, exponents = (f"results/{kind}/{of_it}" for kind in ("curves", "exponents"))
    targets = [f"{exponents.format(way)}.tsv" for way in ("baseline", "loss")]
    study.run("--cores", "2", "--", *targets, "results/figures/measures.png", "results/plan.tsv")

    before, after = sources_of(ROOT), sources_of(study.folder)
    touched = [file for file in after if after[file] != before.get(file)]
    assert set(before) <= set(after) and sorted(touched) == sorted(LABELS)
    places = Counter(str(Path(file).parent.relative_to(NETWORKS)) for file in touched)
    assert places == {"tasks": 1, "models": 1, "data/sources": 1}
    counts = ", ".join(f"{number} in {place}" for place, number in sorted(places.items()))
    report("Files touched for a task of several labels, its data and a family", counts)

    for way, measure in (("baseline", "test error"), ("loss", "test loss (nats)")):
        table = pd.read_parquet(study.folder / f"{curves.format(way)}.optima.parquet")
        assert set(table["measure"]) == {measure} and set(table["counted"]) == {"points"}
        best = table.sort_values("P")["error_opt"].to_numpy()
        assert best[-1] < 0.5 * table["constant"].iloc[0], "it learns all labels"
        assert best[-1] < 0.5 * best[0], "and better from more points"
