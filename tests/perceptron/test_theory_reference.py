"""The fixed-norm perceptron against an independent slow solver (harness/theory.py)."""

import numpy as np
import pytest
from harness.theory import REFERENCE, reference

from scaling.perceptron.theory import solve


@pytest.mark.parametrize(("alpha", "lambda_"), list(REFERENCE))
def test_against_the_slow_reference(alpha, lambda_):
    assert solve([alpha], [lambda_]).epsilon[0, 0] == pytest.approx(REFERENCE[alpha, lambda_], rel=5e-12)


@pytest.mark.parametrize(("alpha", "lambda_"), [(1e6, 1e-4), (1e6, 1e4)])
def test_the_reference_is_what_its_generator_gives(alpha, lambda_):
    near = solve([alpha], [lambda_])
    # Start 1e-5 beside the library's answer: the reference has to find its own way back.
    theta, log_x = near.theta[0, 0] * (1 + 1e-5), near.log10_x[0, 0] * np.log(10)
    assert float(reference(alpha, lambda_, theta, log_x, digits=15)) == pytest.approx(
        REFERENCE[alpha, lambda_], rel=1e-9
    )
