import gzip
from types import SimpleNamespace

import numpy as np
import pytest
from harness.images import idx_bytes, write_idx_set

from scaling.core.errors import BadInput
from scaling.networks.data.sizes import Sizes
from scaling.networks.data.sources.idx import load_idx, read_idx, sizes


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("mark", ["-", "."])
def test_plain_and_compressed_files(tmp_path, suffix, mark):
    expected = write_idx_set(tmp_path, suffix, mark)
    arrays, classes = load_idx(tmp_path)
    assert classes == ["0", "1", "2"]
    assert np.array_equal(arrays.train_images[..., 0], expected[0])
    assert np.array_equal(arrays.train_labels, expected[1]) and arrays.train_labels.dtype == np.int64
    assert np.array_equal(arrays.test_images[..., 0], expected[2])
    assert np.array_equal(arrays.test_labels, expected[3])
    assert arrays.train_images.dtype == np.uint8


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_the_sizes_are_known_from_the_first_bytes_and_the_labels(tmp_path, suffix):
    settings = SimpleNamespace(root=str(tmp_path))
    assert sizes(settings) is None
    write_idx_set(tmp_path, suffix)
    assert sizes(settings) == Sizes((1, 4, 6), 3, 5, 3)
    (tmp_path / f"train-images-idx3-ubyte{suffix}").write_bytes(b"\0\0\x08")
    assert sizes(settings) is None


def test_missing_folder_and_missing_file(tmp_path):
    with pytest.raises(BadInput, match="nowhere: no such folder"):
        load_idx(tmp_path / "nowhere")
    write_idx_set(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(BadInput, match="t10k-labels-idx1-ubyte: no such file"):
        load_idx(tmp_path)


@pytest.mark.parametrize("length", [2, 9, 60])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_truncated_file_is_named(tmp_path, suffix, length):
    write_idx_set(tmp_path, suffix)
    path = tmp_path / f"train-images-idx3-ubyte{suffix}"
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(BadInput, match=f"train-images-idx3-ubyte{suffix}: (truncated|not an IDX)"):
        load_idx(tmp_path)


def test_other_damage_is_named(tmp_path):
    path = tmp_path / "x.gz"
    path.write_bytes(b"not gzip at all")
    with pytest.raises(BadInput, match=r"x\.gz: not an IDX file"):
        read_idx(path, 3)
    path.write_bytes(idx_bytes(np.ones((2, 2, 2))))  # unpacked by a browser, which leaves the name
    assert read_idx(path, 3).sum() == 8
    good = bytearray(gzip.compress(idx_bytes(np.random.default_rng(0).integers(0, 256, (50, 4, 4)))))
    good[300] ^= 255
    path.write_bytes(good)
    with pytest.raises(BadInput, match=r"x\.gz: truncated or damaged"):
        read_idx(path, 3)
    path = tmp_path / "x"
    path.write_bytes(idx_bytes(np.zeros((2, 2, 2))) + b"more")
    with pytest.raises(BadInput, match="states 8 bytes and holds more"):
        read_idx(path, 3)
    path.write_bytes(idx_bytes(np.zeros(4)))
    with pytest.raises(BadInput, match="not an IDX file of unsigned bytes in 3 dimensions"):
        read_idx(path, 3)
    path.write_bytes(bytes([0, 0, 13, 1, 0, 0, 0, 1]) + bytes(4))  # floats
    with pytest.raises(BadInput, match="not an IDX file of unsigned bytes"):
        read_idx(path, 1)


def test_a_file_that_states_too_much_is_not_read(tmp_path):
    path = tmp_path / "bomb"
    path.write_bytes(bytes([0, 0, 8, 3]) + np.array([2**31, 2**10, 2**10], ">u4").tobytes())
    with pytest.raises(BadInput, match="bomb: states 2251799813685248 bytes"):
        read_idx(path, 3)
