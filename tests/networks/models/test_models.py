import math
import re
import shutil
import subprocess
import sys

import pytest
import torch
from harness.paths import CONFIG, LIBRARY
from torch import nn
from torch.func import functional_call, stack_module_state, vmap

from scaling.core.errors import BadInput
from scaling.networks.build import build_model
from scaling.networks.layers import weight_layers
from scaling.networks.models import FAMILIES
from scaling.networks.plan.operations import count

MNIST, CIFAR = (1, 28, 28), (3, 32, 32)
# Numbers of parameters of the paper's networks (App. G, the authors' published code).
PAPER = {
    "CNN_MNIST": 12_943_370,
    "CNN_CIFAR10": 16_876_106,
    "CNN_CIFAR100": 35_682_532,
    "ResNet_MNIST": 701_178,
    "ResNet_CIFAR10": 11_173_962,
    "ResNet_CIFAR100": 21_328_292,
    "ViT_MNIST": 803_338,
    "ViT_CIFAR10": 2_693_578,
    "ViT_CIFAR100": 4_794_212,
}
SMALL = {
    "CNN": {"stages": [[4], [8], []], "fully_connected": [16], "dropout": 0.0},
    "ResNet": {"blocks": [1, 1], "widths": [4, 8]},
    "ViT": {"patch": 2, "dim": 16, "depth": 2, "heads": 2, "mlp_ratio": 2},
}


def small(family, image_shape=(1, 8, 8), **options):
    return build_model(family, SMALL[family], image_shape, 10, **({"seed": 1} | options))


@pytest.mark.parametrize("cell", PAPER)
def test_networks_of_the_paper_preset_have_their_number_of_parameters(cell):
    settings = CONFIG["presets"]["paper"]["cells"][cell]
    dataset = settings["dataset"]
    with torch.device("meta"):  # the count needs no weights
        model = FAMILIES.load(settings["family"]).build(
            MNIST if dataset == "MNIST" else CIFAR, 100 if dataset == "CIFAR100" else 10, **settings["sizes"]
        )
    assert sum(parameter.numel() for parameter in model.parameters()) == PAPER[cell]


@pytest.mark.parametrize("family", SMALL)
@pytest.mark.parametrize("image_shape", [(1, 8, 8), (1, 14, 14), (3, 12, 8)])
def test_output_shape(family, image_shape):
    model = small(family, image_shape)
    assert model(torch.rand(3, *image_shape)).shape == (3, 10)


@pytest.mark.parametrize("family", SMALL)
def test_initial_weights_come_from_the_seed_alone(family):
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    first = small(family).state_dict()
    assert torch.equal(torch.random.get_rng_state(), before)
    torch.rand(3)
    second, other = small(family).state_dict(), small(family, seed=2).state_dict()
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert not all(torch.equal(first[key], other[key]) for key in first)


@pytest.mark.parametrize("family", SMALL)
def test_init_scale_acts_on_conv_and_linear_weights_only(family):
    plain, scaled = small(family), small(family, init_scale=0.25)
    matrices = {layer.name + ".weight" for layer in weight_layers(plain, (1, 8, 8))}
    changed = {"bias": 0, "weight": 0}
    for (name, before), after in zip(plain.state_dict().items(), scaled.state_dict().values(), strict=True):
        factor = 0.25 if name in matrices else 1
        assert torch.equal(after, before * factor), name
        changed["weight" if name in matrices else "bias"] += 1
    assert changed["weight"] >= 4 and changed["bias"] >= 2


def test_cnn_has_the_default_initialisation_of_pytorch():
    model = build_model("cnn", {"stages": [[64, 64]], "fully_connected": [64]}, (1, 8, 8), 10, seed=1)
    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            weight = module.weight.detach()
            bound = 1 / math.sqrt(weight[0].numel())  # uniform in +-1/sqrt(fan_in)
            assert weight.abs().max() <= bound and module.bias.abs().max() <= bound
            assert weight.std() == pytest.approx(bound / math.sqrt(3), rel=0.1)


