"""Every kind of run, on every engine: what it minimises, how it is judged, what guessing gets."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from harness.training import CNN, bits, images, numbers, rows, subsets

from scaling.core.errors import BadInput
from scaling.networks.data.arrays import TokenArrays, VectorArrays, read_arrays, target_facts, write_arrays
from scaling.networks.tasks import TASKS
from scaling.networks.training import checkpoints
from scaling.networks.training.block import train_block
from scaling.networks.training.spec import TrainingSpec

ALPHABET = 5
MLP = TrainingSpec(
    "mlp", {"hidden": [8], "embedding": 3}, epochs=4, task="next_character", log_points=6, log_unit="steps",
    learning_rate=5e-3, batch_size=16, engine="single",
)  # fmt: skip
GPT = replace(MLP, family="gpt", sizes={"dim": 8, "heads": 2}, batch_size=4)
LINEAR = replace(MLP, family="linear", sizes={}, task="classification_square")
REGRESSION = replace(MLP, sizes={"hidden": [8]}, task="regression")


def text(every=False):
    """Each character follows from the one before, but for a third of them."""
    random = np.random.default_rng(0)
    found = [0]
    for _ in range(700):
        found.append((2 * found[-1] + 1) % ALPHABET if random.random() < 2 / 3 else int(random.integers(ALPHABET)))
    tokens = np.array(found, np.uint8)
    if every:
        pieces, following = tokens[:700].reshape(-1, 7), tokens[1:701].reshape(-1, 7)
    else:
        pieces, following = np.lib.stride_tricks.sliding_window_view(tokens[:-1], 4), tokens[4:]
    return TokenArrays(pieces[:-40], following[:-40], pieces[-40:], following[-40:])


def points(outputs=2, classes=0):
    random = np.random.default_rng(0)
    inputs = random.normal(size=(140, 3)).astype(np.float32)
    targets = (inputs @ random.normal(size=(3, outputs))).astype(np.float32)
    if classes:
        targets = (targets[:, 0] > 0).astype(np.int64) + (targets[:, 0] > 1)
    return VectorArrays(inputs[:100], targets[:100], inputs[100:], targets[100:])


STUDIES = {
    "images": (replace(CNN, sizes={"stages": [[4]], "fully_connected": [8]}), images()),
    "images, square loss": (replace(CNN, sizes={"stages": [[4]]}, task="classification_square"), images()),
    "mlp of images": (replace(MLP, sizes={"hidden": [8]}, task="classification"), images()),
    "mlp of a text": (MLP, text()),
    "mlp of a text, square loss": (replace(MLP, task="classification_square"), text()),
    "linear of a text, square loss": (LINEAR, text()),
    "gpt, every character": (GPT, text(every=True)),
    "gpt, last character": (GPT, text()),
    "gpt, every character, square loss": (replace(GPT, task="classification_square"), text(every=True)),
    "regression": (REGRESSION, points()),
    "linear regression": (replace(REGRESSION, family="linear", sizes={}), points(outputs=1)),
    "classes of points": (replace(MLP, sizes={"hidden": [8]}, task="classification"), points(classes=3)),
}


def some(arrays, *seeds, n=40):
    return {seed: found[found < len(arrays.train_examples)] for seed, found in subsets(*seeds, P=n).items()}


@pytest.mark.parametrize("study", STUDIES)
def test_engines_agree(study, tmp_path):
    """Lanes and streams to the bit, processes too; a stack but for rounding."""
    spec, arrays = STUDIES[study]
    chosen = some(arrays, 1, 2)
    chosen = {seed: found[: min(map(len, chosen.values()))] for seed, found in chosen.items()}
    alone = train_block(arrays, chosen, replace(spec, engine="single"), tmp_path / "single", device="cpu")
    for engine in ("lanes", "streams"):
        beside = train_block(arrays, chosen, replace(spec, engine=engine), tmp_path / engine, device="cpu")
        assert bits((beside.epochs, beside.layers)) == bits((alone.epochs, alone.layers)), engine
    one_by_one = replace(spec, engine="single")
    processes = train_block(arrays, chosen, one_by_one, tmp_path / "processes", device="cpu", workers=2)
    assert [rows(processes, seed) for seed in chosen] == [rows(alone, seed) for seed in chosen]
    stacked = train_block(arrays, chosen, replace(spec, engine="stacked"), tmp_path / "stacked", device="cpu")
    for table in ("epochs", "layers"):
        one, other = numbers(getattr(alone, table)), numbers(getattr(stacked, table))
        for name in one:
            np.testing.assert_allclose(other[name], one[name], rtol=2e-4, atol=2e-5, err_msg=name)
    losses = np.array(alone.epochs["train_loss"]).reshape(2, -1)
    assert (losses[:, -1] < losses[:, 0]).all(), "it learns"


def test_P_counts_targets(tmp_path):
    arrays = text(every=True)
    tables = train_block(arrays, some(arrays, 1, n=20), GPT, tmp_path, device="cpu")
    n = len(some(arrays, 1, n=20)[1])
    assert set(tables.epochs["P"]) == {7 * n} and arrays.shape.targets == 7
    assert max(tables.epochs["epoch"]) == 4


@pytest.mark.parametrize("study", STUDIES)
def test_the_loss_is_a_sum_over_targets(study):
    spec, arrays = STUDIES[study]
    task, random = TASKS.load(spec.task), torch.Generator().manual_seed(0)
    targets = torch.from_numpy(np.asarray(arrays.test_targets, np.int64 if arrays.of_classes else np.float32))
    shape = targets.shape if arrays.of_classes else targets.shape[:1]
    scores = torch.randn(*shape, arrays.outputs, generator=random)
    each, total = (task.loss(scores, targets, reduction) for reduction in ("none", "sum"))
    assert each.shape == shape == task.error(scores, targets).shape
    halves = sum(task.loss(scores[part], targets[part], "sum") for part in (slice(0, 9), slice(9, None)))
    # float32 sums in other orders
    torch.testing.assert_close(total, each.sum(), rtol=1e-5, atol=0)
    torch.testing.assert_close(total, halves, rtol=1e-5, atol=0)
    torch.testing.assert_close(task.loss(scores, targets, "mean"), total / each.numel(), rtol=1e-5, atol=0)
    torch.testing.assert_close(task.loss(scores, targets), total / each.numel(), rtol=1e-5, atol=0)


@pytest.mark.parametrize("study", STUDIES)
def test_the_best_constant_answer_gets_the_guess(study):
    """Or any class, where that is wrong less often in these few test targets."""
    spec, arrays = STUDIES[study]
    task, guess = TASKS.load(spec.task), TASKS.load(spec.task).guess(target_facts(arrays))
    train, test = arrays.train_targets, arrays.test_targets
    if not arrays.of_classes:
        answer = torch.from_numpy(train.mean(axis=0))
        targets = torch.from_numpy(test)
    else:
        shares = np.bincount(train.ravel(), minlength=arrays.outputs) / train.size
        answer = torch.from_numpy(shares if spec.task == "classification_square" else np.log(shares))
        targets = torch.from_numpy(test.astype(np.int64))
    shape = targets.shape if arrays.of_classes else targets.shape[:1]
    scores = answer.expand(*shape, arrays.outputs)
    found = {"error": task.error(scores, targets), "loss": task.loss(scores, targets, "none")}
    assert set(task.MEASURES) == set(guess) == set(found)
    for name, values in found.items():
        best = values.double().mean().item()
        if arrays.of_classes and name == "error":
            best = min(best, 1 - 1 / arrays.outputs)
        assert best == pytest.approx(guess[name], rel=1e-5)  # float32 targets


def test_square_loss_by_hand():
    task = TASKS.load("classification_square")
    scores, targets = torch.tensor([[1.0, 0.5], [0.0, 3.0]]), torch.tensor([0, 1])
    assert task.loss(scores, targets, "none").tolist() == [0.25, 4.0]
    assert task.error(scores, targets).tolist() == [False, False]


def test_errors_of_a_regression_are_in_units_of_the_variance():
    task = TASKS.load("regression")
    scores, targets = torch.tensor([[1.0, 2.0]]), torch.tensor([[0.0, 4.0]])
    assert task.loss(scores, targets).item() == 5 and task.error(scores, targets).item() == 2.5
    assert task.guess({"mean_squares": [1.0, 3.0]}) == {"error": 2, "loss": 4}


@pytest.mark.parametrize(
    ("spec", "arrays", "line"),
    [
        (replace(MLP, task="classification"), text(), "task: classification cannot be of characters with classes"),
        (MLP, images(), "task: next_character cannot be of images with classes; allowed: classification, classif"),
        (replace(REGRESSION, task="classification"), points(), "points with numbers as targets; allowed: regression$"),
        (replace(REGRESSION, task="regression"), points(classes=3), "allowed: classification, classification_square$"),
        (replace(MLP, augmentation="affine"), text(), "augmentation: is of images; allowed for tokens: none"),
        (replace(MLP, normalization_mean=[0.1]), text(), "normalization_mean: is of images"),
        (replace(CNN, task="next_character"), text(), "family: CNN takes images, and the data set has characters"),
        (MLP, text(every=True), "mlp predicts the last character alone"),
        (replace(GPT, task="classification"), images(), "family: gpt takes characters, and the data set has images"),
        (replace(GPT, sizes={"dim": 9, "heads": 2}), text(), "sizes.heads: 2 does not divide dim = 9"),
        (replace(MLP, sizes={"hidden": 3}), text(), "sizes.hidden: must be a list, got 3"),
    ],
)
def test_what_does_not_fit_is_one_line(spec, arrays, line, tmp_path):
    with pytest.raises(BadInput, match=line) as problem:
        train_block(arrays, some(arrays, 1), spec, tmp_path, device="cpu")
    assert "\n" not in str(problem.value)


@pytest.mark.parametrize("arrays", [images(), text(), text(every=True), points(), points(classes=3)])
def test_arrays_are_read_as_they_were_written(arrays, tmp_path):
    write_arrays(arrays, tmp_path / "a.npz")
    again = read_arrays(tmp_path / "a.npz")
    assert type(again) is type(arrays) and again.shape == arrays.shape and again.outputs == arrays.outputs
    assert (again.shape.kind, again.shape.targets) == (arrays.shape.kind, arrays.shape.targets)
    for name in ("train_examples", "train_targets", "test_examples", "test_targets"):
        assert getattr(again, name).dtype == getattr(arrays, name).dtype
        np.testing.assert_array_equal(getattr(again, name), getattr(arrays, name))


def test_a_run_on_images_is_still_the_run_that_it_was():
    """The identity of its record, as it was when images were all there was: records of earlier runs count."""
    spec = replace(CNN, sizes={"stages": [[4]], "fully_connected": [8]})
    (subset,) = subsets(1).values()
    assert checkpoints.science(spec, checkpoints.arrays_hash(images()), 1, subset).startswith("2fd95f473434")
