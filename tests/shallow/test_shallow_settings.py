"""The settings of the shallow networks: refused in one line, with presets of their own; the room taken out."""

import shutil

import pytest
from harness.paths import CONFIG, ROOT
from harness.study import Study

from scaling.config import read_study
from scaling.core.errors import BadInput

PLACES = ("rules/shallow", "workflow_scripts/shallow", "workflow_scripts/scaling/shallow")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"noise": 0}, r"shallow\.noise"),
        ({"laws": {"g": [0.5]}}, r"shallow\.laws\.g\.0"),
        ({"laws": {"g": [0.75, 1.0]}}, "g = 1, where the norm grows with a logarithm, has no exponents"),
        ({"paths": {"g": []}}, r"shallow\.paths\.g"),
        ({"samples": {"quadratic_n": [100, 100]}}, "quadratic_n: the values must all be different"),
        ({"samples": {"diagonal_samples": 1}}, r"shallow\.samples\.diagonal_samples"),
        ({"spectra": {"d": 1000}}, r"shallow\.spectra\.d"),
        ({"training": {"steps": 0}}, r"shallow\.training\.steps"),
        ({"trainings": {}}, "did you mean training"),
    ],
)
def test_refused(settings, named):
    with pytest.raises(BadInput, match=named) as problem:
        read_study(CONFIG | {"shallow": settings})
    assert "\n" not in str(problem.value)


def test_presets():
    quick, paper = (read_study(CONFIG | {"preset": preset}).shallow for preset in ("quick", "paper"))
    assert paper.samples.quadratic_samples > quick.samples.quadratic_samples
    assert quick.laws == paper.laws
    own = read_study(CONFIG | {"preset": "paper", "shallow": {"samples": {"quadratic_samples": 5}}}).shallow.samples
    assert own.quadratic_samples == 5 and own.diagonal_samples == paper.samples.diagonal_samples


@pytest.fixture
def without(tmp_path):
    """A copy of the workflow from which the room's folders are gone."""
    study = Study(tmp_path / "study", ROOT / "config.yaml", preset="quick")
    for place in PLACES:
        shutil.rmtree(study.folder / place)
    return study


def test_the_room_can_be_taken_out(without):
    jobs, _ = without.planned("all")
    assert jobs["perceptron_theory"] == 1 and not any("shallow" in job for job in jobs)
