"""The configuration: presets as the paper has them, overrides, and one clear line for each mistake."""

import copy

import pytest
from harness.paths import CONFIG, ROOT

from scaling.config import read_files, read_study
from scaling.core.errors import BadInput
from scaling.networks.settings import Cell, Training
from scaling.paper.contents import TABLES

CELL = {"family": "CNN", "dataset": "digits", "sizes": {}, "P": [10], "seeds": 1, "epochs": 1}


def study(**overrides):
    return read_study(copy.deepcopy(CONFIG) | overrides)


@pytest.mark.parametrize("preset", CONFIG["presets"])
def test_every_preset_is_valid(preset):
    assert study(preset=preset).cells


def test_the_paper_preset_is_the_papers_study():
    paper = study(preset="paper")
    assert len(paper.cells) == 9
    runs = {name: cell.number_of_runs() for name, cell in paper.cells.items()}
    assert runs == {
        "CNN_MNIST": 13 * 31,
        "CNN_CIFAR10": 12 * 30,
        "CNN_CIFAR100": 12 * 18,
        "ResNet_MNIST": 13 * 29,
        "ResNet_CIFAR10": 9 * 12,
        "ResNet_CIFAR100": 9 * 5,
        "ViT_MNIST": 12 * 10,
        "ViT_CIFAR10": 9 * 30,
        "ViT_CIFAR100": 9 * 5,
    }
    for name, cell in paper.cells.items():
        assert cell.optimizer == ("AdamW" if cell.family == "ViT" else "Adam")
        assert cell.epochs == (500 if cell.family == "CNN" else 1000)
        assert (cell.batch_size, cell.learning_rate, cell.weight_decay) == (128, 1e-3, 0)
        assert cell.log_points == 50 and cell.log_unit == "epochs"
        assert "baseline" in cell.fit, name
    rows = {n: [f"{cell}/{variant}" for cell, variant, _ in paper.rows(TABLES[n].rows)] for n in (3, 4)}
    assert rows[3] == [
        *(f"CNN_CIFAR10/weight_decay_1e-{power}" for power in (3, 4, 5)),
        *(f"ResNet_CIFAR10/weight_decay_1e-{power}" for power in (6, 7, 8)),
        *(f"ViT_CIFAR10/weight_decay_1e-{power}" for power in (3, 4, 5)),
        "ViT_CIFAR10/adamw",  # not in the paper: the audit's, with torch's own weight decay
    ]
    for cell, variant, _ in paper.rows(TABLES[3].rows):
        decay = 1e-2 if variant == "adamw" else float(variant.removeprefix("weight_decay_"))
        assert paper.training(cell, variant).weight_decay == decay
    assert {"CNN_CIFAR10/sgd", "CNN_CIFAR100/sgd"} <= set(rows[4])
    assert paper.training("CNN_CIFAR100", "sgd").optimizer == "SGD"


def test_a_single_value_can_be_overridden():
    assert study(cells={"CNN_digits": {"epochs": 7}}).cells["CNN_digits"].epochs == 7
    assert study(cells={"CNN_digits": {"epochs": 7}}).cells["CNN_digits"].P == study().cells["CNN_digits"].P


def test_a_variant_changes_what_it_names_and_nothing_else():
    paper = study(preset="paper")
    before, after = paper.cells["CNN_CIFAR10"], paper.training("CNN_CIFAR10", "weight_decay_1e-4")
    changed = {key for key in type(before).model_fields if getattr(before, key) != getattr(after, key)}
    assert changed == {"weight_decay", "P", "seeds"}


def test_a_name_of_a_file_in_another_case_is_the_same_choice():
    """Decay with "adam" is Table 3's weight decay with Adam, not another optimizer."""
    variants = {"mine": {"weight_decay": 0.1, "optimizer": "adam"}, "descent": {"optimizer": "sgd"}}
    own = study(variants=variants, cells={"CNN_digits": {"variants": ["mine", "descent"]}})
    assert ("CNN_digits", "mine", own.norms[0]) in own.rows("weight_decay")
    with pytest.raises(ValueError, match="rows of kind 'momentum': not one of baseline, weight_decay, sgd, norms"):
        own.rows("momentum")
    assert own.rows("sgd") == [("CNN_digits", "descent", own.norms[0])]


