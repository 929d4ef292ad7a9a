"""Weights that multiply in uncommon ways count, or are refused or named: none is passed over in silence."""

import pytest
import torch
from harness.models import Branches, Made
from torch import nn
from torch.nn import functional as F

from scaling.core.errors import BadInput
from scaling.networks.build import build_model
from scaling.networks.layers import weight_layers
from scaling.networks.norms.layers import network_statistics

IMAGE = (1, 8, 8)


class Own(nn.Module):
    """Images to scores by some function of one weight."""

    def __init__(self, function, weight, **buffers):
        super().__init__()
        self.function, self.weight, self.head = function, nn.Parameter(weight), nn.LazyLinear(10)
        for name, tensor in buffers.items():
            self.register_buffer(name, tensor)
        self(torch.zeros(1, *IMAGE))

    def forward(self, images):
        return self.head(self.function(images, self).flatten(1))


def statistics(model):
    layers = weight_layers(model, IMAGE)
    return layers, network_statistics(layers, {name: tensor[None] for name, tensor in model.state_dict().items()})


def spectral(matrix):
    return float(torch.linalg.matrix_norm(matrix.detach().double(), 2).log10())


@pytest.mark.parametrize("how", ["scaled", "a tensor", "unit rows", "masked"])
def test_a_weight_counts_as_it_is_if_what_multiplies_is_computed_of_it(how):
    model = Made(how)
    layers, found = statistics(model)
    assert [(layer.name, layer.matrix.shape) for layer in layers] == [("weight", (12, 64)), ("head", (10, 12))]
    assert float(found[0]["log10_spectral"]) == pytest.approx(spectral(model.weight), abs=1e-12)
    assert "counted as it is, though something computed of it multiplies: weight" in layers.in_words()


def test_what_is_computed_of_positions_and_added_does_not_count():
    def moved(images, model):
        return images.flatten(1, 2) + F.interpolate(model.weight, size=8, mode="linear")

    layers, _ = statistics(Own(moved, torch.randn(1, 8, 4)))
    assert [layer.name for layer in layers] == ["head"]
    assert layers.left_out[0][:2] == ("weight", (1, 8, 4))


class Positions(nn.Module):
    """Tokens made of an image, their places, and a table that each image looks up elsewhere."""

    def __init__(self):
        super().__init__()
        self.tokens, self.places, self.kinds = nn.Embedding(4, 6), nn.Embedding(64, 6), nn.Embedding(2, 6)
        self.head = nn.Linear(6, 10)

    def forward(self, images):
        numbers = images.flatten(1).long().clamp(0, 3)
        places = self.places(torch.arange(64, device=images.device))
        mixed = self.tokens(numbers) + places + self.kinds(torch.zeros_like(places[:, 0], dtype=torch.long))
        return self.head(mixed.mean(1))


def test_tables_of_which_every_example_looks_up_the_same_rows_are_positions():
    layers = weight_layers(Positions(), IMAGE)
    assert [layer.name for layer in layers] == ["tokens", "head"]
    assert [(name, why) for name, _, why in layers.left_out if "same rows" in why] == [
        (f"{name}.weight", "the same rows for every example (positions)") for name in ("places", "kinds")
    ]


def test_a_kernel_of_ones_own_counts_with_its_groups():
    def depthwise(images, model):
        return F.conv2d(images.expand(-1, 4, -1, -1), model.weight, groups=4)

    kernel = torch.randn(8, 1, 3, 3)
    (layer, _), (found, _) = statistics(Own(depthwise, kernel))
    assert (layer.kind, layer.matrix.shape, layer.matrix.groups) == ("conv", (8, 36), 4)
    dense = torch.block_diag(*kernel.double().flatten(1).chunk(4))
    assert float(found["log10_spectral"]) == pytest.approx(spectral(dense), abs=1e-12)


def test_sums_of_rows_are_looked_up_as_rows_are():
    def words(images, model):
        return F.embedding_bag(images.flatten(1).long(), model.weight)

    (layer, _), _ = statistics(Own(words, torch.randn(16, 7)))
    assert layer.matrix.shape == (7, 16)


