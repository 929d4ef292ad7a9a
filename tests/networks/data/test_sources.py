import gzip
import hashlib
import json
import pickle
import re
import subprocess
import sys
from urllib.error import URLError

import numpy as np
import pytest
from harness.images import archive_of, idx_bytes, prepared, write_idx_set
from harness.paths import SCRIPTS
from harness.steps import run_step

from scaling.core.errors import BadInput
from scaling.networks.data.arrays import read_arrays
from scaling.networks.data.prepare import prepare
from scaling.networks.data.settings import Dataset
from scaling.networks.data.sizes import known_training_images
from scaling.networks.data.sources.torchvision import DOWNLOADS, FACTS, Facts

MNIST = FACTS["MNIST"]


def test_digits():
    arrays, provenance = prepared("digits")
    assert arrays.train_images.shape == (1440, 8, 8, 1) and arrays.test_images.shape == (357, 8, 8, 1)
    assert provenance["source"] == "digits" and provenance["classes"] == list("0123456789")
    assert set(np.unique(arrays.train_images)) == {round(value * 255 / 16) for value in range(17)}
    again, _ = prepared("digits", test_images=357)
    assert np.array_equal(arrays.train_images, again.train_images)
    from sklearn.datasets import load_digits

    both = np.concatenate([arrays.train_images, arrays.test_images]).reshape(-1, 64)
    ours = sorted(zip(map(tuple, both.tolist()), [*arrays.train_labels, *arrays.test_labels], strict=True))
    pixels, labels = load_digits(return_X_y=True)
    theirs = sorted(zip(map(tuple, np.rint(pixels * 255 / 16).astype(int).tolist()), labels, strict=True))
    assert ours == theirs  # every digit is there once, with its label
    assert min(np.bincount(arrays.test_labels)) > 20  # the held-out ones are of all classes


def test_digits_with_another_split_and_pooled():
    arrays, _ = prepared("digits", test_images=797, pool=2)
    assert arrays.train_images.shape == (1000, 4, 4, 1)


def test_idx_and_folder_and_pool(tmp_path, images):
    expected = write_idx_set(tmp_path / "idx")
    arrays, provenance = prepared("idx", root=str(tmp_path / "idx"), pool=2)
    assert arrays.train_images.shape == (5, 2, 3, 1)
    assert arrays.train_images[0, 0, 0, 0] == int(expected[0][0, :2, :2].mean() + 0.5)
    assert provenance["pool"] == 2 and provenance["train_images"] == 5
    arrays, provenance = prepared("folder", root=str(images))
    assert provenance["classes"] == ["cat", "dog"] and provenance["root"] == str(images)
    with pytest.raises(ValueError, match=r"pool: 3 does not divide images of 4x6"):
        Dataset(source="folder", root=str(images), pool=3)
    unseen = Dataset(source="folder", root=str(tmp_path / "later"), pool=3)  # its sizes are not known yet
    images.rename(tmp_path / "later")
    with pytest.raises(BadInput, match=r"later: pool: 3 does not divide images of 4x6"):
        prepare(unseen)


def test_a_class_of_idx_files_without_training_images(tmp_path):
    write_idx_set(tmp_path, n_train=2, n_test=3)
    with pytest.raises(BadInput, match="no training image of class 2"):
        prepared("idx", root=str(tmp_path))


# ------------------------------------------------------------------------------------- torchvision


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_, **__):
        raise URLError("no network in this test")

    monkeypatch.setattr("urllib.request.urlopen", refuse)


def write_mnist(folder, mean=0.1307, per_class=MNIST.per_class, suffix=""):
    """Files with the published numbers of MNIST, and nothing in the images."""
    folder.mkdir(parents=True, exist_ok=True)
    for split, file in (("train", "train"), ("test", "t10k")):
        labels = np.repeat(np.arange(10), per_class[split])
        images = np.full((len(labels), 28, 28), int(255 * mean), np.uint8)
        images[: round(len(labels) * (255 * mean % 1))] += 1
        for name, array in (("images-idx3", images), ("labels-idx1", labels)):
            content = idx_bytes(array)
            (folder / f"{file}-{name}-ubyte{suffix}").write_bytes(
                gzip.compress(content, 1) if suffix == ".gz" else content
            )


@pytest.mark.parametrize(("below", "suffix"), [("MNIST/raw", ".gz"), ("raw", ""), (".", "")])
def test_mnist_is_read_from_wherever_its_files_are(tmp_path, no_network, below, suffix):
    write_mnist(tmp_path / below, suffix=suffix)
    before = sorted(tmp_path.rglob("*"))
    arrays, provenance = prepared("torchvision", name="MNIST", root=str(tmp_path))
    assert arrays.train_images.shape == (60_000, 28, 28, 1) and provenance["classes"][3] == "3 - three"
    assert sorted(tmp_path.rglob("*")) == before  # nothing is made by looking


