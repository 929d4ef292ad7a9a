"""Models of somebody's own, by their names: what is trained is what he wrote, and a mistake names its line."""

import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from harness.training import CNN, images, subsets

from scaling.core.errors import BadInput
from scaling.core.fingerprint import fingerprint
from scaling.networks.build import build_model
from scaling.networks.families import check_family, find_build, fingerprinted
from scaling.networks.plan.counter import count_by_building
from scaling.networks.training.block import train_block

FROZEN = """
from torch import nn
def build(image_shape, classes, hidden=12):
    c, h, w = image_shape
    first = nn.Linear(c * h * w, hidden)
    first.requires_grad_(False)
    return nn.Sequential(nn.Flatten(), first, nn.ReLU(), nn.Linear(hidden, classes))
"""
BN = """
from torch import nn
def build(image_shape, classes, **options):
    c, h, w = image_shape
    # No bias before the normalisation: its gradient is zero but for rounding, and Adam would walk along the rounding.
    first = nn.Linear(c * h * w, 8, bias=False)
    return nn.Sequential(nn.Flatten(), first, nn.BatchNorm1d(8, **options), nn.Linear(8, classes))
"""
TIED = """
from torch import nn
def build(image_shape, classes, hidden=12):
    c, h, w = image_shape
    a, b = nn.Linear(hidden, hidden), nn.Linear(hidden, hidden)
    b.weight = a.weight
    first, last = nn.Linear(c * h * w, hidden), nn.Linear(hidden, classes)
    return nn.Sequential(nn.Flatten(), first, a, nn.ReLU(), b, nn.ReLU(), last)
"""
SPECTRAL = """
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm
def build(image_shape, classes):
    c, h, w = image_shape
    return nn.Sequential(nn.Flatten(), spectral_norm(nn.Linear(c * h * w, 9)), nn.ReLU(), nn.Linear(9, classes))
"""
LSTM = """
from torch import nn
class Net(nn.Module):
    def __init__(self, columns, classes):
        super().__init__()
        self.rnn, self.head = nn.LSTM(columns, 5, batch_first=True), nn.Linear(5, classes)
    def forward(self, images):
        return self.head(self.rnn(images[:, 0])[0][:, -1])
def build(image_shape, classes):
    return Net(image_shape[2], classes)
"""


def model(folder, text, name="net.py"):
    (folder / name).write_text(text)
    return str(folder / name)


def trained(folder, text, engine, P=40, **options):
    spec = replace(CNN, family=model(folder, text), sizes={}, epochs=3, log_points=3, engine=engine, **options)
    return train_block(images(), subsets(1, 2, P=P), spec, folder / engine, device="cpu")


def of_layer(tables, name, key="log10_spectral"):
    return [value for value, layer in zip(tables.layers[key], tables.layers["name"], strict=True) if layer == name]


@pytest.mark.parametrize("optimizer", ["Adam", "AdamW", "SGD"])
@pytest.mark.parametrize("engine", ["single", "stacked", "streams"])
def test_a_frozen_layer_stays_as_it_is_and_counts(tmp_path, engine, optimizer):
    tables = trained(tmp_path, FROZEN, engine, optimizer=optimizer, weight_decay=0.1, init_scale=0.5)
    seed = np.array(tables.layers["seed"])[np.array(tables.layers["name"]) == "1"]
    for run in (1, 2):
        kept = np.array(of_layer(tables, "1"))[seed == run]
        moved = np.array(of_layer(tables, "3"))[seed == run]
        assert len(set(kept)) == 1 and len(set(moved)) > 1


@pytest.mark.parametrize("text", [FROZEN, TIED, BN], ids=["frozen", "tied", "batch norm"])
def test_the_engines_agree_on_models_of_all_kinds(tmp_path, text):
    single, stacked = (trained(tmp_path, text, engine, init_scale=1.0) for engine in ("single", "stacked"))
    assert single.layers["name"] == stacked.layers["name"]
    for key in ("log10_spectral", "row_sum", "fro2", "log10_spectral_bn"):
        np.testing.assert_allclose(single.layers[key], stacked.layers[key], rtol=2e-4)
    np.testing.assert_allclose(single.epochs["test_loss"], stacked.epochs["test_loss"], rtol=1e-3)


