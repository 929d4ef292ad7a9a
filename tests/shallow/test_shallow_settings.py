"""The settings of the shallow networks: refused in one line, with presets of their own."""

import pytest
from harness.paths import CONFIG

from scaling.config import read_study
from scaling.core.errors import BadInput


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"noise": 0}, r"shallow\.noise"),
        ({"noise": 1e30}, r"shallow\.noise"),
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