def test_other_images_are_not_taken_for_a_data_set_by_name(tmp_path, no_network):
    def problem(name, folder):
        with pytest.raises(BadInput, match=f"these are not the images of {name}") as it:
            prepared("torchvision", name=name, root=str(folder))
        return str(it.value)

    write_idx_set(tmp_path / "few/MNIST/raw", n_train=600, n_test=100, classes=10)
    assert "600 images of 4x6 pixels and 600 labels, not 60000 of 28x28" in problem("MNIST", tmp_path / "few")
    fashion = FACTS["FashionMNIST"].per_class
    write_mnist(tmp_path / "other/MNIST/raw", per_class=fashion)
    assert "images of each class, not [5923" in problem("MNIST", tmp_path / "other")
    assert "mean 0.1" in problem("FashionMNIST", tmp_path / "other/MNIST/raw")


def test_a_root_with_a_tilde_or_a_variable(tmp_path, monkeypatch, images):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DATA", str(tmp_path))
    for root in (f"~/{images.name}", f"$DATA/{images.name}", f"${{DATA}}/{images.name}"):
        assert prepared("folder", root=root)[1]["root"] == str(images)
        assert Dataset(source="folder", root=root).root == str(images)


def write_cifar(tmp_path, monkeypatch, name, classes, changed=lambda labels: labels):
    """CIFAR's files, with an image of each class in each; the sums that torchvision expects are theirs."""
    from scaling.networks.data.torchvision_import import torchvision

    kind = getattr(torchvision.datasets, name)
    folder = tmp_path / kind.base_folder
    folder.mkdir()
    generator = np.random.default_rng(0)
    key = "labels" if name == "CIFAR10" else "fine_labels"
    written = {}

    def write(filename, content):
        (folder / filename).write_bytes(pickle.dumps(content))
        return hashlib.md5((folder / filename).read_bytes()).hexdigest()

    for part in ("train_list", "test_list"):
        sums = []
        for filename, _ in getattr(kind, part):
            written[filename] = generator.integers(0, 256, (classes, 3 * 32 * 32), np.uint8)
            content = {"data": written[filename], key: changed(list(range(classes)))}
            sums.append([filename, write(filename, content)])
        monkeypatch.setattr(kind, part, sums)
    names = [f"class {i}" for i in range(classes)]
    meta_sum = write(kind.meta["filename"], {kind.meta["key"]: names})
    monkeypatch.setattr(kind, "meta", kind.meta | {"md5": meta_sum})
    return kind, folder, written, names


def facts_of_the_few(kind, classes):
    return Facts({"train": [len(kind.train_list)] * classes, "test": [len(kind.test_list)] * classes})


CIFAR = [("CIFAR10", 10), ("CIFAR100", 100)]


@pytest.mark.parametrize(("name", "classes"), CIFAR)
def test_torchvision_reads_cifar(tmp_path, monkeypatch, no_network, name, classes):
    kind, folder, written, names = write_cifar(tmp_path, monkeypatch, name, classes)
    monkeypatch.setitem(FACTS, name, facts_of_the_few(kind, classes))
    arrays, provenance = prepared("torchvision", name=name, root=str(tmp_path))
    first = written[kind.train_list[0][0]]
    assert arrays.train_images.shape == (classes * len(kind.train_list), 32, 32, 3)
    assert arrays.train_images[3, 5, 7].tolist() == [first[3, c * 1024 + 5 * 32 + 7] for c in range(3)]
    assert arrays.train_labels[:classes].tolist() == list(range(classes))
    assert provenance["classes"] == names

    damaged = folder / kind.train_list[0][0]  # a file whose MD5 sum is not torchvision's is never unpickled
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(
        BadInput, match=re.escape(f"{name} is not (or not whole) in this folder and could not be downloaded")
    ):
        prepared("torchvision", name=name, root=str(tmp_path))


@pytest.mark.parametrize(("name", "classes"), CIFAR)
def test_cifar_has_its_published_numbers_of_images(tmp_path, monkeypatch, no_network, name, classes):
    write_cifar(tmp_path, monkeypatch, name, classes)
    with pytest.raises(BadInput, match=f"not the images of {name}: the train set has .* labels, not 50000 of 32x32;"):
        prepared("torchvision", name=name, root=str(tmp_path))


@pytest.mark.parametrize(("name", "classes"), CIFAR)
@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (lambda labels: [label + 1 for label in labels], "labels from 1 to {classes}, not 0 to {last};"),
        (lambda labels: [label - 1 for label in labels], "labels from -1 to {before}, not 0 to {last};"),
        (lambda labels: [0, *labels[:-1]], r"\[\d+, .*\] images of each class, not "),
        (lambda labels: labels[:-1], "labels, not "),
    ],
)
def test_cifar_has_its_published_labels(tmp_path, monkeypatch, no_network, name, classes, changed, told):
    kind, *_ = write_cifar(tmp_path, monkeypatch, name, classes, changed)
    monkeypatch.setitem(FACTS, name, facts_of_the_few(kind, classes))
    said = told.format(classes=classes, last=classes - 1, before=classes - 2) if "{" in told else told
    with pytest.raises(BadInput, match=f"not the images of {name}: the train set has .*{said}") as problem:
        prepared("torchvision", name=name, root=str(tmp_path))
    assert "\n" not in str(problem.value)


