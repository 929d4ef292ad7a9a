"""What any norm must obey, whatever the weights."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from scaling.networks.layers import weight_layers
from scaling.networks.norms.layers import layer_statistics, network_statistics

QUICK = settings(max_examples=25, deadline=None)
SHAPES = st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**31))


def random(out, into, seed):
    return torch.randn(1, out, into, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@QUICK
@given(SHAPES)
def test_the_order_of_channels_does_not_matter(shape):
    weight = random(*shape)
    generator = torch.Generator().manual_seed(shape[2])
    rows, columns = (torch.randperm(n, generator=generator) for n in weight.shape[1:])
    moved = layer_statistics(weight[:, None, rows][..., columns])
    for name, value in layer_statistics(weight[:, None]).items():
        np.testing.assert_allclose(moved[name], value, rtol=1e-12, atol=1e-12)


@QUICK
@given(SHAPES, st.floats(1e-20, 1e20))
def test_a_layer_scaled_has_its_statistics_scaled(shape, factor):
    before, after = layer_statistics(random(*shape)[None]), layer_statistics(random(*shape)[None] * factor)
    for name in ("log10_spectral", "log10_spectral_bn"):
        np.testing.assert_allclose(after[name], before[name] + np.log10(factor), atol=1e-11)
    for name, power in (("row_sum", 1), ("col_sum", 1), ("l1", 1), ("fro2", 2)):
        np.testing.assert_allclose(after[name], before[name] * factor**power, rtol=1e-11)


@QUICK
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**31))
def test_a_grouped_kernel_is_the_dense_one_with_zeros(groups, width, seed):
    torch.manual_seed(seed)
    grouped = nn.Conv2d(groups * width, groups * width, 3, groups=groups, bias=False).double()
    dense = nn.Conv2d(groups * width, groups * width, 3, bias=False).double()
    with torch.no_grad():
        dense.weight.zero_()
        for group in range(groups):
            part = slice(group * width, (group + 1) * width)
            dense.weight[part, part] = grouped.weight[part]
    found = []
    for layer in (grouped, dense):
        model = nn.Sequential(nn.Conv2d(1, groups * width, 1).double(), layer, nn.Flatten())
        layers = weight_layers(model, (1, 4, 4))
        found.append(network_statistics(layers, {k: v[None] for k, v in model.state_dict().items()})[1])
    for name in ("log10_spectral", "row_sum", "col_sum", "l1", "fro2"):
        np.testing.assert_allclose(found[0][name], found[1][name], rtol=1e-9, atol=1e-12)


@QUICK
@given(st.integers(1, 5), st.integers(0, 2**31))
def test_tied_layers_count_as_one_and_untied_ones_as_two(width, seed):
    torch.manual_seed(seed)
    first, second = nn.Linear(width, width), nn.Linear(width, width)
    second.load_state_dict(first.state_dict())

    def squares(tied):
        if tied:
            second.weight = first.weight
        model = nn.Sequential(nn.Flatten(), first, nn.ReLU(), second)
        layers = weight_layers(model, (1, 1, width))
        state = {name: tensor.detach()[None] for name, tensor in model.state_dict().items()}
        return sum(float(layer["fro2"]) for layer in network_statistics(layers, state))

    untied = squares(False)
    np.testing.assert_allclose(squares(True), untied / 2, rtol=1e-12)
