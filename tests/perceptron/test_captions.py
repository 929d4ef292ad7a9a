"""The numbers of theory that the captions state: each is what the theory gives."""

import re

import numpy as np
import pytest
from harness.paths import ROOT

from scaling.perceptron import learning_rules
from scaling.perceptron.figures.theory import SKETCH
from scaling.perceptron.theory import EARLY_CONSTANT, optimum
from scaling.perceptron.theory_exponents import local_exponents


def caption(number):
    return " ".join((ROOT / f"rules/perceptron/captions/fig{number}.rst").read_text(encoding="utf-8").split())


def above_bayes(alpha):
    """How much the minimum lies above the Bayes-optimal error, percent."""
    return 100 * (float(optimum([alpha]).theta[0] / np.pi / learning_rules.bayes_optimal([alpha])[0]) - 1)


@pytest.mark.parametrize(
    ("number", "pattern", "alpha"),
    [
        (1, r"by ([\d.]+)% at α = 5", 5),
        (2, r"by ([\d.]+)% at α = 0\.5", 0.5),
        (2, r"% at α = 0\.5, ([\d.]+)% at 5", 5),
        (2, r"and ([\d.]+)% for α to infinity", 1e6),
        (6, r"at α = 0\.5 by ([\d.]+)%", 0.5),
    ],
)
def test_the_distance_from_the_bayes_optimal_error(number, pattern, alpha):
    (stated,) = re.findall(pattern, caption(number))
    digits = len(stated.partition(".")[2])
    assert above_bayes(alpha) == pytest.approx(float(stated), abs=0.51 * 10.0**-digits)


def test_the_constants_of_the_limit():
    stated = [float(value) for value in re.findall(r"= (0\.\d{5})", caption(2))]
    limit = optimum([np.inf])
    expected = [limit.theta[0] / np.pi, np.exp(limit.log_lambda[0]), EARLY_CONSTANT]
    assert stated == pytest.approx(expected, abs=6e-6)
    (bayes,) = re.findall(r"Bayes-optimal (0\.\d+)\)", caption(2))
    assert 1e6 * learning_rules.bayes_optimal([1e6])[0] == pytest.approx(float(bayes), abs=6e-6)


def test_the_steepest_slopes():
    stated = re.findall(r"-(0\.\d+) at (?:α = )?([\de]+)", caption(8))
    assert len(stated) == 5
    local = local_exponents([float(alpha) for _, alpha in stated])
    digits = [10.0 ** -len(value.partition(".")[2]) for value, _ in stated]
    apart = np.abs(local["gamma_1_steepest"].to_numpy() - [float(value) for value, _ in stated])
    assert (apart <= 0.51 * np.array(digits)).all(), local["gamma_1_steepest"]


def test_the_parameters_of_the_sketch():
    names = {"γ₁": "gamma_1", "γ₂": "gamma_2", "k_2": "k_2", "q_2": "q_2", "q_1": "q_1"}
    stated = {
        names[name]: float(value) for name, value in re.findall(r"(\w+) = ([\d.]+\d|\d+)", caption(5)) if name in names
    }
    (guessing,) = re.findall(r"among ten classes, (0\.\d+)\.", caption(5))
    assert stated | {"random_guessing": float(guessing)} == SKETCH
