import json
import zipfile

import numpy as np
import pytest

from scaling.core.errors import BadInput
from scaling.networks.data.arrays import (
    ImageArrays,
    check_arrays,
    describe,
    mean_pool,
    pooled,
    read_arrays,
    write_arrays,
    write_provenance,
)


def example(n_train=6, n_test=3, size=4, channels=1, seed=0):
    generator = np.random.default_rng(seed)
    return ImageArrays(
        generator.integers(0, 256, (n_train, size, size, channels), np.uint8),
        np.arange(n_train) % 2,
        generator.integers(0, 256, (n_test, size, size, channels), np.uint8),
        np.arange(n_test) % 2,
    )


def test_what_is_written_is_read(tmp_path):
    arrays = example()
    write_arrays(arrays, tmp_path / "x.npz")
    back = read_arrays(tmp_path / "x.npz")
    for name in vars(arrays):
        assert np.array_equal(getattr(back, name), getattr(arrays, name))
        assert getattr(back, name).dtype == getattr(arrays, name).dtype
    assert [file.name for file in tmp_path.iterdir()] == ["x.npz"]


def test_equal_arrays_give_equal_bytes_whenever_written(tmp_path):
    write_arrays(example(), tmp_path / "a.npz")
    write_arrays(example(), tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.npz") as archive:  # no time of writing inside
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_damaged_array_file_is_named(tmp_path):
    path = tmp_path / "x.npz"
    with pytest.raises(BadInput, match=r"x\.npz: not an array file"):
        read_arrays(path)
    write_arrays(example(), path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(BadInput, match=r"x\.npz: not an array file"):
        read_arrays(path)
    np.savez(path, train_images=np.zeros(3))
    with pytest.raises(BadInput, match=r"x\.npz: not an array file"):
        read_arrays(path)
    np.savez(path, **{name: np.array([{}]) for name in vars(example())})  # pickled objects are never loaded
    with pytest.raises(BadInput, match=r"x\.npz: not an array file"):
        read_arrays(path)


def test_mean_pool_by_hand():
    image = np.array([[0, 1, 10, 20], [2, 4, 30, 41], [255, 255, 0, 0], [255, 255, 0, 2]], np.uint8)
    # means 1.75, 25.25, 255, 0.5: halves go up
    assert mean_pool(image[None, :, :, None], 2)[0, :, :, 0].tolist() == [[2, 25], [255, 1]]


def test_mean_pool_against_float_means():
    images = example(size=12, channels=3).train_images
    for pool in (1, 2, 3, 4, 6, 12):
        n = 12 // pool
        tiles = [[images[:, i::pool, j::pool].astype(float) for j in range(pool)] for i in range(pool)]
        expected = sum(sum(row) for row in tiles) / pool**2
        result = mean_pool(images, pool)
        assert result.dtype == np.uint8 and result.shape == (6, n, n, 3)
        assert np.abs(result - expected).max() <= 0.5 + 1e-12


def test_pool_that_does_not_divide():
    with pytest.raises(BadInput, match="pool: 3 does not divide images of 4x4 pixels"):
        mean_pool(example().train_images, 3)


def test_pooled_keeps_the_labels():
    arrays = pooled(example(), 2)
    assert arrays.train_images.shape == (6, 2, 2, 1) and arrays.test_images.shape == (3, 2, 2, 1)
    assert arrays.train_labels.tolist() == [0, 1] * 3


def test_provenance(tmp_path):
    arrays = example(channels=3)
    provenance = describe(arrays, ["cat", "dog"], {"source": "folder", "root": "x"})
    write_provenance(provenance, tmp_path / "x.json")
    assert json.loads((tmp_path / "x.json").read_text()) == provenance
    assert provenance["source"] == "folder"
    assert (provenance["train_images"], provenance["test_images"]) == (6, 3)
    assert provenance["height_width_channels"] == [4, 4, 3]
    assert provenance["train_images_per_class"] == [3, 3]
    scaled = arrays.train_images / 255
    assert provenance["mean"] == pytest.approx(scaled.mean(axis=(0, 1, 2)), abs=1e-6)
    assert provenance["std"] == pytest.approx(scaled.std(axis=(0, 1, 2)), abs=1e-6)
    other = describe(example(channels=3, seed=1), ["cat", "dog"], {})["sha256"]
    assert all(len(digest) == 64 for digest in other.values())
    assert other["train_images"] != provenance["sha256"]["train_images"]
    assert other["train_labels"] == provenance["sha256"]["train_labels"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"train_labels": np.zeros(5, np.int64)}, "here: 6 images but 5 labels in the train set"),
        (
            {"test_images": np.zeros((0, 4, 4, 1), np.uint8), "test_labels": np.zeros(0, int)},
            "no images in the test set",
        ),
        ({"test_images": np.zeros((3, 5, 4, 1), np.uint8)}, r"differ in size .*: 4x4x1 and 5x4x1"),
        ({"train_labels": np.zeros(6, np.int64)}, "here: no training image of class dog"),
    ],
)
def test_arrays_that_do_not_fit(change, message):
    check_arrays(example(), ["cat", "dog"], "here")
    with pytest.raises(BadInput, match=message):
        check_arrays(ImageArrays(**(vars(example()) | change)), ["cat", "dog"], "here")
