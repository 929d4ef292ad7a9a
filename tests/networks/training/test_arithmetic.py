"""Threads and precision: float32 unless something else is asked for, and then that."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from harness.training import CNN, RESNET, VIT, bits, images, subsets

from scaling.networks.training.arithmetic import RoundedFactors, arithmetic, exact_products, rounded
from scaling.networks.training.block import train_block
from scaling.networks.training.engines import make_engine
from scaling.networks.training.images import DeviceImages

ENGINES = ["single", "stacked"]
NO_DROPOUT = [replace(CNN, sizes={"stages": [[4]], "fully_connected": [8]}), RESNET, VIT]
NAMES = {"ids": lambda spec: spec.family}


@pytest.fixture
def train(tmp_path):
    def call(spec, folder, *seeds, **options):
        return train_block(images(), subsets(*seeds), spec, tmp_path / folder, device="cpu", **options)

    return call


def losses(tables):
    return np.array(tables.epochs["train_loss"])


# ----------------------------------------------------------------------------------------------- rounding


def test_ten_bits_of_the_mantissa_are_kept():
    step = 2.0**-10
    given = [1 + 0.49 * step, 1 + 0.5 * step, 1 + 0.51 * step, -1 - 0.5 * step, 3.0, 0.0, np.inf, -np.inf]
    expected = [1.0, 1 + step, 1 + step, -1 - step, 3.0, 0.0, np.inf, -np.inf]
    assert torch.equal(rounded(torch.tensor(given)), torch.tensor(expected))
    assert rounded(torch.tensor(np.nan)).isnan()


def test_rounding_is_to_the_nearest_of_all_such_numbers():
    numbers = torch.randn(10_000, generator=torch.Generator().manual_seed(0))
    mantissa, exponent = torch.frexp(numbers.double())  # mantissa in [1/2, 1): 11 bits with the leading one
    expected = torch.ldexp((mantissa * 2**11).round(), exponent - 11)
    assert torch.equal(rounded(numbers).double(), expected)


def products(x, w, kernel, picture):
    """A loss by way of every kind of product."""
    flat = torch.nn.functional.linear(x, w, w[:, 0]) @ w
    batched = torch.baddbmm(x[None], x[None], w[None]) @ x.T
    convolved = torch.nn.functional.conv2d(picture, kernel, padding=1)
    return flat.square().sum() + batched.square().sum() + convolved.square().sum()


def test_the_factors_of_forward_and_backward_products_are_rounded_and_nothing_else():
    generator = torch.Generator().manual_seed(0)
    given = [torch.randn(*shape, generator=generator) for shape in ((4, 4), (4, 4), (3, 2, 3, 3), (2, 2, 5, 5))]
    kept = [rounded(tensor) for tensor in given]
    exact, rough = [], []
    for found, context in ((exact, torch.no_grad), (rough, RoundedFactors)):
        with context():
            found.append(kept[0] @ kept[1])
            found.append(torch.nn.functional.conv2d(kept[3], kept[2], padding=1))
            found.append(given[0] + given[1])
            found.append(given[0].double() @ given[1].double())
    assert all(torch.equal(one, other) for one, other in zip(exact, rough, strict=True))
    with RoundedFactors():
        assert torch.equal(given[0] @ given[1], kept[0] @ kept[1])
        leaves = [tensor.clone().requires_grad_() for tensor in given]
        gradients = torch.autograd.grad(products(*leaves), leaves)
    leaves = [tensor.clone().double().requires_grad_() for tensor in given]
    truth = torch.autograd.grad(products(*leaves), leaves)
    for gradient, true in zip(gradients, truth, strict=True):
        assert 1e-5 < (gradient - true).norm() / true.norm() < 3e-3


def test_every_product_of_a_step_is_one_of_those_that_are_rounded():
    """So that no factor is forgotten: the names of all operations of a step that multiply matrices."""
    from harness.training import Watched, batches, engine_of

    from scaling.networks.training.arithmetic import FACTORS

    known = {function.name().split("::")[1].split(".")[0] for function in FACTORS}
    seen = set()
    for spec in (CNN, RESNET, VIT):
        for engine in ENGINES:
            made = engine_of(replace(spec, engine=engine))
            with Watched() as watched:
                made.train_step(*next(batches(spec, made.runs)))
            seen |= watched.names
    multiplies = {
        name
        for name in seen
        if any(part in name for part in ("mm", "mv", "conv", "matmul", "linear", "dot", "attention"))
    }
    assert multiplies <= known and {"convolution", "addmm", "bmm"} <= multiplies


# ----------------------------------------------------------------------------------------------- training


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("spec", NO_DROPOUT, **NAMES)
def test_a_precision_is_used_where_it_is_asked_for(train, spec, engine):
    """Each has numbers of its own, the same again, and losses off by about the 2^-9 and 2^-12 of its bits at most."""

    def tables(folder):
        return {
            precision: train(replace(spec, engine=engine, precision=precision), f"{folder} {precision}", 1)
            for precision in ("float32", "tf32", "bf16")
        }

    found, again = tables("found"), tables("again")
    assert bits(found) == bits(again)
    assert len(set(map(bits, found.values()))) == 3
    for precision, most in (("tf32", 0.002), ("bf16", 0.02)):
        assert np.abs(losses(found[precision])[:3] / losses(found["float32"])[:3] - 1).max() < most


def test_processes_use_it_too(train):
    spec = replace(NO_DROPOUT[0], engine="single", precision="tf32")
    assert bits(train(spec, "processes", 1, 2, workers=2)) == bits(train(spec, "one", 1, 2))


@pytest.mark.parametrize("precision", ["bf16", "tf32"])
def test_the_weights_are_float32(tmp_path, train, precision):
    train(replace(CNN, precision=precision), "kept", 1, keep_weights=True)
    weights = torch.load(tmp_path / "kept/seed1.pt", weights_only=True)["state"]["engine"]["model"]
    assert all(weight.dtype == torch.float32 for weight in weights.values())
    assert any((weight != weight.bfloat16()).any() and (weight != rounded(weight)).any() for weight in weights.values())


def tf32_flags():
    """What PyTorch's kernels read; the older names too, which it refuses to read if they say otherwise."""
    matmul, cudnn = torch.backends.cuda.matmul, torch.backends.cudnn
    flags = [matmul.allow_tf32, cudnn.allow_tf32]
    if hasattr(matmul, "fp32_precision"):
        assert [owner.fp32_precision == "tf32" for owner in (matmul, cudnn.conv, cudnn.rnn)] == [*flags, flags[1]]
    return flags