@pytest.mark.parametrize("stages", [[[4, 4], [8]], [[4], [8], []], [[4], [], [8]], [[], [4], [4]]])
def test_cnn_pools_before_the_relu_with_the_same_bits(stages):
    """As after it, as the paper has it: scores and gradients. The convolutions keep their places and names."""
    network = build_model("CNN", {"stages": stages, "fully_connected": [16]}, (1, 12, 12), 10, seed=1)
    layers = list(network)
    for place in range(1, len(layers)):
        if isinstance(layers[place], nn.ReLU) and isinstance(layers[place - 1], nn.MaxPool2d):
            before = place - 1
            while before and isinstance(layers[before - 1], nn.MaxPool2d):
                before -= 1
            layers.insert(before, layers.pop(place))
    usual = nn.Sequential(*layers)
    assert [type(module) for module in usual] != [type(module) for module in network]
    images = torch.randn(64, 1, 12, 12, generator=torch.Generator().manual_seed(0)).mul(3).round()  # with ties
    labels = torch.arange(64) % 10
    found = []
    for model in (network, usual):
        scores = model(images)
        gradients = torch.autograd.grad(nn.functional.cross_entropy(scores, labels), list(model.parameters()))
        found.append([scores, *gradients])
    assert all(torch.equal(one, other) for one, other in zip(*found, strict=True))


def test_cnn_dropout_acts_in_training_only():
    model = build_model("cnn", {"stages": [[4]], "fully_connected": [64], "dropout": 0.5}, (1, 8, 8), 10, seed=1)
    images = torch.rand(2, 1, 8, 8)
    assert not torch.equal(model(images), model(images))
    model.eval()
    assert torch.equal(model(images), model(images))
    assert sum(isinstance(module, nn.Dropout) for module in model.modules()) == 1


def test_resnet_initialisation():
    model = build_model("ResNet", {"blocks": [1, 1], "widths": [64, 128]}, (3, 8, 8), 100, seed=1)
    for layer in weight_layers(model, (3, 8, 8)):
        weight = layer.module.weight.detach()
        if layer.kind == "linear":
            assert weight.std() == pytest.approx(0.01, rel=0.05) and not layer.module.bias.any()
        else:
            fan_out = weight.shape[0] * weight[0, 0].numel()
            assert weight.std() == pytest.approx(math.sqrt(2 / fan_out), rel=0.06)
            assert layer.module.bias is None


def test_vit_initialisation():
    model = build_model("ViT", {"patch": 4, "dim": 64, "depth": 1, "heads": 2}, (3, 32, 32), 100, seed=1)
    for layer in weight_layers(model, (3, 32, 32)):
        weight = layer.module.weight.detach()
        assert not layer.module.bias.any()
        if layer.kind == "conv":
            assert weight.std() == pytest.approx(math.sqrt(2 / (3 * 4 * 4)), rel=0.06)
        else:
            bound = math.sqrt(6 / sum(weight.shape))
            assert weight.abs().max() <= bound
            assert weight.std() == pytest.approx(bound / math.sqrt(3), rel=0.06)
    assert model.positions.shape == (1, 65, 64)
    assert model.positions.detach().std() == pytest.approx(0.02, rel=0.05)
    assert 0.01 < model.class_token.std() < 0.03


