"""What the configuration refuses about the covariates, and what it is without a word about them."""

import pytest
from harness.paths import CONFIG

from scaling.config import read_study
from scaling.core.errors import BadInput
from scaling.covariates.settings import FULL, QUICK


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"laws": []}, r"covariates\.laws"),
        ({"laws": [{"a": 0.5}]}, r"covariates\.laws\.0\.delta"),
        ({"laws": [{"a": 0, "delta": 1}]}, r"covariates\.laws\.0\.a"),
        ({"laws": [{"a": 0.5, "delta": 2}]}, "the first needs delta below"),
        ({"laws": [{"a": 0.5, "delta": 0.8, "noise": 0.1}]}, "the first needs delta below"),
        ({"exponents_of": [{"a": 1, "delta": 1}, {"a": 1, "delta": 1}]}, "must all be different"),
        ({"n": [0]}, r"covariates\.n\.0"),
        ({"n": [1]}, r"covariates\.n\.0"),
        ({"norm_max": 1e8}, r"covariates\.norm_max"),
        ({"laws": [{"a": 0.5, "delta": 0.8, "noise": 1e6}]}, r"covariates\.laws\.0\.noise"),
        ({"n": [100, 100]}, "must all be different"),
        ({"norm_min": 10, "norm_max": 1}, "norm_min must be smaller"),
        ({"activations": ["tanh"]}, r"covariates\.activations\.0"),
        ({"sizes": [1]}, r"covariates\.sizes"),
        ({"samples": {"size": 10, "n": [5], "samples": 1}}, r"covariates\.samples\.samples"),
        ({"samples": {"size": 10, "n": [5], "samples": 2, "lam_max": 20}}, r"covariates\.samples\.lam_max"),
        ({"norm_point": 10}, "did you mean norm_points"),
    ],
)
def test_refused(settings, named):
    with pytest.raises(BadInput, match=named) as problem:
        read_study(CONFIG | {"covariates": settings})
    assert "\n" not in str(problem.value)


def test_samples_follow_the_preset_unless_they_are_given():
    study = read_study(CONFIG)
    assert study.covariates.samples_of("quick") == QUICK
    assert study.covariates.samples_of("paper") == FULL
    own = {"size": 10, "n": [5], "samples": 2}
    given = read_study(CONFIG | {"covariates": {"samples": own}}).covariates
    assert given.samples_of("paper").size == given.samples_of("quick").size == 10