def test_torchvision_without_files_or_network(tmp_path, no_network):
    with pytest.raises(BadInput, match=r"downloads: MNIST is not .*could not be downloaded.*no network in") as it:
        prepared("torchvision", name="MNIST", root=str(tmp_path / "downloads"))
    assert "\n" not in str(it.value)
    assert not (tmp_path / "downloads").exists()


def test_torchvision_truncated_file(tmp_path, no_network):
    write_idx_set(tmp_path / "MNIST" / "raw")
    path = tmp_path / "MNIST/raw/train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(BadInput, match=re.escape("MNIST is not (or not whole) in this folder")):
        prepared("torchvision", name="MNIST", root=str(tmp_path))


def test_torchvision_looks_in_the_downloads_if_no_root_is_given(tmp_path, monkeypatch, no_network):
    monkeypatch.chdir(tmp_path)
    write_mnist(tmp_path / DOWNLOADS / "MNIST/raw")
    assert prepared("torchvision", name="MNIST", pool=2)[0].train_images.shape == (60_000, 14, 14, 1)


# ----------------------------------------------------------------------------------------- scripts


def test_the_scripts(tmp_path):
    settings = Dataset(source="digits").model_dump_json(exclude_defaults=True)
    outputs = ["--arrays", "a.npz", "--provenance", "a.json"]
    result = run_step("networks/prepare_dataset", "--settings", settings, *outputs, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert json.loads((tmp_path / "a.json").read_text())["train_images"] == 1440
    assert read_arrays(tmp_path / "a.npz").test_labels.shape == (357,)
    options = ["--provenance", "a.json", "--dataset", "digits", "--seed", 1, "--subset", "x/s.npy"]
    assert run_step("networks/draw_subset", *options, "--P", 90, cwd=tmp_path).returncode == 0
    subset = np.load(tmp_path / "x/s.npy")
    assert subset.shape == (90,) and subset.dtype == np.int32
    result = run_step("networks/draw_subset", *options, "--P", 2000, cwd=tmp_path)
    assert result.returncode == 1
    assert result.stderr == "error: P: 2000 is larger than the training set of digits: 1440 images\n"


def test_a_bad_source_leaves_no_output_and_one_line(tmp_path, images):
    archive = archive_of(images, tmp_path / "x.tar")
    archive.write_bytes(archive.read_bytes()[:1500])
    settings = Dataset(source="folder", root=str(archive)).model_dump_json(exclude_defaults=True)
    outputs = ["--arrays", "out/x.npz", "--provenance", "out/x.json"]
    result = run_step("networks/prepare_dataset", "--settings", settings, *outputs, cwd=tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith(f"error: {archive}: ") and result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_drawing_a_subset_imports_nothing_slow():
    program = (
        "import runpy, sys; sys.path.insert(0, sys.argv[1]);"
        " runpy.run_path(sys.argv[1] + '/networks/draw_subset.py'); print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program, str(SCRIPTS)], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "scaling.networks.data.subsets" in loaded
    assert not {"torch", "pandas", "sklearn", "torchvision", "scaling.config"} & set(loaded)


# ------------------------------------------------------------------------------------ configuration


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"source": "digits"}, 1440),
        ({"source": "digits", "test_images": 797}, 1000),
        ({"source": "torchvision", "name": "MNIST"}, 60_000),
        ({"source": "torchvision", "name": "CIFAR100"}, 50_000),
        ({"source": "idx", "root": "idx"}, 5),
        ({"source": "folder", "root": "x"}, None),
    ],
)
def test_training_set_sizes_known_before_the_images_are_read(tmp_path, monkeypatch, settings, expected):
    monkeypatch.chdir(tmp_path)
    write_idx_set(tmp_path / "idx")
    dataset = Dataset(**settings)
    assert known_training_images(dataset) == expected


def test_settings_of_a_data_set():
    with pytest.raises(ValueError, match="pool: 3 does not divide images of 28x28 pixels"):
        Dataset(source="torchvision", name="MNIST", pool=3)
    with pytest.raises(ValueError, match="less than 1797"):
        Dataset(source="digits", test_images=1797)
    for arguments in ({"source": "torchvision"}, {"source": "idx"}, {"source": "folder"}, {"source": "web"}):
        with pytest.raises(ValueError, match=r"name|root|source"):
            Dataset(**arguments)