def test_attention_is_the_one_of_pytorch():
    model = small("ViT")
    attention = model.blocks[0].attention
    reference = nn.MultiheadAttention(16, 2, batch_first=True)
    with torch.no_grad():
        layers = (attention.query, attention.key, attention.value)
        reference.in_proj_weight.copy_(torch.cat([layer.weight for layer in layers]))
        reference.in_proj_bias.zero_()
        reference.out_proj.load_state_dict(attention.out.state_dict())
    tokens = torch.randn(3, 5, 16)
    torch.testing.assert_close(attention(tokens, tokens), reference(tokens, tokens, tokens)[0], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_the_last_block_of_a_vit_leaves_out_only_what_no_score_needs(depth):
    """Scores and gradients are those of all blocks on all tokens."""
    model = build_model("ViT", {"patch": 2, "dim": 16, "depth": depth, "heads": 2}, (1, 8, 8), 3, seed=1).double()
    images = torch.randn(5, 1, 8, 8, dtype=torch.float64)
    patches = model.embedding(images).flatten(2).transpose(1, 2)
    tokens = torch.cat([model.class_token.expand(5, -1, -1), patches], dim=1) + model.positions
    scores = model.output(model.norm(model.blocks(tokens))[:, 0])
    torch.testing.assert_close(model(images), scores)
    weights = list(model.parameters())
    ours, all_of_them = (torch.autograd.grad(found.square().sum(), weights) for found in (model(images), scores))
    torch.testing.assert_close(ours, all_of_them)


def test_resnet_is_the_one_of_torchvision():
    """The same weights in torchvision's ResNet-18, its stem made small, give the same scores."""
    from scaling.networks.data.torchvision_import import torchvision

    ours = build_model("ResNet", {"blocks": [2, 2, 2, 2], "widths": [64, 128, 256, 512]}, CIFAR, 10, seed=1).eval()
    theirs = torchvision.models.resnet18(num_classes=10).eval()
    theirs.conv1, theirs.maxpool = nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.Identity()

    # torchvision defines a block's layers in our order (conv1 bn1 conv2 bn2 downsample), under other names.
    theirs.load_state_dict(dict(zip(theirs.state_dict(), ours.state_dict().values(), strict=True)))
    images = torch.rand(2, *CIFAR)
    with torch.no_grad():
        torch.testing.assert_close(ours(images), theirs(images))


@pytest.mark.parametrize("family", SMALL)
def test_a_block_of_networks_under_vmap_agrees_with_one_by_one(family):
    models = [small(family, seed=seed) for seed in (1, 2, 3)]
    parameters, buffers = stack_module_state(models)
    images = torch.rand(3, 5, 1, 8, 8)
    skeleton = small(family)

    def loss(parameters, buffers, images):
        return functional_call(skeleton, (parameters, buffers), (images,)).square().mean()

    gradients = vmap(torch.func.grad(loss))(parameters, buffers, images)
    for i, model in enumerate(models):
        model(images[i]).square().mean().backward()
        for name, parameter in model.named_parameters():
            torch.testing.assert_close(gradients[name][i], parameter.grad, rtol=1e-4, atol=1e-6)
        for name, buffer in model.named_buffers():
            torch.testing.assert_close(buffers[name][i], buffer)


def test_weight_layers_of_the_cnn():
    layers = weight_layers(small("CNN"), (1, 8, 8))
    assert [(layer.kind, tuple(layer.module.weight.shape), layer.input_size) for layer in layers] == [
        ("conv", (4, 1, 3, 3), (8, 8)),
        ("conv", (8, 4, 3, 3), (4, 4)),
        ("linear", (16, 32), None),
        ("linear", (10, 16), None),
    ]
    assert all(layer.batch_norm is None and layer.batch_norm_name is None for layer in layers)


def test_weight_layers_of_the_resnet_know_their_batch_norms():
    model = small("ResNet")
    model.train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    layers = weight_layers(model, (1, 8, 8))
    assert model.training and all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert [(layer.name, layer.batch_norm_name, layer.input_size) for layer in layers] == [
        ("0", "1", (8, 8)),
        ("3.conv1", "3.norm1", (8, 8)),
        ("3.conv2", "3.norm2", (8, 8)),
        ("4.conv1", "4.norm1", (8, 8)),
        ("4.conv2", "4.norm2", (4, 4)),
        ("4.shortcut.0", "4.shortcut.1", (8, 8)),
        ("7", None, None),
    ]
    assert layers[0].batch_norm is model[1]


def test_weight_layers_of_the_vit_count_attention_as_four_matrices():
    layers = weight_layers(small("ViT"), (1, 8, 8))
    assert [layer.name for layer in layers] == [
        "embedding",
        *(
            f"blocks.{block}.{name}"
            for block in (0, 1)
            for name in ("attention.query", "attention.key", "attention.value", "attention.out", "mlp.0", "mlp.2")
        ),
        "output",
    ]


PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from scaling.networks.build import build_model
from scaling.networks.layers import weight_layers
from scaling.networks.models import FAMILIES
assert "narrow" in FAMILIES.names()
model = build_model("Narrow", {"width": 3}, (1, 2, 2), 5, seed=1)
print([tuple(layer.module.weight.shape) for layer in weight_layers(model, (1, 2, 2))])
"""


def test_a_new_family_is_one_new_file(tmp_path):
    """In a copy of the library; nothing else in it names the family."""
    shutil.copytree(LIBRARY, tmp_path / "scaling")
    (tmp_path / "scaling/networks/models/narrow.py").write_text(
        "from torch import nn\n"
        "def build(image_shape, classes, width):\n"
        "    c, h, w = image_shape\n"
        "    return nn.Sequential(nn.Flatten(), nn.Linear(c * h * w, width), nn.Linear(width, classes))\n"
    )
    result = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=False)
    assert result.stdout == "[(3, 4), (5, 3)]\n", result.stderr


def test_families():
    assert FAMILIES.names() == ["cnn", "gpt", "linear", "mlp", "resnet", "vit"]


@pytest.mark.parametrize(
    ("family", "sizes", "message"),
    [
        ("RNN", {}, "family 'RNN' is not one of cnn, gpt, linear, mlp, resnet, vit"),
        ("build", {}, "family 'build' is not one of"),
        (
            "CNN",
            {"chanels": [4]},
            "sizes.chanels: CNN has no such size; allowed: stages, fully_connected, d",
        ),
        ("CNN", {"stages": ["x"]}, "sizes.stages: must be a list, got 'x'"),
        ("CNN", {"stages": [[4], ["x"]]}, "sizes.stages: must be whole numbers, 1 or more, got 'x'"),
        ("CNN", {"stages": 4}, "sizes.stages: must be a list, got 4"),
        ("CNN", {"fully_connected": [0]}, "sizes.fully_connected: must be whole numbers, 1 or more, got 0"),
        ("CNN", {"stages": [[4], [], [], [], []]}, "5 are too many for images of 8x8"),
        ("CNN", {"dropout": 2.0}, "sizes.dropout: must be at least 0 and less than 1, got 2.0"),
        ("ResNet", {"blocks": [1], "widths": [4, 8]}, "must name the same stages"),
        ("ViT", {"patch": 3}, "sizes.patch: 3 does not divide images of 8x8"),
        ("ViT", {"heads": 5}, "sizes.heads: 5 does not divide dim = 192"),
        ("ViT", {"patch": 0}, "sizes.patch: must be whole numbers, 1 or more, got 0"),
        ("ViT", {"depth": -1}, "sizes.depth: must be whole numbers, 0 or more, got -1"),
        ("ResNet", {"blocks": [], "widths": []}, "must name the same stages, one or more"),
        ("ResNet", {"blocks": [1.5], "widths": [4]}, "sizes.blocks: must be whole numbers, 1 or more, got 1.5"),
    ],
)
def test_a_bad_size_is_named(family, sizes, message):
    with pytest.raises(BadInput, match=re.escape(message)) as problem:
        build_model(family, sizes, (1, 8, 8), 10, seed=1)
    assert "\n" not in str(problem.value)
    if family not in ("GPT", "build"):  # and the plan says it as well, from the sizes alone
        with pytest.raises(BadInput, match=re.escape(str(problem.value))):
            count(family, sizes, (1, 8, 8), 10)
