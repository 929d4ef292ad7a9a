"""Families for other examples than images: mlp, linear, gpt."""

import pytest
import torch
from torch import nn

from scaling.core.errors import BadInput
from scaling.networks.build import build_model
from scaling.networks.layers import weight_layers
from scaling.networks.norms.layers import network_statistics
from scaling.networks.shape import Shape

EVERY, LAST, VECTOR = Shape((6,), "tokens", 6), Shape((6,), "tokens"), Shape((3,), "vectors")
GPT = {"dim": 8, "heads": 2, "depth": 2}


def some(shape, alphabet=5, n=3):
    generator = torch.Generator().manual_seed(0)
    if shape.kind == "tokens":
        return torch.randint(0, alphabet, (n, *shape), generator=generator)
    return torch.randn(n, *shape, generator=generator)


def build(family, shape, sizes=None, outputs=5, **options):
    return build_model(family, sizes or {}, shape, outputs, seed=1, **options).eval()


@pytest.mark.parametrize(
    ("family", "shape", "sizes", "scores"),
    [
        ("gpt", EVERY, GPT, (3, 6, 5)),
        ("gpt", LAST, GPT, (3, 5)),
        ("mlp", LAST, {"hidden": [4, 4], "embedding": 2}, (3, 5)),
        ("mlp", VECTOR, {"hidden": []}, (3, 5)),
        ("mlp", Shape((2, 3, 3)), {"hidden": [4]}, (3, 5)),
        ("linear", LAST, {}, (3, 5)),
        ("linear", VECTOR, {}, (3, 5)),
        ("linear", Shape((2, 3, 3)), {}, (3, 5)),
    ],
)
def test_scores_of_every_kind_of_example(family, shape, sizes, scores):
    model = build(family, shape, sizes)
    assert model(some(shape)).shape == scores
    assert len(weight_layers(model, shape, 5, family)) > 0


def test_a_character_sees_only_those_before_it():
    model, tokens = build("gpt", EVERY, GPT), some(EVERY)
    changed = tokens.clone()
    changed[:, 4] = (changed[:, 4] + 1) % 5
    before, after = model(tokens), model(changed)
    assert torch.equal(before[:, :4], after[:, :4])
    assert (before[:, 4:] != after[:, 4:]).any(2).all(), "and those after it do see it"


def test_the_last_character_is_the_last_of_every():
    every, last = build("gpt", EVERY, GPT), build("gpt", LAST, GPT)
    last.load_state_dict(every.state_dict())
    torch.testing.assert_close(last(some(LAST)), every(some(EVERY))[:, -1])


def test_attention_is_torchs():
    attention = build("gpt", EVERY, GPT).blocks[0].attention
    torchs = nn.MultiheadAttention(8, 2, batch_first=True)
    parts = (attention.query, attention.key, attention.value)
    with torch.no_grad():
        torchs.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
        torchs.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
        torchs.out_proj.load_state_dict(attention.out.state_dict())
        states = torch.randn(3, 6, 8, generator=torch.Generator().manual_seed(0))
        mask = nn.Transformer.generate_square_subsequent_mask(6)
        wanted, _ = torchs(states, states, states, attn_mask=mask, need_weights=False)
        torch.testing.assert_close(attention(states), wanted)


def test_the_linear_model_of_a_text_is_a_matrix_on_ones_and_zeros():
    model, tokens = build("linear", LAST), some(LAST)
    ones = nn.functional.one_hot(tokens, 5).float().flatten(1)
    torch.testing.assert_close(model(tokens), ones @ model.table.weight + model.bias)


def test_which_parameters_are_matrices():
    layers = weight_layers(build("gpt", EVERY, GPT), EVERY, 5)
    blocks = ("attention.query", "attention.key", "attention.value", "attention.out", "mlp.0", "mlp.2")
    assert [layer.name for layer in layers] == [
        "embedding",
        *(f"blocks.{block}.{name}" for block in (0, 1) for name in blocks),
        "output",
    ]
    assert layers[0].kind == "embedding" and layers[0].matrix.shape == (8, 5), "its input is a one and zeros"
    assert "positions" in {name for name, *_ in layers.left_out}
    (layer,) = weight_layers(build("linear", LAST), LAST, 5)
    assert layer.matrix.shape == (5, 30)


@pytest.mark.parametrize(("family", "shape"), [("gpt", EVERY), ("mlp", LAST), ("linear", LAST), ("mlp", VECTOR)])
def test_the_init_scale_acts_on_every_matrix(family, shape):
    def spectral(scale):
        model = build(family, shape, init_scale=scale)
        state = {name: tensor[None] for name, tensor in model.state_dict().items()}
        return torch.cat([layer["log10_spectral"] for layer in network_statistics(weight_layers(model, shape), state)])

    difference = spectral(1.0) - spectral(0.1)
    torch.testing.assert_close(difference, torch.ones_like(difference), rtol=0, atol=1e-6)


def test_scores_of_another_shape_are_one_line():
    with pytest.raises(
        BadInput, match=r"scores of shape \[1, 5\] for 1 example\(s\) of 5 outputs; .*\[examples, 6, 5\]"
    ):
        weight_layers(build("gpt", LAST, GPT), EVERY, 5)