@pytest.mark.parametrize("engine", ["single", "stacked"])
def test_runs_go_on_from_their_checkpoints(tmp_path, engine):
    """Frozen, tied and parametrized weights are all in a checkpoint."""
    for text in (FROZEN, TIED, *([SPECTRAL] if engine == "single" else [])):
        spec = replace(CNN, family=model(tmp_path, text), sizes={}, epochs=2, log_unit="epochs", engine=engine)
        folder = tmp_path / f"{engine}{hash(text)}"
        train_block(images(), subsets(1, 2), spec, folder, device="cpu", keep_weights=True)
        longer = train_block(images(), subsets(1, 2), replace(spec, epochs=4, log_points=50), folder, device="cpu")
        fresh = train_block(
            images(), subsets(1, 2), replace(spec, epochs=4, log_points=50), tmp_path / "f", device="cpu"
        )
        assert repr(longer.epochs) == repr(fresh.epochs)
        for file in (tmp_path / "f").iterdir():
            file.unlink()


def test_what_cannot_be_trained_is_one_line(tmp_path):
    with pytest.raises(BadInput, match="batch of one of P = 33 images"):
        trained(tmp_path, BN, "single", P=33)
    with pytest.raises(BadInput, match="batch of one of P = 33 images"):
        trained(tmp_path, BN, "stacked", P=33)
    with pytest.raises(BadInput, match=r"stacked cannot train .*allowed for it: single"):
        trained(tmp_path, LSTM, "stacked")
    assert len(of_layer(trained(tmp_path, LSTM, "single"), "rnn.weight_ih_l0.forget")) > 0
    all_frozen = FROZEN.replace("nn.Linear(hidden, classes)", "nn.Linear(hidden, classes).requires_grad_(False)")
    with pytest.raises(BadInput, match="no parameter is trained"):
        trained(tmp_path, all_frozen, "streams")
    with pytest.raises(BadInput, match=r"stacked cannot train .*allowed for it: single"):
        trained(tmp_path, SPECTRAL, "stacked")


BRANCH = """
from torch import nn
class Net(nn.Module):
    def __init__(self, pixels, classes):
        super().__init__()
        self.layer = nn.Linear(pixels, classes)
    def forward(self, images):
        scores = self.layer(images.flatten(1))
        if self.training:
            MISTAKE
        return scores
def build(image_shape, classes):
    c, h, w = image_shape
    return Net(c * h * w, classes)
"""


@pytest.mark.parametrize("engine", ["single", "stacked", "streams"])
def test_what_only_goes_wrong_in_training_is_one_line(tmp_path, engine):
    for mistake, line in (
        ("return scores, None", "in training the model returns a tuple; allowed: one tensor"),
        ("scores.flaten()", r"net\.py, line 10: AttributeError: 'Tensor' object has no attribute 'flaten'"),
        ("[][len(scores)]", r"net\.py, line 10: IndexError: list index out of range"),
    ):
        text = BRANCH.replace("MISTAKE", mistake)
        with pytest.raises(BadInput, match=line):
            trained(tmp_path, text, engine)
        with pytest.raises(BadInput, match=line):
            count_by_building(model(tmp_path, text), {}, (1, 6, 6), 3)
    all_frozen = FROZEN.replace("nn.Linear(hidden, classes)", "nn.Linear(hidden, classes).requires_grad_(False)")
    with pytest.raises(BadInput, match="no parameter is trained"):
        count_by_building(model(tmp_path, all_frozen), {}, (1, 6, 6), 3)


