import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from harness.paths import SCRIPTS

from scaling.core.errors import BadInput
from scaling.networks.data.arrays import ImageArrays, write_arrays
from scaling.networks.settings import Cell
from scaling.networks.training.by_hand import main
from scaling.networks.training.code import training_code
from scaling.networks.training.spec import TrainingSpec, read_spec

# Pretend that all but torch and numpy is missing, as on a bare machine.
BARE = f"""
import runpy, sys
RUN = {str(SCRIPTS / "run.py")!r}
for name in ("pandas", "pydantic", "scipy", "pyarrow", "matplotlib", "sklearn", "torchvision", "snakemake", "yaml"):
    sys.modules[name] = None
sys.argv[0:1] = [RUN, "networks/train"]
runpy.run_path(RUN, run_name="__main__")
"""


def run(*arguments, cwd):
    command = [sys.executable, "-c", BARE, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env={}, capture_output=True, text=True)


def test_a_shell_command_trains_where_only_torch_is_installed(tmp_path):
    random = np.random.default_rng(0)
    pixels, labels = random.integers(0, 256, (60, 6, 6, 1)).astype(np.uint8), random.integers(0, 3, 60)
    write_arrays(ImageArrays(pixels, labels, pixels, labels), tmp_path / "noise.npz")
    (tmp_path / "spec.json").write_text(json.dumps({"family": "CNN", "epochs": 7, "log_points": 3}))
    sizes = 'sizes={"stages": [[4]], "fully_connected": [8]}'
    options = [
        "--data",
        "noise.npz",
        "--P",
        20,
        "--seeds",
        1,
        2,
        "--out",
        "runs",
        "--spec",
        "spec.json",
        "--device",
        "cpu",
    ]
    done = run(*options, "--", "epochs=3", sizes, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "P 20  seed 2  epoch 3/3  train" in done.stdout
    header, *rows = (tmp_path / "runs" / "epochs.tsv").read_text().splitlines()
    assert header.split("\t")[:3] == ["P", "seed", "epoch"]
    assert [row.split("\t")[:3] for row in rows[-1:]] == [["20", "2", "3.0"]]
    assert len((tmp_path / "runs" / "layers.tsv").read_text().splitlines()) == 1 + 3 * len(rows)


def by_hand(monkeypatch, folder, *settings):
    noise = np.random.default_rng(0).integers(0, 256, (60, 6, 6, 1)).astype(np.uint8)
    write_arrays(ImageArrays(noise, np.arange(60) % 3, noise, np.arange(60) % 3), folder / "noise.npz")
    given = ["--data", folder / "noise.npz", "--P", 20, "--out", folder, "--device", "cpu", *settings]
    monkeypatch.setattr(sys, "argv", ["train", *map(str, given)])
    main()


def test_its_checkpoints_are_bound_to_the_code(tmp_path, monkeypatch):
    sizes = {"stages": [[4]], "fully_connected": [8]}
    by_hand(monkeypatch, tmp_path, "family=CNN", f"sizes={json.dumps(sizes)}", "epochs=1")
    saved = torch.load(tmp_path / "checkpoints" / "seed1.pt")
    assert saved["identity"]["code"] == training_code(TrainingSpec("CNN", sizes, 1))


@pytest.mark.parametrize("text", ["[1]", "{", "3"])
def test_a_file_that_holds_no_settings_is_one_line(tmp_path, monkeypatch, text):
    (tmp_path / "spec.json").write_text(text)
    with pytest.raises(SystemExit, match=r"^error: .*spec.json: not a JSON file of settings"):
        by_hand(monkeypatch, tmp_path, "--spec", tmp_path / "spec.json", "epochs=1")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epoch": 3}, "setting epoch: unknown; allowed: family, sizes, epochs"),
        ({"optimizer": "adm"}, "setting optimizer: not one of adam, adamw, sgd, got 'adm'"),
        ({"epochs": 2.5}, "setting epochs: must be a int, got 2.5"),
        ({"epochs": 0}, "setting epochs: must be greater than 0, got 0"),
        ({"sizes": [1]}, "setting sizes: must be a dict"),
    ],
)
def test_bad_settings_are_one_line(changes, message):
    with pytest.raises(BadInput, match=message):
        read_spec({"family": "CNN", "sizes": {}, "epochs": 3} | changes)


def test_choices_may_be_given_in_any_case():
    """And are the same run: its hash, its engine's branches and a caption compare them."""
    given = {"engine": "LANES", "optimizer": "sgd", "augmentation": "Crop_Flip", "task": "Classification"}
    meant = {"engine": "lanes", "optimizer": "SGD", "augmentation": "crop_flip", "task": "classification"}
    spec = read_spec({"family": "CNN", "sizes": {}, "epochs": 3} | given)
    assert spec == TrainingSpec("CNN", {}, 3, **meant) and spec.as_dict().items() >= meant.items()
    cell = {"family": "CNN", "dataset": "x", "sizes": {}, "epochs": 3, "P": [9], "seeds": 1, "momentum": 0.9}
    assert "momentum 0.9" in Cell(**cell, **given).in_words()
    assert TrainingSpec.of(Cell(**cell, **given), 9) == TrainingSpec("CNN", {}, 3, **meant, momentum=0.9)


def test_settings_make_the_spec():
    spec = read_spec({"family": "CNN", "sizes": {}, "epochs": 3, "learning_rate": 1})
    assert spec == TrainingSpec("CNN", {}, 3, learning_rate=1.0)
    assert read_spec(spec.as_dict()) == spec
