"""What arrives touches its own files alone: a room of its own, and what is chosen by name, added to a copy and run."""

import shutil
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
import yaml
from harness.paths import ROOT
from harness.study import TINY, Study

pytestmark = pytest.mark.slow

LIBRARY = "workflow_scripts/scaling"

#: A theory of its own: rules, a step, the library with its settings. (Its tests and its page need no code.)
ROOM = {
    f"{LIBRARY}/toy/__init__.py": '"""The simplest law."""\n',
    f"{LIBRARY}/toy/settings.py": '''"""Settings of the simplest law."""

from pydantic import Field

from scaling.core.settings import Positive, Section


class Toy(Section):
    """A power law."""

    exponent: Positive = Field(0.5, description="of the law")


class Settings(Section):
    """The toy's keys of the configuration."""

    toy: Toy = Field(Toy(), description="the simplest law")
''',
    f"{LIBRARY}/toy/law.py": '''"""The law itself."""


def error(norm: float, exponent: float) -> float:
    """norm^-exponent."""
    return norm**-exponent
''',
    "workflow_scripts/toy/curve.py": '''"""In: an exponent. Out: its curve."""

from pathlib import Path

import pandas as pd

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.toy.law import error


def main(exponent: float, curve: Path) -> None:
    """Write the law at four norms."""
    norms = [1.0, 4.0, 16.0, 64.0]
    write_table(pd.DataFrame({"norm": norms, "error": [error(norm, exponent) for norm in norms]}), curve)


if __name__ == "__main__":
    command(main)
''',
    "rules/toy/law.smk": """
TARGETS += ["results/toy/curve.tsv"]


rule toy_curve:
    output:
        curve="results/toy/curve.tsv",
    log:
        "logs/toy_curve.log",
    localrule: True
    params:
        exponent=STUDY.toy.exponent,
        code=code("toy/curve"),
    shell:
        'python "$SCALING_RUN" toy/curve --exponent {params.exponent} --curve {output.curve:q} > {log:q} 2>&1'
""",
}

#: One file each, chosen by its name in the configuration below.
CHOICES = {
    f"{LIBRARY}/networks/tasks/margin.py": '''"""Classification by the multi-class margin."""

from scaling.networks.measures import FRACTION, Measure, guessed_class

EXAMPLES = ("images",)
TARGETS = "classes"
MEASURES = {"error": FRACTION, "loss": Measure("margin loss")}


def loss(scores, targets, reduction="mean"):
    """The hinge of all other classes."""
    from torch.nn import functional as F

    return F.multi_margin_loss(scores, targets, reduction=reduction)


def error(scores, targets):
    """Whether each example is misclassified."""
    return scores.argmax(-1) != targets


def guess(facts):
    """Of the commonest class; a margin of 1 by all scores being equal."""
    classes = len(facts["train_counts"])
    return {"error": guessed_class(**facts), "loss": (classes - 1) / classes}
''',
    f"{LIBRARY}/networks/training/optimizers/sign.py": '''"""Steps along the sign of the gradient."""

MOMENTS = 0


def step(spec, parameters, gradients, moments, steps):
    """w <- w - lr sign(gradient)."""
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.sub_(spec.learning_rate * gradient.sign())
''',
    f"{LIBRARY}/networks/training/augmentations/dark.py": '''"""Darker by a random factor."""


def augment(images, draws):
    """Each image times a number from 0.5 to 1."""
    return images * (0.5 + draws[:, :1, None, None] / 2)
''',
    f"{LIBRARY}/networks/norms/definitions/largest.py": '''"""The largest of the layers' spectral norms."""


def log10_norm(layers):
    """log10 of this norm, [n]."""
    return layers.log10_spectral.max(axis=1)
''',
    f"{LIBRARY}/networks/data/sources/stripes.py": '''"""Stripes, across or along, under noise."""

import numpy as np

from scaling.networks.data.arrays import ImageArrays
from scaling.networks.data.sizes import Sizes


def load(settings):
    """200 images to train on, 100 to test on."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 2, 300)
    wave = np.where(np.arange(8) % 2, 200, 50)
    images = np.stack([np.broadcast_to(wave[:, None] if label else wave, (8, 8)) for label in labels])
    images = (images * 0.5 + random.integers(0, 120, images.shape)).astype(np.uint8)[..., None]
    return ImageArrays(images[:200], labels[:200], images[200:], labels[200:]), ["along", "across"]


def check(settings):
    """Nothing can be wrong."""


def sizes(settings):
    """Known."""
    return Sizes((1, 8, 8), 2, 200, 100)


def files(settings):
    """None."""
    return []
''',
}
CELL = {
    "family": "CNN", "dataset": "lines", "sizes": {"stages": [[4]], "fully_connected": [8]}, "P": [40, 80, 160],
    "seeds": 2, "epochs": 3, "log_points": 3, "batch_size": 16, "task": "margin", "optimizer": "sign",
    "augmentation": "dark", "learning_rate": 1.0e-3,
}  # fmt: skip
OVERRIDES = {
    "norms": ["largest"],
    "datasets": {"lines": {"source": "stripes"}},
    "cells": {"CNN_lines": CELL, "CNN_digits": None, "ResNet_digits": None},
}


