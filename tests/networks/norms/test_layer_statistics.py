import math

import numpy as np
import pytest
import torch

from scaling.networks.build import build_model
from scaling.networks.layers import weight_layers
from scaling.networks.norms.layers import layer_statistics, log10_largest_singular_value, network_statistics
from scaling.networks.norms.operators import Convolution, operator_norms


def test_a_matrix_worked_out_by_hand():
    # A A^T = [[25, 0], [0, 4]]: singular values 5 and 2
    found = layer_statistics(torch.tensor([[[[3.0, 4.0, 0.0], [0.0, 0.0, -2.0]]]], dtype=torch.float64))
    expected = {
        "log10_spectral": math.log10(5),
        "row_sum": 5 + 2,
        "col_sum": 3 + 4 + 2,
        "l1": 9,
        "fro2": 29,
        "log10_spectral_operator": math.log10(5),
        "log10_spectral_bn": math.log10(5),
        "row_sum_bn": 7,
    }
    assert {name: values.item() for name, values in found.items()} == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("shape", [(3, 20, 7), (3, 7, 20), (2, 6, 3, 3, 3)])
def test_singular_values_of_a_stack_are_numpys(shape):
    weight = torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    found = layer_statistics(weight.flatten(2)[:, None])["log10_spectral"]
    matrices = weight.numpy().reshape(shape[0], shape[1], -1)
    expected = [np.log10(np.linalg.svd(matrix, compute_uv=False)[0]) for matrix in matrices]
    np.testing.assert_allclose(found, expected, atol=1e-14)


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_squaring_neither_overflows_nor_underflows(scale):
    matrix = torch.tensor([[[3.0, 4.0], [0.0, 0.0]]], dtype=torch.float64) * scale
    assert log10_largest_singular_value(matrix).item() == pytest.approx(math.log10(5) + math.log10(scale), rel=1e-14)


def test_zero_and_broken_matrices():
    stack = torch.stack([torch.zeros(2, 2), torch.full((2, 2), torch.nan), torch.full((2, 2), torch.inf)]).double()
    found = log10_largest_singular_value(stack)
    assert found[0] == -math.inf and found[1].isnan() and found[2].isnan()


def dense_operator(kernel, where):
    """The convolution as a matrix, by what it makes of each unit image."""
    size = kernel.shape[1] * math.prod(where.input_size)
    units = torch.eye(size, dtype=torch.float64).view(size, kernel.shape[1], *where.input_size)
    images = torch.nn.functional.conv2d(units, kernel, stride=where.stride, padding=where.padding)
    return images.flatten(1).T


@pytest.mark.parametrize(
    "where",
    [
        Convolution((8, 8), (1, 1), (1, 1)),
        Convolution((7, 6), (2, 2), (1, 1)),
        Convolution((6, 6), (2, 2), (0, 0)),
    ],
)
def test_operator_norm_is_that_of_the_dense_matrix(where):
    kernel = torch.randn(4, 3, 3, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    expected = np.linalg.svd(dense_operator(kernel, where).numpy(), compute_uv=False)[0]
    assert operator_norms(kernel[None], where).item() == pytest.approx(expected, rel=1e-9)


def test_operator_norm_of_a_patch_embedding_is_the_matrix_norm():
    kernel = torch.randn(5, 1, 2, 2, generator=torch.Generator().manual_seed(1))
    of_the_map = operator_norms(kernel[None], Convolution((8, 8), (2, 2))).log10()
    of_the_matrix = layer_statistics(kernel.double().flatten(1)[None, None])["log10_spectral"]
    torch.testing.assert_close(of_the_map, of_the_matrix, atol=1e-9, rtol=0)


def test_operator_norm_of_a_mean_filter():
    # The largest singular values of a smoothing filter lie close together: there a power iteration stalls.
    kernel = torch.full((1, 1, 3, 3), 1 / 9, dtype=torch.float64)
    norm = operator_norms(kernel[None], Convolution((24, 24), (1, 1), (1, 1))).item()
    # eigenvalues of the zero-padded 3-point mean on n points: (1 + 2 cos(k pi / (n + 1))) / 3
    assert norm == pytest.approx(((1 + 2 * math.cos(math.pi / 25)) / 3) ** 2, rel=1e-9)


def test_operator_norm_of_zero_is_zero():
    assert operator_norms(torch.zeros(1, 2, 2, 3, 3), Convolution((4, 4), (1, 1), (1, 1))) == 0


def test_operator_norms_of_a_stack_are_those_alone_and_nan_for_broken_weights():
    where = Convolution((5, 6), (2, 1), (1, 1))
    kernels = torch.randn(4, 3, 2, 3, 3, generator=torch.Generator().manual_seed(1))
    kernels[1] = 0
    kernels[2, 0, 0, 0, 0] = torch.inf
    together = operator_norms(kernels, where)
    alone = torch.cat([operator_norms(kernel[None], where) for kernel in kernels])
    torch.testing.assert_close(together, alone, rtol=1e-12, atol=0, equal_nan=True)
    assert together.isnan().tolist() == [False, False, True, False]


def test_a_network_folds_its_batch_norms():
    model = build_model("ResNet", {"blocks": [1], "widths": [4]}, (1, 6, 6), 3, seed=0)
    norm = model[1]
    with torch.no_grad():
        norm.weight.copy_(torch.tensor([1.0, 2.0, -3.0, 4.0]))
        norm.running_var.copy_(torch.tensor([1.0, 4.0, 9.0, 0.25]))
    layers = weight_layers(model, (1, 6, 6))
    found = network_statistics(layers, {name: tensor[None] for name, tensor in model.state_dict().items()})
    scale = np.array([1.0, 2.0, -3.0, 4.0]) / np.sqrt(np.array([1.0, 4.0, 9.0, 0.25]) + norm.eps)
    matrix = model[0].weight.detach().double().numpy().reshape(4, -1) * scale[:, None]
    expected = np.log10(np.linalg.svd(matrix, compute_uv=False)[0])
    assert found[0]["log10_spectral_bn"].item() == pytest.approx(expected, rel=1e-12)
    assert found[0]["row_sum_bn"].item() == pytest.approx(np.linalg.norm(matrix, axis=1).sum(), rel=1e-12)
    assert found[-1]["log10_spectral_bn"] == found[-1]["log10_spectral"]
    assert found[0]["log10_spectral_operator"].isnan() and not found[-1]["log10_spectral_operator"].isnan()