MISTAKES = {
    "raise SystemExit(3)\n": "line 1: SystemExit: 3",
    "x = '\0'\n": "null bytes",
    "from torch import nn\ndef build(image_shape, classes)\n    return 1\n": "line 2: expected ':'",
    "x = 1\n": "has no function build",
    "import not_there_at_all\ndef build(image_shape, classes): pass\n": "line 1: ModuleNotFoundError",
    "def build(image_shape, classes):\n    return 1 / 0\n": "line 2: ZeroDivisionError",
    "def build(image_shape, classes):\n    open('/not/there')\n": "line 2: FileNotFoundError",
    "def build(image_shape, classes):\n    return 3\n": "build gave a int; allowed: a torch.nn.Module",
    "def build(image_shape):\n    return 3\n": "TypeError",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_in_a_file_is_one_line_that_names_it(tmp_path, text):
    with pytest.raises(BadInput) as problem:
        build_model(model(tmp_path, text), {}, (1, 6, 6), 3, seed=1)
    assert MISTAKES[text] in str(problem.value) and "\n" not in str(problem.value)
    assert "net.py" in str(problem.value)


def test_a_function_of_a_module_and_of_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NETS", str(tmp_path))
    (tmp_path / "my_nets").mkdir()
    (tmp_path / "my_nets" / "Small.py").write_text(FROZEN.replace("build", "small"))
    for family in ("my_nets.Small:small", "my_nets/Small.py:small", "$NETS/my_nets/Small.py:small"):
        built = build_model(family, {"hidden": 7}, (1, 6, 6), 3, seed=1)
        assert built[1].out_features == 7
        (file,) = fingerprinted(family)
        assert file.endswith("my_nets/Small.py")
    (tmp_path / "Loud.PY").write_text(FROZEN)
    assert build_model("Loud.PY", {"hidden": 4}, (1, 6, 6), 3, seed=1)[1].out_features == 4
    (tmp_path / "mine.py").write_text(FROZEN)
    for family, line in (
        ("Mine.py", r"no such file .*; is it mine\.py\?"),
        ("mine", r"is not one of cnn.*; is it mine\.py\?"),
        ("my_nets.small:nothing", "no module my_nets.small"),
        ("nets.py", "no such file"),
        ("a/b", "is no model; allowed"),
        ("CNNN", "is not one of cnn"),
        ("timm:resnet18", "the package timm is not installed"),
    ):
        if family.startswith("timm") and "timm" in sys.modules:
            continue
        with pytest.raises(BadInput, match=line):
            check_family(family)
    with pytest.raises(BadInput, match=r"sizes\.width: .* has no such size; allowed: hidden"):
        build_model("my_nets/Small.py:small", {"width": 3}, (1, 6, 6), 3, seed=1)


@pytest.mark.parametrize("when", ["at once", "when it is called"])
def test_two_files_have_each_the_modules_of_its_own_folder(tmp_path, when):
    families = {}
    for folder, width in (("one", 5), ("two", 6)):
        (tmp_path / folder).mkdir()
        model(tmp_path / folder, f"width = {width}\n", "my_helper.py")
        text = FROZEN.replace("hidden=12", "hidden=None").replace("hidden)", "my_helper.width)", 1)
        text = text.replace("hidden, classes", "my_helper.width, classes")
        mark = "def" if when == "at once" else "    c, h, w"
        indent = "" if when == "at once" else "    "
        families[model(tmp_path / folder, text.replace(mark, f"{indent}import my_helper\n{mark}", 1))] = width
    for family, width in [*families.items()] * 2:
        assert build_model(family, {}, (1, 6, 6), 3, seed=1)[1].out_features == width
    one, two = (find_build(family).__module__ for family in families)
    assert one != two


def test_a_change_of_the_file_or_of_what_it_imports_is_another_training(tmp_path):
    (tmp_path / "helper.py").write_text("width = 3\n")
    file = model(tmp_path, "from torch import nn\nimport helper\n" + FROZEN)

    def code():
        for cached in ("_syntax", "_syntax_hash"):
            getattr(sys.modules["scaling.core.fingerprint"], cached).cache_clear()
        fingerprint.cache_clear()
        return fingerprint("networks/train_block", *fingerprinted(file))

    first = code()
    (tmp_path / "helper.py").write_text("width = 3  # a comment\n")
    assert code() == first
    (tmp_path / "helper.py").write_text("width = 4\n")
    assert code() != first


def test_torchvisions_models_fit_the_images():
    grey = build_model("torchvision:resnet18", {}, (1, 32, 32), 7, seed=1)
    assert grey(torch.zeros(2, 1, 32, 32)).shape == (2, 7)
    again = build_model("torchvision:ResNet18", {}, (3, 32, 32), 7, seed=1)
    torch.testing.assert_close(again.conv1.weight, grey.model.conv1.weight)
    for family, sizes, line in (
        ("torchvision:resnet19", {}, "torchvision has no model 'resnet19' .*near it: resnet18"),
        ("torchvision:resnet18", {"weights": "DEFAULT"}, "weights are drawn afresh"),
        ("torchvision:resnet18", {"wide": 1}, "unexpected keyword argument 'wide'"),
        ("torchvision:vit_b_16", {}, "Input shape indivisible by patch size"),
    ):
        with pytest.raises(BadInput, match=line):
            build_model(family, sizes, (3, 28, 28), 7, seed=1)