@pytest.fixture
def arrived(tmp_path) -> Study:
    """The tiny study with all of these, and with the cell that chooses them."""
    configuration = tmp_path / "study.yaml"
    configuration.write_text(yaml.safe_dump(yaml.safe_load(Path(TINY).read_text()) | OVERRIDES))
    study = Study(tmp_path / "study", configuration)
    study.add(ROOM | CHOICES)
    return study


def test_a_room_and_whatever_is_chosen_by_name_is_found_and_run(arrived):
    targets = ["results/toy/curve.tsv", "results/exponents/CNN_lines/baseline/largest.tsv"]
    arrived.run("--cores", "2", "--", *targets)
    curve = pd.read_csv(arrived.folder / targets[0], sep="\t")
    assert list(curve["error"]) == [1, 0.5, 0.25, 0.125]
    exponents = pd.read_csv(arrived.folder / targets[1], sep="\t")
    assert set(exponents["norm"]) == {"largest"} and set(exponents["cell"]) == {"CNN_lines"}
    losses = pd.read_parquet(arrived.folder / "results/runs/CNN_lines/baseline/P160/block0.epochs.parquet")[
        "train_loss"
    ]
    assert losses.iloc[-1] < losses.iloc[0] < 1, "a multi-class margin, not cross-entropy; and it learns"


def test_the_rooms_targets_are_part_of_all(arrived):
    jobs, _ = arrived.planned("all")
    assert jobs["toy_curve"] == 1


def test_the_rooms_settings_are_keys_of_the_configuration(arrived):
    said = arrived.run("--dry-run", "--config", "toy={exponent: 2}", "preset=tiny", "--", "results/toy/curve.tsv")
    assert "toy_curve" in said
    with pytest.raises(AssertionError, match=r"config key toy\.exponnt: unknown \(did you mean exponent\?\)"):
        arrived.run("--dry-run", "--config", "toy={exponnt: 2}", "preset=tiny", "--", "results/toy/curve.tsv")


#: What other rooms use, or the front page shows. Further rooms may go.
STANDING = {"analysis", "networks", "paper", "perceptron", "report", "sources", "validation"}
FURTHER = sorted(room.name for room in (ROOT / "rules").iterdir() if room.is_dir() and room.name not in STANDING)


@pytest.fixture(scope="module")
def everything(tmp_path_factory) -> Counter:
    """The jobs of `all` with every room."""
    jobs, _ = Study(tmp_path_factory.mktemp("everything") / "study").planned("--forceall", "all")
    return jobs


@pytest.mark.parametrize("rooms", [*([room] for room in FURTHER), FURTHER], ids="+".join)
def test_rooms_leave_with_their_folders(rooms, everything, tmp_path):
    """One, and all of them together: all jobs but their own stay, and `all` is still planned."""
    study = Study(tmp_path / "study")
    for room in rooms:
        for folder in (f"rules/{room}", f"workflow_scripts/{room}", f"{LIBRARY}/{room}"):
            shutil.rmtree(study.folder / folder)
    without, _ = study.planned("--forceall", "all")
    own = {rule: count for rule, count in everything.items() if rule.startswith(tuple(f"{room}_" for room in rooms))}
    assert {rule.split("_")[0] for rule in own} == set(rooms)
    assert without == everything - Counter(own)


def test_what_arrives_makes_nothing_stale(tmp_path):
    """A file in a folder of choices changes the fingerprint of no step that chose another."""
    study = Study(tmp_path / "study")
    targets = ["results/exponents/CNN_digits/baseline/l2.authors.tsv", "results/perceptron/theory.tsv"]
    study.run("--cores", "2", "--config", "cells={CNN_digits: {epochs: 2}}", "preset=tiny", "--", *targets)
    study.add(ROOM | CHOICES)
    jobs = study.planned("--config", "cells={CNN_digits: {epochs: 2}}", "preset=tiny", "--", *targets)
    assert not any(jobs), jobs
