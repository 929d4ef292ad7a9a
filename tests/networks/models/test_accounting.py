"""The table of a model's matrices and of what is in none: every number of the model once."""

import pytest

from scaling.networks.accounting import accounting
from scaling.networks.build import build_model

#: A file with a model for each way in which a weight may not simply be a module's own parameter.
MODELS = """
import torch
from harness.models import Tied
from torch import nn
from torch.nn.utils import parametrizations, prune, spectral_norm, weight_norm


class Packed(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.out = nn.Linear(8, 10)

    def forward(self, images):
        tokens = images.flatten(1, 2)
        return self.out(self.attention(tokens, tokens, tokens, need_weights=False)[0].mean(1))


def plain(change=lambda layer: layer):
    first = nn.Linear(64, 12)
    return nn.Sequential(nn.Flatten(), change(first), nn.ReLU(), nn.Linear(12, 10))


def shared_length():
    model = plain(parametrizations.weight_norm)
    model[3] = parametrizations.weight_norm(nn.Linear(12, 12))
    model[3].parametrizations.weight.original0 = model[1].parametrizations.weight.original0
    return nn.Sequential(*model, nn.Linear(12, 10))


MADE = {
    "plain": plain,
    "weight_norm": lambda: plain(parametrizations.weight_norm),
    "spectral_norm": lambda: plain(parametrizations.spectral_norm),
    "orthogonal": lambda: plain(parametrizations.orthogonal),
    "older weight_norm": lambda: plain(weight_norm),
    "older spectral_norm": lambda: plain(spectral_norm),
    "pruned": lambda: plain(lambda layer: prune.l1_unstructured(layer, "weight", amount=0.5)),
    "shared length": shared_length,
    "tied": Tied,
    "packed": Packed,
}


def build(image_shape, classes, how):
    return MADE[how]()
"""


@pytest.fixture(scope="module")
def family(tmp_path_factory):
    file = tmp_path_factory.mktemp("models") / "made.py"
    file.write_text(MODELS)
    return f"{file}:build"


HOWS = ["plain", "weight_norm", "spectral_norm", "orthogonal", "older weight_norm", "older spectral_norm", "pruned"]


def table(family, how):
    return accounting(family, {"how": how}, (1, 8, 8), 10)


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("how", [*HOWS, "shared length", "tied", "packed"])
def test_every_number_of_the_model_is_in_one_row(family, how):
    found = table(family, how)
    model = build_model(family, {"how": how}, (1, 8, 8), 10, seed=0)
    parameters = {name: tensor.numel() for name, tensor in model.named_parameters()}
    assert found["numbers"].sum() == sum(parameters.values())
    assert {name for names in found["parameter"] for name in names.split(", ")} == set(parameters)


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("how", HOWS)
def test_a_matrix_has_the_shape_by_which_it_multiplies_however_it_is_made(family, how):
    first = table(family, how).iloc[0]
    assert (first["name"], first["kind"], first["shape"]) == ("1", "linear", "12x64")
    assert (first["rows"], first["columns"]) == (12, 64) and first["trained"]
    length = 12 if "weight_norm" in how else 0  # a length for each row beside the directions
    assert first["numbers"] == 12 * 64 + length


def test_matrices_that_share_a_part_of_what_makes_them_are_matrices_of_their_own(family):
    """Two layers of the same lengths and of directions of their own."""
    found = table(family, "shared length").set_index("name")
    assert found.loc["1", "numbers"] + found.loc["3", "numbers"] == 12 * 64 + 12 * 12 + 12
    assert found.loc["1", "columns"] == 64 and found.loc["3", "columns"] == 12


def test_tied_weights_are_one_row(family):
    found = table(family, "tied").set_index("name")
    assert "rows" not in found.index
    assert (found.loc["out", "parameter"], found.loc["out", "numbers"]) == ("rows.weight", 640)


def test_matrices_that_share_a_parameter_share_its_numbers(family):
    found = table(family, "packed")
    packed = found[found["parameter"] == "attention.in_proj_weight"]
    assert packed["numbers"].tolist() == [64] * 3 and packed["shape"].unique().tolist() == ["24x8"]
