"""What the configuration refuses about the theory, in one line that names the key."""

import pytest
from harness.paths import CONFIG

from scaling.config import read_study
from scaling.core.errors import BadInput


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"alphas": []}, r"perceptron_theory\.alphas"),
        ({"alphas": [1, -5]}, r"perceptron_theory\.alphas\.1"),
        ({"alphas": [0]}, r"perceptron_theory\.alphas\.0"),
        ({"alphas": [2e6]}, r"perceptron_theory\.alphas\.0"),
        ({"alphas": [5, 5]}, "alphas: the values must all be different"),
        ({"lambdas": []}, r"perceptron_theory\.lambdas"),
        ({"lambdas": [0]}, r"perceptron_theory\.lambdas"),
        ({"lambda_min": -1}, r"perceptron_theory\.lambda_min"),
        ({"lambda_max": 1e5}, r"perceptron_theory\.lambda_max"),
        ({"lambda_min": 10, "lambda_max": 1}, "lambda_min must be smaller"),
        ({"lambda_points": 1}, r"perceptron_theory\.lambda_points"),
        ({"lamda_points": 10}, "did you mean lambda_points"),
    ],
)
def test_refused(settings, named):
    with pytest.raises(BadInput, match=named) as problem:
        read_study(CONFIG | {"perceptron_theory": settings})
    assert "\n" not in str(problem.value)


def test_a_list_of_lambdas_is_taken_as_it_is():
    study = read_study(CONFIG | {"perceptron_theory": {"lambdas": [3, 1]}})
    assert study.perceptron_theory.lambda_grid() == [3, 1]