def test_a_weight_that_is_spread_over_the_batch_is_one_matrix():
    def stacked(images, model):
        return images[:, 0] @ model.weight.expand(len(images), -1, -1)

    (layer, _), (found, _) = statistics(model := Own(stacked, torch.randn(1, 8, 5)))
    assert layer.matrix.shape == (5, 8)
    rows = model.weight[0].detach().double().norm(dim=0).sum()
    assert float(found["row_sum"]) == pytest.approx(float(rows), rel=1e-12)


def test_experts_that_a_blank_image_does_not_meet_count():
    torch.manual_seed(0)
    names = [layer.name for layer in weight_layers(Branches(), IMAGE)]
    assert sorted(names) == ["experts.0", "experts.1", "experts.2", "gate", "head"]


def test_a_fixed_matrix_is_named():
    def projected(images, model):
        return images.flatten(1) @ model.fixed @ model.weight

    layers, _ = statistics(Own(projected, torch.randn(6, 5), fixed=torch.randn(64, 6)))
    assert [layer.name for layer in layers] == ["weight", "head"]
    assert "fixed and not counted, since they are no parameters: fixed 64x6" in layers.in_words()


def test_layers_in_a_list_are_refused():
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    hidden = [nn.Linear(64, 64)]
    whole = model.forward
    model.forward = lambda images: whole(hidden[0](images.flatten(1)).view(-1, *IMAGE))
    with pytest.raises(BadInput, match=r"a parameter 64x64 is used that is none of the model's.*nn\.ModuleList"):
        weight_layers(model, IMAGE)


def pairs(images, model):
    return torch.view_as_real(images.flatten(1).to(torch.cfloat) @ torch.view_as_complex(model.weight))


def two(images, model):
    return (images.flatten(1).to(torch.cfloat) @ torch.complex(model.weight, model.weight)).abs()


@pytest.mark.parametrize(("function", "shape"), [(pairs, (64, 5, 2)), (two, (64, 5))])
def test_real_weights_that_are_used_as_complex_ones_are_refused(function, shape):
    with pytest.raises(BadInput, match="the parameter weight is used as complex numbers; only real ones"):
        weight_layers(Own(function, torch.randn(*shape)), IMAGE)


def test_weights_without_numbers_or_of_another_precision_are_refused(tmp_path):
    with pytest.raises(BadInput, match=r"the parameter 1\.weight has no numbers"):
        weight_layers(nn.Sequential(nn.Flatten(), nn.Linear(64, 10, device="meta")), IMAGE)
    with pytest.raises(BadInput, match=r"the parameter 1\.weight is 0x64: there are no numbers in it"):
        weight_layers(nn.Sequential(nn.Flatten(), nn.Linear(64, 0), nn.Linear(0, 10)), IMAGE)
    file = tmp_path / "net.py"
    file.write_text(
        "from torch import nn\ndef build(shape, outputs):\n"
        "    return nn.Sequential(nn.Flatten(), nn.Linear(64, outputs)).double()\n"
    )
    with pytest.raises(BadInput, match=r"the parameter 1\.weight is float64; allowed: float32"):
        build_model(str(file), {}, IMAGE, 10, seed=1)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_compiled_script_is_a_model_too():
    model = torch.jit.trace(nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), torch.zeros(1, *IMAGE))
    assert [layer.matrix.shape for layer in weight_layers(model, IMAGE)] == [(10, 64)]


class Standardised(nn.Conv2d):
    """With a gain for each output, as normaliser-free networks have it."""

    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.gain = nn.Parameter(torch.ones(self.out_channels, 1, 1, 1))

    def forward(self, images):
        return F.conv2d(images, (self.weight - self.weight.mean((1, 2, 3), keepdim=True)) * self.gain, self.bias)


def test_a_gain_of_a_kernel_is_no_matrix():
    layers = weight_layers(nn.Sequential(Standardised(1, 4, 3), nn.Flatten(), nn.Linear(144, 10)), IMAGE)
    assert [(layer.name, layer.matrix.shape) for layer in layers] == [("0", (4, 9)), ("2", (10, 144))]
    assert ("0.gain", (4, 1, 1, 1), "biases and gains") in layers.left_out
