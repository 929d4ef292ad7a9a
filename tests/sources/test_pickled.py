"""Pickles of arrays are read; pickles that ask for anything else are refused, and nothing of theirs runs."""

import os
import pickle

import numpy as np
import pytest

from scaling.core.errors import BadInput
from scaling.sources.pickled import read_pickled


def save_raw(path, payload):
    """An .npy file of an object, with the pickle given."""
    with path.open("wb") as stream:
        np.lib.format.write_array_header_1_0(stream, {"descr": "|O", "fortran_order": False, "shape": ()})
        stream.write(payload)


def test_what_numpy_saves_comes_back(tmp_path):
    content = {
        "P_arr": np.array([1, 2, 3]),
        "grid": np.linspace(0, 1, 7, dtype=np.float32),
        "errors": np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)),
        "big_endian": np.arange(3, dtype=">i4"),
        "bounds": np.array([0.09, None, [1, "a"]], dtype=object),
        "flags": np.array([True, False]),
        "names": np.array(["l1", "l2"]),
        "scalar": np.float64(0.25),
        "empty": np.array([]),
        "plain": [1, 2.5, "text", None, (True, b"bytes")],
    }
    np.save(tmp_path / "a.npy", content)
    read = read_pickled(tmp_path / "a.npy")
    assert list(read) == list(content) and read["plain"] == content["plain"] and read["scalar"] == 0.25
    for name in ("P_arr", "grid", "errors", "big_endian", "flags", "names", "empty"):
        np.testing.assert_array_equal(read[name], content[name])
        assert read[name].dtype == content[name].dtype
    assert read["bounds"].tolist() == [0.09, None, [1, "a"]]


def test_names_of_numpy_before_2(tmp_path):
    holder = np.array({"P_arr": np.arange(5.0), "scalar": np.float64(2)}, dtype=object)
    payload = pickle.dumps(holder, 3)
    assert b"cnumpy._core.multiarray" in payload
    save_raw(tmp_path / "a.npy", payload.replace(b"cnumpy._core.multiarray", b"cnumpy.core.multiarray"))
    np.testing.assert_array_equal(read_pickled(tmp_path / "a.npy")["P_arr"], np.arange(5.0))


class Creates:
    """A pickle that creates a file when it is loaded the usual way."""

    def __init__(self, call, *arguments):
        self.call, self.arguments = call, arguments

    def __reduce__(self):
        return self.call, self.arguments


@pytest.mark.parametrize("where", ["alone", "in a dictionary", "in an array"])
def test_a_malicious_file_is_refused_by_name_and_does_nothing(tmp_path, where):
    victim = tmp_path / "created"
    bad = Creates(os.system, f"touch {victim}")
    content = {"alone": bad, "in a dictionary": {"P_arr": bad}, "in an array": {"x": np.array([1, bad], object)}}[where]
    np.save(tmp_path / "bad.npy", np.array(content, dtype=object), allow_pickle=True)
    with pytest.raises(BadInput, match=r"bad\.npy: refused: .*(posix|nt)\.system") as refusal:
        read_pickled(tmp_path / "bad.npy")
    assert "\n" not in str(refusal.value) and not victim.exists()
    np.load(tmp_path / "bad.npy", allow_pickle=True)  # the file does what the test says
    assert victim.exists()


@pytest.mark.parametrize("call", [eval, open, getattr, np.load, np.fromfile, pickle.loads])
def test_other_functions_are_refused_even_numpys(tmp_path, call):
    np.save(tmp_path / "bad.npy", np.array({"a": Creates(call, "x")}, dtype=object), allow_pickle=True)
    with pytest.raises(BadInput, match="refused"):
        read_pickled(tmp_path / "bad.npy")


def test_bytes_are_never_taken_for_objects(tmp_path):
    # A dtype of objects whose state claims that it holds none: NumPy's own reconstruction takes bytes for pointers.
    dtype = b"cnumpy\ndtype\n(VO8\nI00\nI01\ntR(I3\nV|\nNNNI-1\nI-1\nI0\ntb"  # flags 0 instead of 63
    payload = (
        b"\x80\x03cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntC\x01btR(I1\n(I1\nt"
        + dtype
        + b"I00\nC\x08AAAAAAAAtb."
    )
    save_raw(tmp_path / "bad.npy", payload)
    # Eight bytes become at most eight plain numbers, in an array that does not fit its shape.
    with pytest.raises(BadInput, match="not a pickled NumPy object"):
        read_pickled(tmp_path / "bad.npy")


def test_damaged_and_other_files(tmp_path):
    np.save(tmp_path / "good.npy", {"P_arr": np.arange(1000.0)})
    (tmp_path / "cut.npy").write_bytes((tmp_path / "good.npy").read_bytes()[:-50])
    (tmp_path / "text.npy").write_text("not an array")
    np.save(tmp_path / "numbers.npy", np.arange(3))
    np.save(tmp_path / "two.npy", np.array([{}, {}], dtype=object))
    for name, message in [
        ("cut", "not a pickled"),
        ("text", "not a pickled"),
        ("numbers", "not a pickled object"),
        ("two", "not a pickled"),
        ("absent", "no such file"),
    ]:
        with pytest.raises(BadInput, match=f"{name}.npy: .*{message}"):
            read_pickled(tmp_path / f"{name}.npy")


def test_a_huge_file_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr("scaling.sources.pickled.LARGEST_FILE", 100)
    np.save(tmp_path / "a.npy", {"P_arr": np.arange(1000.0)})
    with pytest.raises(BadInput, match="larger than 100 bytes"):
        read_pickled(tmp_path / "a.npy")