@pytest.mark.parametrize(("precision", "allowed"), [("float32", False), ("tf32", True), ("bf16", True)])
def test_a_gpu_may_use_tf32_only_where_it_is_asked_for(precision, allowed):
    before = tf32_flags()
    with arithmetic(replace(CNN, precision=precision), "cuda"):
        assert tf32_flags() == [allowed, allowed]
        with exact_products(torch.device("cuda")):
            assert tf32_flags() == [False, False]
        assert tf32_flags() == [allowed, allowed]
    assert tf32_flags() == before


@pytest.mark.skipif(not hasattr(torch.backends.cuda.matmul, "fp32_precision"), reason="an older PyTorch")
def test_flags_that_a_user_has_set_by_the_newer_names_are_kept():
    """PyTorch refuses to read the older names then."""
    owners = torch.backends.cuda.matmul, torch.backends.cudnn.conv, torch.backends.cudnn.rnn
    before = [owner.fp32_precision for owner in owners]
    chosen = ["tf32", "ieee", "tf32"]
    try:
        for owner, precision in zip(owners, chosen, strict=True):
            owner.fp32_precision = precision
        with arithmetic(CNN, "cuda"):
            assert tf32_flags() == [False, False]
        assert [owner.fp32_precision for owner in owners] == chosen
    finally:
        torch.backends.cuda.matmul.allow_tf32 = before[0] == "tf32"
        torch.backends.cudnn.allow_tf32 = before[1] == "tf32"
        for owner, precision in zip(owners, before, strict=True):
            owner.fp32_precision = precision


def test_convolutions_of_a_gpu_are_deterministic_unless_speed_is_all_that_counts():
    assert not torch.backends.cudnn.deterministic
    with arithmetic(CNN, "cuda"):
        assert torch.backends.cudnn.deterministic
    with arithmetic(CNN, "cuda", deterministic=False):
        assert not torch.backends.cudnn.deterministic
    assert not torch.backends.cudnn.deterministic


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("precision", ["bf16", "tf32"])
@pytest.mark.parametrize("spec", NO_DROPOUT, **NAMES)
def test_scores_are_computed_in_float32_whatever_the_training(spec, precision, engine):
    """The same weights then have the same errors and losses, bit for bit."""
    found = []
    for spoken in ("float32", precision):
        chosen = replace(spec, precision=spoken, engine=engine)
        with arithmetic(chosen, "cpu"):
            made = make_engine(engine, chosen, DeviceImages(images(), spec, torch.device("cpu")), 3, [1])
            found.append(made.evaluate(torch.arange(40)[None]))
            batch = made.examples.training_batch(torch.arange(16), None)
            found.append(made.scores(batch if engine == "single" else batch[None]))
    assert torch.equal(found[0], found[2])
    assert not torch.equal(found[1], found[3])


def test_a_cpu_uses_one_thread_and_counts_tiny_numbers_as_zero():
    before, tiny = torch.get_num_threads(), torch.tensor([1e-30])
    with arithmetic(CNN, "cpu"):
        assert torch.get_num_threads() == 1 and (tiny * 1e-10).item() == 0
    assert torch.get_num_threads() == before and (tiny * 1e-10).item() > 0
