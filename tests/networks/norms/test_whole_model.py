"""The norm of a model is of the whole model, whatever modules it is made of."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from harness.models import Tied
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations, prune

from scaling.core.errors import BadInput
from scaling.networks.build import _scale, build_model
from scaling.networks.layers import weight_layers
from scaling.networks.norms.layers import check_layers, network_statistics

IMAGE = (1, 8, 8)


def statistics(model, operator_norms=False, shape=IMAGE):
    layers = weight_layers(model, shape)
    state = {name: tensor[None] for name, tensor in model.state_dict().items()}
    return layers, network_statistics(layers, state, operator_norms)


def names(model):
    return [layer.name for layer in weight_layers(model, IMAGE)]


def spectral(matrix):
    return np.log10(np.linalg.svd(np.asarray(matrix.detach().double()), compute_uv=False)[0])


class Recurrent(nn.Module):
    def __init__(self, kind, **options):
        super().__init__()
        self.rnn = kind(8, 6, batch_first=True, **options)
        self.head = nn.LazyLinear(10)

    def forward(self, images):
        return self.head(self.rnn(images.flatten(1, 2))[0][:, -1])


class Attending(nn.Module):
    def __init__(self):
        super().__init__()
        self.positions = nn.Parameter(torch.zeros(1, 8, 8))
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.head = nn.Linear(8, 10)

    def forward(self, images):
        tokens = images.flatten(1, 2) + self.positions
        return self.head(self.attention(tokens, tokens, tokens, need_weights=False)[0].mean(1))


class Own(nn.Module):
    """Weights of its own, used in one of several ways."""

    def __init__(self, how):
        super().__init__()
        self.how, wide = how, 12
        self.table = nn.Parameter(torch.randn(8, 8))
        self.gain = nn.Parameter(torch.randn(8, 8))
        self.weight = nn.Parameter(torch.randn(*((64, wide) if how in ("matmul", "einsum in") else (wide, 64))))
        self.list = nn.ParameterList([torch.randn(wide, wide)])
        self.head = nn.Linear(wide, 10)

    def forward(self, images):
        flat = ((images[:, 0] + self.table) * self.gain).flatten(1)
        hidden = {
            "linear": lambda: F.linear(flat, self.weight),
            "matmul": lambda: flat @ self.weight,
            "einsum": lambda: torch.einsum("oi,bi->bo", self.weight, flat),
            "einsum in": lambda: torch.einsum("io,bi->bo", self.weight, flat),
            "transposed": lambda: torch.mm(self.weight, flat.t()).t(),
            "copied": lambda: flat @ self.weight.t().contiguous(),
        }[self.how]()
        return self.head(hidden @ self.list[0])


def test_the_three_families_have_the_statistics_they_had():
    """Computed before layers were found by parameters."""
    before = json.loads((Path(__file__).parent / "families_before.json").read_text())
    for case in before:
        models = [
            build_model(case["family"], case["sizes"], tuple(case["image"]), 10, 0.5, seed=seed) for seed in (1, 2)
        ]
        for run, model in enumerate(models):
            for index, (name, tensor) in enumerate(model.state_dict().items()):
                if tensor.is_floating_point():
                    wave = torch.sin(torch.arange(tensor.numel()).double() * 0.7 + index + 3 * run) * 0.3
                    tensor.copy_((wave + 0.5).abs().view(tensor.shape) if "var" in name else wave.view(tensor.shape))
        layers = weight_layers(models[0], tuple(case["image"]))
        state = {key: torch.stack([m.state_dict()[key].detach() for m in models]) for key in models[0].state_dict()}
        found = network_statistics(layers, state, True)
        told = [[layer.name, layer.kind, layer.batch_norm_name, layer.input_size] for layer in layers]
        assert json.loads(json.dumps(told)) == [layer["told"] for layer in case["layers"]]
        for layer, values in zip(case["layers"], found, strict=True):
            for name, expected in layer["statistics"].items():
                np.testing.assert_allclose(values[name], [float.fromhex(x) for x in expected], rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize(("kind", "gates"), [(nn.LSTM, 4), (nn.GRU, 3), (nn.RNN, 1)])
def test_recurrent_weights_count_gate_by_gate(kind, gates):
    model = Recurrent(kind)
    model.head = nn.Linear(6, 10)
    layers, found = statistics(model)
    assert len(layers) == 2 * gates + 1 and {layer.kind for layer in layers[:-1]} == {"recurrent"}
    parts = [*model.rnn.weight_ih_l0.chunk(gates), *model.rnn.weight_hh_l0.chunk(gates)]
    expected = [spectral(part) for part in parts] + [spectral(model.head.weight)]
    assert sorted(float(s["log10_spectral"]) for s in found) == pytest.approx(sorted(expected), abs=1e-12)


def test_attentions_packed_projections_count_as_their_matrices():
    model = Attending()
    layers, found = statistics(model)
    assert [layer.name for layer in layers] == [
        *(f"attention.{part}" for part in ("query", "key", "value")),
        "attention.out_proj",
        "head",
    ]
    for part, values in zip(model.attention.in_proj_weight.chunk(3), found, strict=False):
        assert float(values["log10_spectral"]) == pytest.approx(spectral(part), abs=1e-12)
    assert ("positions", (1, 8, 8)) in [left[:2] for left in layers.left_out]
    assert "positions 1x8x8" in layers.in_words()


@pytest.mark.parametrize("how", ["linear", "matmul", "einsum", "einsum in", "transposed", "copied"])
def test_weights_of_ones_own_count_where_they_multiply(how):
    model = Own(how)
    layers, found = statistics(model)
    assert [(layer.name, layer.kind, layer.matrix.shape) for layer in layers] == [
        ("weight", "matrix", (12, 64)),
        ("list.0", "matrix", (12, 12)),
        ("head", "linear", (10, 12)),
    ]
    matrix = model.weight.mT if "in" in how.split() or how == "matmul" else model.weight
    assert float(found[0]["row_sum"]) == pytest.approx(float(matrix.detach().double().norm(dim=1).sum()), rel=1e-12)
    expected = float(model.list[0].detach().double().norm(dim=1).sum())
    assert float(found[1]["col_sum"]) == pytest.approx(expected, rel=1e-12)
    assert {name for name, *_ in layers.left_out} == {"table", "gain", "head.bias"}


def test_tied_weights_count_once_as_the_layer_that_multiplies():
    layers, _ = statistics(Tied())
    assert sorted((layer.name, layer.kind) for layer in layers) == [("mix", "linear"), ("out", "linear")]
    model = Tied()
    before = model.out.weight.detach().clone()
    _scale(model, IMAGE, 0.5, "tied")
    torch.testing.assert_close(model.out.weight.detach(), before / 2)


def test_a_layer_used_three_times_counts_once_and_one_never_used_does_not():
    layer = nn.Linear(16, 16)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), layer, nn.ReLU(), layer, nn.ReLU(), layer, nn.Linear(16, 10))
    assert names(model) == ["1", "2", "7"]
    before = layer.weight.detach().clone()
    _scale(model, IMAGE, 3.0, "model")
    torch.testing.assert_close(layer.weight.detach(), 3 * before)
    model.unused = nn.Linear(5, 5)
    model.forward = lambda images: nn.Sequential(*list(model)[:-1])(images)
    found = weight_layers(model, IMAGE)
    assert [layer.name for layer in found] == ["1", "2", "7"]
    assert ("unused.weight", (5, 5), "never used by an image") in found.left_out


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(4, 6, 3, groups=2),
        nn.Conv2d(4, 8, 3, groups=4, stride=2),
        nn.ConvTranspose2d(4, 6, 3, groups=2),
        nn.ConvTranspose2d(4, 6, 2, stride=2),
    ],
    ids=str,
)
def test_grouped_and_transposed_kernels_are_block_diagonal_matrices(layer):
    model = nn.Sequential(nn.Conv2d(1, 4, 1), layer, nn.Flatten(), nn.LazyLinear(10))
    model(torch.zeros(1, *IMAGE))
    _, found = statistics(model)
    weight, groups = layer.weight.detach().double(), layer.groups
    if isinstance(layer, nn.ConvTranspose2d):
        blocks = [block.transpose(0, 1).flatten(1) for block in weight.chunk(groups)]
    else:
        blocks = [block.flatten(1) for block in weight.chunk(groups)]
    dense = torch.block_diag(*blocks)
    assert float(found[1]["log10_spectral"]) == pytest.approx(spectral(dense), abs=1e-12)
    for name, dimension in (("row_sum", 1), ("col_sum", 0)):
        assert float(found[1][name]) == pytest.approx(float(dense.norm(dim=dimension).sum()), rel=1e-12)
    assert float(found[1]["fro2"]) == pytest.approx(float(dense.square().sum()), rel=1e-12)


CONVOLUTIONS = [
    nn.Conv2d(2, 3, 3, padding=2, dilation=2),
    nn.Conv2d(2, 3, 3, padding="same"),
    nn.Conv2d(2, 3, 4, padding="same"),
    nn.Conv2d(2, 3, 3, padding=1, padding_mode="circular"),
    nn.Conv2d(2, 3, 3, padding=1, padding_mode="reflect"),
    nn.Conv2d(2, 3, 3, padding=(1, 0), padding_mode="replicate", stride=2),
    nn.Conv2d(2, 4, 3, groups=2, stride=2, padding=1),
    nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, output_padding=1),
    nn.Conv2d(2, 3, 3, padding=1, stride=2),
]


@pytest.mark.parametrize("layer", CONVOLUTIONS, ids=str)
def test_operator_norms_are_those_of_the_dense_matrix(layer):
    model = nn.Sequential(nn.Conv2d(1, 2, 1), layer, nn.Flatten(), nn.LazyLinear(10))
    model(torch.zeros(1, *IMAGE))
    _, found = statistics(model, operator_norms=True)
    layer.double()
    with torch.no_grad():
        units = torch.eye(2 * 64, dtype=torch.float64).view(-1, 2, 8, 8)
        dense = (layer(units) - layer(torch.zeros_like(units))).flatten(1)
    assert float(found[1]["log10_spectral_operator"]) == pytest.approx(spectral(dense), abs=1e-9)


def test_operator_norms_in_one_and_three_dimensions():
    for shape, layer in (((8, 8), nn.Conv1d(8, 4, 3, padding=1)), ((1, 1, 8, 8), nn.Conv3d(1, 2, (1, 3, 3)))):
        model = nn.Sequential(Reshape(shape), layer, nn.Flatten(), nn.LazyLinear(10))
        model(torch.zeros(1, *IMAGE))
        _, found = statistics(model, operator_norms=True)
        layer.double()
        with torch.no_grad():
            units = torch.eye(64, dtype=torch.float64).view(-1, *shape)
            dense = (layer(units) - layer(torch.zeros_like(units))).flatten(1)
        assert float(found[0]["log10_spectral_operator"]) == pytest.approx(spectral(dense), abs=1e-9)


class Reshape(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape

    def forward(self, images):
        return images.view(-1, *self.shape)


class Standardised(nn.Conv2d):
    def forward(self, images):
        return F.conv2d(images, self.weight - self.weight.mean())


def test_an_operator_that_is_not_known_is_refused_by_name():
    twice = nn.Conv2d(1, 1, 2, stride=2)
    for model, why in (
        (nn.Sequential(Standardised(1, 2, 3), nn.Flatten(), nn.LazyLinear(10)), "Standardised has a forward"),
        (nn.Sequential(twice, twice, nn.Flatten(), nn.LazyLinear(10)), "different sizes"),
    ):
        model(torch.zeros(1, *IMAGE))
        with pytest.raises(BadInput, match=f"operator_norm: not known for the layer '0': .*{why}"):
            check_layers(weight_layers(model, IMAGE), P=8, batch_size=4, operator_norm=True)


MADE = {
    "spectral": lambda: parametrizations.spectral_norm(nn.Linear(64, 12)),
    "weight": lambda: parametrizations.weight_norm(nn.Linear(64, 12)),
    "orthogonal": lambda: parametrizations.orthogonal(nn.Linear(64, 12)),
    "old spectral": lambda: nn.utils.spectral_norm(nn.Linear(64, 12)),
    "old weight": lambda: nn.utils.weight_norm(nn.Linear(64, 12)),
    "pruned": lambda: prune.random_unstructured(nn.Linear(64, 12), "weight", amount=0.5),
}


@pytest.mark.parametrize("name", MADE)
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_what_a_parametrization_makes_counts_once(name):
    model = nn.Sequential(nn.Flatten(), MADE[name](), nn.Linear(12, 10)).eval()
    model(torch.zeros(1, *IMAGE))
    layers, found = statistics(model)
    assert [layer.name for layer in layers] == ["1", "2"]
    assert float(found[0]["log10_spectral"]) == pytest.approx(spectral(model[1].weight), abs=1e-5)
    assert {left[0] for left in layers.left_out} == {"1.bias", "2.bias"}
    before = model[1].weight.detach().clone()
    if name in ("weight", "old weight", "pruned"):
        _scale(model, IMAGE, 0.5, "model")
        model(torch.zeros(1, *IMAGE))
        torch.testing.assert_close(model[1].weight.detach(), before / 2)
    else:
        with pytest.raises(BadInput, match=r"init_scale: 0\.5 cannot act on the layer '1'"):
            _scale(model, IMAGE, 0.5, "model")


def test_what_has_no_norm_is_one_line():
    class Complex(nn.Module):
        def __init__(self):
            super().__init__()
            self.mix = nn.Linear(64, 10, dtype=torch.cfloat)

    for model, line in (
        (nn.Sequential(nn.Flatten(), nn.Softmax(1)), "no weight matrix"),
        (nn.Sequential(nn.BatchNorm2d(1), nn.Flatten()), "no weight matrix"),
        (Complex(), "mix.weight is complex"),
        (nn.Sequential(nn.Flatten(), nn.Linear(63, 10)), "mat1 and mat2"),
    ):
        with pytest.raises(BadInput, match=line):
            weight_layers(model, IMAGE)
    with pytest.raises(BadInput, match=r"scores of shape \[1, 1\]"):
        weight_layers(nn.Sequential(nn.Flatten(), nn.Linear(64, 1)), IMAGE, outputs=10)
    with pytest.raises(BadInput, match="returns a tuple"):
        model = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
        forward = model.forward
        model.forward = lambda images: (forward(images), None)
        weight_layers(model, IMAGE, outputs=10)


def test_batch_norms_without_statistics_or_gains():
    for options, folded in (({"affine": False}, True), ({"track_running_stats": False}, False)):
        model = nn.Sequential(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3, **options), nn.Flatten(), nn.Linear(108, 10))
        if folded:
            model[1].running_var.copy_(torch.tensor([1.0, 4.0, 9.0]))
        layers, found = statistics(model)
        matrix = model[0].weight.detach().double().flatten(1)
        if folded:
            matrix = matrix / (torch.tensor([[1.0], [4.0], [9.0]]).double() + 1e-5).sqrt()
        assert float(found[0]["log10_spectral_bn"]) == pytest.approx(spectral(matrix), abs=1e-9)
        assert ("not folded in" in layers.in_words()) == (not folded)


def test_a_batch_of_one_is_refused_where_a_batch_norm_cannot_train_on_it():
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 5), nn.BatchNorm1d(5), nn.Linear(5, 10))
    layers = weight_layers(model, IMAGE)
    check_layers(layers, P=40, batch_size=32, operator_norm=False)
    with pytest.raises(BadInput, match="batch of one of P = 33 images, on which the batch norm '2'"):
        check_layers(layers, P=33, batch_size=32, operator_norm=False)
    spatial = nn.Sequential(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(108, 10))
    check_layers(weight_layers(spatial, IMAGE), P=33, batch_size=32, operator_norm=False)


def test_nothing_in_the_model_changes_by_looking():
    normed = parametrizations.spectral_norm(nn.Linear(64, 5))
    model = nn.Sequential(nn.Flatten(), normed, nn.Dropout(), nn.Linear(5, 10))
    model[2].eval()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    state = torch.get_rng_state()
    statistics(model)
    assert [module.training for module in model] == [True, True, False, True]
    assert torch.equal(state, torch.get_rng_state())
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, before[name]), name
