"""Operations counted from a network's sizes against operations counted by running it."""

import inspect

import pytest

from scaling.core.errors import BadInput
from scaling.networks.models import FAMILIES
from scaling.networks.models._sizes import CHECKS
from scaling.networks.plan import flops
from scaling.networks.plan.counter import count_by_building
from scaling.networks.plan.operations import count
from scaling.networks.shape import Shape

NETWORKS = {
    "CNN_MNIST": ("CNN", {}, (1, 28, 28), 10),
    "CNN_CIFAR100": (
        "CNN",
        {"stages": [[64, 128], [256, 512], []], "fully_connected": [1024, 512], "dropout": 0.1},
        (3, 32, 32),
        100,
    ),
    "CNN_odd": ("CNN", {"stages": [[4], [8], []], "fully_connected": []}, (1, 15, 11), 3),
    "ResNet_MNIST": ("ResNet", {"widths": [16, 32, 64, 128]}, (1, 28, 28), 10),
    "ResNet_CIFAR10": ("ResNet", {}, (3, 32, 32), 10),
    "ResNet_CIFAR100": ("ResNet", {"blocks": [3, 4, 6, 3]}, (3, 32, 32), 100),
    "ResNet_odd": ("ResNet", {"blocks": [1, 1], "widths": [4, 4]}, (1, 9, 7), 3),
    "ViT_MNIST": ("ViT", {"patch": 7, "dim": 128, "depth": 4, "heads": 4}, (1, 28, 28), 10),
    "ViT_CIFAR10": ("ViT", {}, (3, 32, 32), 10),
    "ViT_CIFAR100": ("ViT", {"dim": 256, "heads": 4, "mlp_ratio": 2}, (3, 32, 32), 100),
    "MLP_digits": ("mlp", {"hidden": [7]}, (1, 8, 8), 10),
    "MLP_text": ("mlp", {}, Shape((12,), "tokens"), 62),
    "MLP_teacher": ("mlp", {"hidden": [64, 64]}, Shape((12,), "vectors"), 1),
    "linear_digits": ("linear", {}, (1, 8, 8), 10),
    "linear_text": ("linear", {}, Shape((8,), "tokens"), 62),
    "GPT_text": ("gpt", {}, Shape((32,), "tokens", 32), 62),
    "GPT_last": ("gpt", {"dim": 8, "heads": 2, "depth": 2}, Shape((5,), "tokens"), 62),
}


@pytest.mark.parametrize("network", NETWORKS)
def test_counting_from_sizes_is_counting_by_running(network):
    counted, run = count(*NETWORKS[network]), count_by_building(*NETWORKS[network])
    assert (counted.forward, counted.backward, counted.parameters) == (run.forward, run.backward, run.parameters)
    if not network.startswith(("ViT", "GPT")):  # attention's activations are inside a function, where no hook sees them
        assert counted.activations == run.activations


def test_a_convolution_by_hand():
    counts = count("CNN", {"stages": [[2]], "fully_connected": []}, (1, 4, 4), 3)
    convolution, linear = 2 * 9 * 2 * 16, 2 * 32 * 3
    assert counts.forward == convolution + linear
    assert counts.backward == convolution + 2 * linear  # the images need no gradient


@pytest.mark.parametrize("family", flops.FAMILIES)
def test_the_sizes_and_their_defaults_are_those_of_the_family(family):
    built, counted = (inspect.signature(f).parameters for f in (FAMILIES.load(family).build, flops.FAMILIES[family]))
    assert {name: p.default for name, p in built.items()} == {name: p.default for name, p in counted.items()}
    _, _, *sizes = built
    assert list(inspect.signature(CHECKS[family]).parameters)[1:] == sizes, "taken by their places"


def test_sizes_need_not_fit_images_that_were_not_seen():
    """Their shape is a guess then; what makes no network of any images is refused all the same."""
    wide, guess = {"patch": 7, "dim": 8, "heads": 2, "depth": 1}, (3, 32, 32)
    with pytest.raises(BadInput, match="patch: 7 does not divide"):
        count("ViT", wide, guess, 10)
    assert count("ViT", wide, guess, 10, assumed=True).forward > 0
    with pytest.raises(BadInput, match="heads: 3 does not divide dim"):
        count("ViT", wide | {"heads": 3}, guess, 10, assumed=True)


def test_a_family_that_is_not_counted_here_is_built(monkeypatch):
    by_sizes = count(*NETWORKS["CNN_odd"])
    monkeypatch.delitem(flops.FAMILIES, "cnn")
    assert count(*NETWORKS["CNN_odd"]) == by_sizes


def test_sizes_that_make_no_network_are_named():
    with pytest.raises(BadInput, match=r"sizes\.chanels"):
        count("CNN", {"chanels": 3}, (1, 8, 8), 10)