def test_a_cell_of_one_s_own_can_replace_the_preset_s():
    own = study(preset="quick", cells={"CNN_digits": None, "ResNet_digits": None, "MLP_text": None})
    assert list(own.cells) == ["ViT_digits"]


@pytest.mark.parametrize(
    ("overrides", "key", "allowed"),
    [
        ({"preset": "fast"}, "preset", "quick, laptop, paper"),
        ({"cell": {}}, "cell", "did you mean cells?"),
        # Two keys of the same wrong value: each is a key of its own, not a type of the other's.
        ({"cells": True, "N": True}, "N", "unknown; allowed: cells, "),
        ({"cells": {"A": 1, "B": 1}}, "cells.A", "a valid dictionary or instance of Cell, got 1"),
        ({"cells": {"CNN_digits": {"epoch": 3}}}, "cells.CNN_digits.epoch", "did you mean epochs?"),
        ({"cells": {"CNN_digits": {"seeds": []}}}, "cells.CNN_digits.seeds", "one seed or more"),
        ({"cells": {"CNN_digits": {"seeds": [1, 1]}}}, "cells.CNN_digits.seeds", "all different"),
        ({"cells": {"CNN_digits": {"seeds": {100: [1, 1]}}}}, "cells.CNN_digits", "all different"),
        ({"cells": {"CNN_digits": {"seeds": {100: 3, 220: [4]}}}}, "cells.CNN_digits", "seeds: no number for P = [460"),
        ({"cells": {"CNN_digits": {"P": []}}}, "cells.CNN_digits.P", "at least 1"),
        ({"cells": {"CNN_digits": {"P": [10, 10]}}}, "cells.CNN_digits.P", "different"),
        ({"cells": {"CNN_digits": {"P": ["many"]}}}, "cells.CNN_digits.P.0", "integer"),
        ({"cells": {"CNN_digits": {"learning_rate": 0}}}, "cells.CNN_digits.learning_rate", "greater than 0"),
        ({"cells": {"CNN_digits": {"learning_rate": "fast"}}}, "cells.CNN_digits.learning_rate", "number"),
        ({"cells": {"CNN_digits": {"optimizer": "Adagrad"}}}, "cells.CNN_digits.optimizer", "adam, adamw, sgd"),
        ({"cells": {"CNN_digits": {"augmentation": "None"}}}, "cells.CNN_digits.augmentation", "none, "),
        (
            {"cells": {"CNN_digits": {"engine": "fast"}}},
            "cells.CNN_digits.engine",
            "auto, lanes, single, ",
        ),
        ({"cells": {"CNN_digits": {"dataset": "letters"}}}, "cells.CNN_digits.dataset", "digits, MNIST"),
        ({"cells": {"CNN_digits": {"family": "RNN"}}}, "cells.CNN_digits.family", "cnn, gpt, linear, mlp, resnet, vit"),
        ({"cells": {"CNN_digits": {"P": [100, 91]}}}, "cells.CNN_digits", "no number for P = [91]"),
        ({"cells": {"CNN_digits": {"variants": ["x"]}}}, "cells.CNN_digits.variants", "weight_decay_1e-3, sgd"),
        (
            {"variants": {"x": {"depth": 1}}, "cells": {"CNN_digits": {"variants": ["x"]}}},
            "variants.x.depth",
            "batch_size",
        ),
        (
            {"cells": {"CNN_digits": {"dataset": "digits", "P": [100, 1441], "epochs": {1441: 1}}}},
            "cells.CNN_digits.P",
            "training set of digits: 1440",
        ),
        (
            {
                "variants": {"x": {"P": [2000], "epochs": 1}},
                "cells": {"CNN_digits": {"dataset": "digits", "P": [100], "variants": ["x"]}},
            },
            "variants.x.P",
            "training set of digits: 1440",
        ),
        ({"preset": "laptop", "cells": {"CNN_MNIST14": {"P": [60001], "epochs": 1}}}, "cells.CNN_MNIST14.P", "60000"),
        ({"datasets": {"digits": {"test_images": 1797}}}, "datasets.digits: test_images", "less than 1797"),
        (
            {"datasets": {"digits": {"source": "web"}}},
            "datasets.digits.source",
            "digits, folder, idx, table, t",
        ),
        ({"datasets": {"mine": {"source": "folder"}}}, "datasets.mine", "root"),
        ({"cells": {"CNN_digits": {"cuda_graphs": 2}}}, "cells.CNN_digits.cuda_graphs", "valid boolean"),
        ({"cells": {"CNN_digits": {"precision": "tf23"}}}, "cells.CNN_digits.precision", "'tf32'"),
        ({"norms": []}, "norms", "at least 1"),
        ({"exponents": {"confidence": 2}}, "exponents.confidence", "less than 1"),
        ({"perceptron_theory": {"alphas": [0]}}, "perceptron_theory.alphas.0", "greater than or equal to 0.1"),
        ({"perceptron_theory": {"alphas": []}}, "perceptron_theory.alphas", "at least 1"),
        ({"perceptron_dynamics": {"tolerance": 0}}, "perceptron_dynamics.tolerance", "greater than 0"),
        ({"perceptron_dynamics": {"alphas": [0.001]}}, "perceptron_dynamics", "gives no pattern"),
        ({"perceptron_dynamics": {"alphas": [5, 5.0]}}, "perceptron_dynamics.alphas", "all be different"),
        (
            {"cells": {"CNN_digits": {"learning_rate": True}}},
            "cells.CNN_digits.learning_rate",
            "a number is needed; YAML",
        ),
        ({"cells": {"CNN_digits": {"epochs": {100: False}}}}, "cells.CNN_digits.epochs", "a number is needed; YAML"),
        ({"cells": {"CNN_digits": {"P": [True, 100]}}}, "cells.CNN_digits.P", "a number is needed; YAML"),
        ({"cells": {"CNN_digits": {"augmentation": False}}}, "cells.CNN_digits.augmentation", "text is needed, in qu"),
        ({"cells": {"CNN_digits": {"learning_rate": float("inf")}}}, "cells.CNN_digits.learning_rate", "finite number"),
        (
            {"cells": {"CNN_digits": {"normalization_mean": [0.5, 0.5, 0.5]}}},
            "cells.CNN_digits.normalization_mean",
            "have 1 channel(s); allowed: one for each",
        ),
        ({"norms": ["l2", "L2"]}, "norms", "all be different"),
        ({"variants": {"x": {"depth": 1}}}, "variants.x.depth", "batch_size"),
        ({"external": {"a": {"fil": "x.tsv"}}}, "external.a.fil", "did you mean file?"),
        ({"datasets": {"x": {"source": "folder", "root": "y", "resize": 32}}}, "datasets.x.resize", "[height, width]"),
        ({"preset": ["quick"]}, "preset", "quick, laptop, paper"),
        ({"cells": {"my-cnn": CELL}}, "cells: 'my-cnn'", "letters and digits with one _"),
        ({"cells": {"CNN": CELL}}, "cells: 'CNN'", "as in CNN_MNIST"),
        ({"datasets": {"my_images": {"source": "digits"}}}, "datasets: 'my_images'", "letters and digits"),
        ({"variants": {"a/b": {}}}, "variants: 'a/b'", "letters, digits, _, . and -"),
        ({"external": {"a b": {"file": "x.tsv"}}}, "external: 'a b'", "letters, digits, _, . and -"),
        ({"variants": {"baseline": {}}}, "variants: 'baseline'", "another name"),
        ({"cells": {"CNN_digits": {"variants": ["sgd", "sgd"]}}}, "cells.CNN_digits.variants", "all be different"),
        ({"cells": {"CNN_digits": {"fit": {"adam": {}}}}}, "cells.CNN_digits.fit", "'adam' is not one of baseline"),
        ({"cells": {"CNN_digits": {"fit": {"sgd/l3": {}}}}}, "cells.CNN_digits.fit.sgd/l3", "g21, l1, l2"),
        (
            {"cells": {"CNN_digits": {"fit": {"baseline": {"x_left": 1, "x_right": 0.1}}}}},
            "cells.CNN_digits.fit.baseline",
            "x_left must be smaller",
        ),
        (
            {"variants": {"x": {"learning_rate": -1}}, "cells": {"CNN_digits": {"variants": ["x"]}}},
            "config key variants.x.learning_rate: ",
            "greater than 0, got -1",
        ),
    ],
)
def test_a_mistake_is_one_line_that_names_the_key_and_what_is_allowed(overrides, key, allowed):
    with pytest.raises(BadInput) as problem:
        study(**overrides)
    message = str(problem.value)
    assert "\n" not in message
    assert key in message and allowed in message


