"""What the configuration refuses about the interpolators, in one line that names the key; and their presets."""

import pytest
from harness.paths import CONFIG

from scaling.config import read_study
from scaling.core.errors import BadInput
from scaling.interpolators.settings import Interpolators


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"fixed_d": {"p": [1.0]}}, r"interpolators\.fixed_d\.p\.0"),
        ({"fixed_d": {"p": [2.1]}}, r"interpolators\.fixed_d\.p\.0"),
        ({"fixed_d": {"p": []}}, r"interpolators\.fixed_d\.p"),
        ({"fixed_d": {"alpha": [0]}}, r"interpolators\.fixed_d\.alpha\.0"),
        ({"fixed_d": {"d": 800}}, r"n: 800 is not below d = 800: there is no interpolator to choose"),
        ({"fixed_d": {"spikes": 5000}}, r"spikes: 5000 is above an eighth of d = 5000"),
        ({"fixed_d": {"seeds": 1}}, r"interpolators\.fixed_d\.seeds"),
        ({"fixed_d": {"n": [50, 50]}}, "the values must all be different"),
        ({"fixed_ratio": {"p_kappa": [[1.5, 1]]}}, r"interpolators\.fixed_ratio\.p_kappa\.0\.1"),
        ({"fixed_ratio": {"p_kappa": [[1.5, 1.001]]}}, r"d/n = 1\.001: d is not above n = 63"),
        ({"fixed_ratio": {"sigma": [1e-300, 0.1]}}, r"0, or 1e-06 or more, not 1e-300"),
        ({"fixed_ratio": {"p_kappa": [[2, 2]]}}, r"p_kappa: one p must be below 2"),
        ({"fixed_ratio": {"sigma": [0]}}, r"sigma: one value must be above 0"),
        ({"paths": {"a_p": [[0.5, 1.1]]}}, r"interpolators\.paths\.a_p\.0\.0"),
        ({"paths": {"d": 10_000}}, r"n: 100000 is not below d = 10000"),
        ({"r": [2]}, r"r: one must be at most 1\.25, the least p of fixed_ratio\.p_kappa"),
        ({"r": [0.5]}, r"interpolators\.r\.0"),
        ({"fixed_d": {"sed": 3}}, "did you mean seeds"),
        ({"fixd_d": {}}, "did you mean fixed_d"),
    ],
)
def test_refused(settings, named):
    with pytest.raises(BadInput, match=named) as problem:
        read_study(CONFIG | {"interpolators": settings})
    assert "\n" not in str(problem.value)


def test_the_presets():
    """quick has the defaults, the others more; what is given by hand goes on top, key by key."""
    assert read_study(CONFIG).interpolators == Interpolators()
    paper = read_study(CONFIG | {"preset": "paper"}).interpolators
    assert paper.fixed_ratio.seeds == 30 and paper.fixed_d.spikes == Interpolators().fixed_d.spikes
    mine = read_study(CONFIG | {"preset": "paper", "interpolators": {"fixed_ratio": {"seeds": 5}}}).interpolators
    assert mine.fixed_ratio.seeds == 5 and mine.fixed_ratio.n == paper.fixed_ratio.n
