"""Samples: what is drawn, what is measured, and the derivatives of the loss."""

import numpy as np
import pytest

from scaling.core.errors import BadInput
from scaling.perceptron.samples import (
    angle_between,
    draw_sample,
    generalization_error,
    residuals,
    training_error,
    weighted_gram,
)


def loss(margins):
    return np.logaddexp(0, -2 * margins)


def test_a_sample_is_labelled_by_its_teacher():
    sample = draw_sample(50, 3, seed=1, sample=0)
    assert sample.patterns.shape == (150, 50) and sample.alpha == 3
    assert np.allclose(np.abs(sample.patterns), 1 / np.sqrt(50))
    assert sample.teacher @ sample.teacher == pytest.approx(50)
    assert np.all(sample.patterns @ sample.teacher > 0)
    assert training_error(sample.teacher, sample.patterns) == 0
    assert training_error(-sample.teacher, sample.patterns) == 1


def test_the_seed_and_the_number_decide_the_sample():
    first, again = (draw_sample(20, 2, seed=5, sample=1) for _ in range(2))
    assert np.array_equal(first.patterns, again.patterns) and np.array_equal(first.teacher, again.teacher)
    assert not np.array_equal(first.teacher, draw_sample(20, 2, seed=5, sample=2).teacher)
    assert not np.array_equal(first.teacher, draw_sample(20, 2, seed=6, sample=1).teacher)


@pytest.mark.parametrize(("N", "alpha"), [(100, 0), (100, -1), (100, float("nan")), (10, 0.01)])
def test_impossible_alphas_are_named(N, alpha):
    with pytest.raises(BadInput, match="alpha"):
        draw_sample(N, alpha, seed=0, sample=0)


def test_generalization_error_of_known_angles():
    teacher, across = np.array([1.0, 0, 0]), np.array([0, 1.0, 0])
    for angle in (1e-9, 0.3, np.pi / 2, 3):
        w = 7 * (np.cos(angle) * teacher + np.sin(angle) * across)
        assert angle_between(w, teacher) == pytest.approx(angle, rel=1e-12)
        assert generalization_error(w, teacher) == pytest.approx(angle / np.pi, rel=1e-12)


def test_generalization_error_is_the_fraction_of_disagreements():
    rng = np.random.default_rng(0)
    w, teacher, inputs = rng.standard_normal(40), rng.standard_normal(40), rng.standard_normal((200_000, 40))
    disagree = np.mean(np.sign(inputs @ w) != np.sign(inputs @ teacher))
    assert generalization_error(w, teacher) == pytest.approx(disagree, abs=4e-3)


def test_residuals_are_the_losses_derivatives():
    margins, h = np.linspace(-4, 4, 9), 1e-4
    first, second = residuals(margins, 0.0)
    assert np.allclose(first, -(loss(margins + h) - loss(margins - h)) / (2 * h), atol=1e-7)
    assert np.allclose(second, (loss(margins + h) - 2 * loss(margins) + loss(margins - h)) / h**2, atol=1e-6)


def test_residuals_keep_their_digits_where_the_factors_overflow():
    first, second = residuals(np.array([400.0]), 800.0)  # exp(800) (1 - tanh 400) = 2
    assert first == pytest.approx(2) and second == pytest.approx(4)


def test_gradient_against_finite_differences():
    sample = draw_sample(12, 4, seed=0, sample=0)
    w, h = np.random.default_rng(1).standard_normal(12), 1e-5
    gradient = -residuals(sample.patterns @ w, 0.0)[0] @ sample.patterns
    hessian = weighted_gram(sample.patterns, residuals(sample.patterns @ w, 0.0)[1])
    for direction in np.eye(12):
        forward, backward = (sample.patterns @ (w + sign * h * direction) for sign in (1, -1))
        assert gradient @ direction == pytest.approx((loss(forward).sum() - loss(backward).sum()) / (2 * h), abs=1e-7)
        difference = (residuals(backward, 0.0)[0] - residuals(forward, 0.0)[0]) @ sample.patterns / (2 * h)
        assert np.allclose(hessian @ direction, difference, atol=1e-7)


def test_weighted_gram_sums_over_blocks_and_drops_only_what_does_not_count():
    rng = np.random.default_rng(2)
    patterns, weights = rng.standard_normal((9000, 5)) / 3, 10 ** rng.uniform(-14, 1, 9000)
    assert np.allclose(weighted_gram(patterns, weights), patterns.T @ (weights[:, None] * patterns), rtol=0, atol=1e-7)