@pytest.mark.parametrize("preset", CONFIG["presets"])
def test_fragility_is_audited_in_every_family(preset):
    """Learning rate, batch, initial weights, optimizer; P and seeds are the baseline's, or fewer of them."""
    chosen = study(preset=preset)
    changes: dict[str, set[str]] = {"CNN": set(), "ResNet": set(), "ViT": set()}
    for name, cell in chosen.cells.items():
        for variant in set(cell.variants) & set(chosen.fragility):
            after = chosen.training(name, variant)
            assert set(after.P) <= set(cell.P) and all(set(after.seeds_at(P)) <= set(cell.seeds_at(P)) for P in after.P)
            changes[cell.family] |= {
                key for key in type(cell).model_fields if getattr(cell, key) != getattr(after, key)
            }
    everything = {"learning_rate", "batch_size", "init_scale", "optimizer"}
    for family, changed in changes.items():
        assert changed >= ({"learning_rate"} if preset == "quick" and family != "CNN" else everything)


@pytest.mark.parametrize("preset", CONFIG["presets"])
def test_precision_is_audited_in_every_family_and_trained_for_nothing_else(preset):
    chosen = study(preset=preset)
    audited = {name: cell for name, cell in chosen.cells.items() if cell.precision_audit}
    assert {cell.family for cell in audited.values()} == {"CNN", "ResNet", "ViT"}
    for name, cell in audited.items():
        assert not set(cell.precision_audit) & {*cell.variants, *chosen.fragility}
        for variant in cell.precision_audit:
            after = chosen.training(name, variant)
            assert set(after.P) <= set(cell.P) and all(set(after.seeds_at(P)) <= set(cell.seeds_at(P)) for P in after.P)
            changed = {key for key in Training.model_fields if getattr(cell, key) != getattr(after, key)}
            assert changed - {"P", "seeds"} == {"precision"}


