import numpy as np
import pytest

from scaling.core.errors import BadInput
from scaling.networks.data.subsets import draw_subset, shuffled


def test_a_subset_has_P_different_images():
    subset = draw_subset(1440, 360, 1, "digits")
    assert subset.dtype == np.int32 and subset.shape == (360,)
    assert len(set(subset.tolist())) == 360 and subset.min() >= 0 and subset.max() < 1440


def test_the_whole_training_set_is_a_subset():
    assert sorted(draw_subset(50, 50, 1, "digits").tolist()) == list(range(50))


def test_a_subset_comes_from_the_seed_alone_the_same_on_any_machine():
    assert draw_subset(1440, 5, 1, "digits").tolist() == [120, 609, 34, 296, 1350]
    assert draw_subset(60_000, 5, 31, "MNIST").tolist() == [10911, 42673, 37288, 3400, 32303]
    np.random.default_rng(3).random()
    assert draw_subset(1440, 5, 1, "digits").tolist() == [120, 609, 34, 296, 1350]


def test_seeds_P_and_data_sets_have_draws_of_their_own():
    reference = set(draw_subset(10_000, 1000, 1, "MNIST").tolist())
    for P, seed, dataset in [(1000, 2, "MNIST"), (1001, 1, "MNIST"), (1000, 1, "CIFAR10")]:
        common = len(reference & set(draw_subset(10_000, P, seed, dataset).tolist()))
        assert 60 < common < 145  # hypergeometric: 100 +- 9


def test_every_image_is_equally_likely_and_so_is_every_place():
    n, P, seeds = 20, 5, 4000
    draws = np.array([draw_subset(n, P, seed, "x") for seed in range(seeds)])
    counts = np.array([np.bincount(column, minlength=n) for column in draws.T])
    expected = seeds / n
    chi_squared = ((counts - expected) ** 2 / expected).sum(axis=1)
    assert np.all(chi_squared < 44)  # 19 degrees of freedom: 1 in 1000


def test_more_images_than_there_are():
    with pytest.raises(BadInput, match="P: 1441 is larger than the training set of digits: 1440 images"):
        draw_subset(1440, 1441, 1, "digits")


@pytest.mark.parametrize("P", [0, -5])
def test_no_images_are_no_subset(P):
    with pytest.raises(BadInput, match=f"^P: {P} is not allowed; 1 or more is$"):
        draw_subset(100, P, 1, "digits")


def test_shuffled_is_a_permutation_of_its_own_name():
    assert sorted(shuffled(100, "a").tolist()) == list(range(100))
    assert shuffled(100, "a").tolist() != shuffled(100, "b").tolist()