@pytest.mark.parametrize(
    ("audited", "message"),
    [
        (["bf61"], "cells.CNN_digits.precision_audit: 'bf61' is not one of weight_decay_1e-3, sgd"),
        (["sgd"], "cells.CNN_digits.precision_audit: 'sgd' has the same precision, float32"),
    ],
)
def test_a_precision_audit_names_variants_of_another_precision(audited, message):
    with pytest.raises(BadInput, match=message):
        study(cells={"CNN_digits": {"precision_audit": audited}})


def test_a_caption_says_how_a_cell_was_trained():
    cell = Cell(
        family="CNN", dataset="digits", sizes={}, P=[90, 1440], seeds=5, epochs={90: 150, 1440: 40}, optimizer="SGD",
        momentum=0.9, learning_rate=0.05, batch_size=32, init_scale=0.3, augmentation="crop_flip",
    )  # fmt: skip
    assert cell.in_words() == (
        "5 runs at each of 2 P from 90 to 1,440, 40 to 150 epochs, SGD, learning rate 0.05, batches of 32, "
        "momentum 0.9, initial weights times 0.3, augmentation crop and flip"
    )
    assert cell.model_copy(update={"precision": "bf16"}).in_words().endswith(", arithmetic bf16")
    unequal = cell.model_copy(update={"seeds": {90: 17, 1440: [3]}})
    assert unequal.in_words().startswith("18 runs at 2 P from 90 (17) to 1,440 (1), 40 to 150 epochs")
    assert (unequal.number_of_runs(), unequal.seeds_at(1440), unequal.seeds_at(90)[-1]) == (18, [3], 17)


@pytest.mark.parametrize("text", ["- a\n- b\n", "preset:quick\n", "3\n"])
def test_a_file_without_keys_is_one_line(tmp_path, text):
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(BadInput, match=r"mine\.yaml: not a configuration file \(keys and their values are needed"):
        read_files([ROOT / "config.yaml", tmp_path / "mine.yaml"])
