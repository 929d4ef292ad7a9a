"""Whatever a file holds, reading it gives a table or one line; and what was written is what is read."""

import json
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from harness.images import archive_of, write_image
from harness.paths import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaling.config import read_files
from scaling.core.errors import BadInput
from scaling.core.written import check_files, with_numbers
from scaling.networks.data.sources.folder import load_folder
from scaling.sources.external import read_external_curves

CONFIG = ROOT / "config.yaml"
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HEADERS = st.sampled_from(
    ["P\tseed\tepoch\tnorm\ttest_error\n", "P,epoch,log10_norm,test_error\n", "P;epoch;norm;test_error\r\n", ""]
)
FIRST = st.sampled_from(
    [b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"PAR1", b"{", b"[", b"\xff\xfe", b"BZh9", b"\xfd7zXZ\x00"]
)


def one_line(read):
    """Whether reading ended well or with one line; any other error passes on."""
    try:
        read()
    except BadInput as problem:
        assert "\n" not in str(problem) and str(problem)


@QUICK
@given(FIRST, st.binary(max_size=300))
def test_no_bytes_make_a_traceback_of_curves(tmp_path, first, rest):
    (tmp_path / "x.tsv").write_bytes(first + rest)
    one_line(lambda: read_external_curves(tmp_path / "x.tsv"))


@QUICK
@given(HEADERS, st.text(alphabet="0123456789.,;\t\n\r\"'#eE-+nainf{}[]: ", max_size=200))
def test_no_text_makes_a_traceback_of_curves(tmp_path, header, body):
    (tmp_path / "x.tsv").write_text(header + body, encoding="utf-8", newline="")
    one_line(lambda: read_external_curves(tmp_path / "x.tsv"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["P", "epoch", "norm", "test_error", "data", "columns", "0"]), inner, max_size=5
        )
    ),
    max_leaves=25,
)


@QUICK
@given(JSON | st.lists(JSON, max_size=4))
def test_no_json_makes_a_traceback_of_curves(tmp_path, content):
    (tmp_path / "x.json").write_text(json.dumps(content), encoding="utf-8")
    one_line(lambda: read_external_curves(tmp_path / "x.json"))


@QUICK
@given(
    st.lists(st.text("ab\u00e9 .-_()", min_size=1, max_size=6), min_size=1, max_size=3, unique_by=str.casefold),
    st.integers(0, 2**32),
    st.sampled_from([".zip", ".tar", ".tar.gz", ".tar.xz"]),
    st.sampled_from(["", "data", "a b/leaves"]),
)
def test_an_archive_is_read_as_the_folder_that_it_was_made_of(tmp_path, classes, seed, suffix, top):
    generator = np.random.default_rng(seed)
    with TemporaryDirectory(dir=tmp_path) as name:
        root = Path(name) / "images"
        for split, label in product(("train", "test"), classes):
            write_image(root / split / f"x{label}x" / "0.png", generator.integers(0, 256, (3, 2, 3)))
        arrays, names = load_folder(root)
        again, same = load_folder(archive_of(root, Path(name) / f"x{suffix}", top))
    assert names == same == sorted(f"x{label}x" for label in classes)
    np.testing.assert_array_equal(arrays.train_images, again.train_images)
    np.testing.assert_array_equal(arrays.test_labels, again.test_labels)


#: Keys of configurations, and values as people write them, right and wrong.
KEYS = ["cells", "datasets", "variants", "norms", "preset", "CNN_digits", "family", "P", "seeds", "epochs", "sizes"]
VALUES = [
    "",
    "null",
    "yes",
    "0100",
    "1e-1",
    "1:30",
    "-3",
    ".5",
    "CNN",
    "[]",
    "{}",
    "[1e2]",
    "~",
    "''",
    "<<:",
    "*a",
    "&a",
]
NAMES = st.sampled_from(KEYS) | st.text("aN_1", max_size=3)
LINES = st.lists(st.tuples(st.integers(0, 3), NAMES, st.sampled_from(VALUES)), max_size=8)


@QUICK
@given(LINES)
def test_no_settings_make_a_traceback(tmp_path, lines):
    text = "\n".join("  " * depth + f"{key}: {value}" for depth, key, value in lines)
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")

    def read():
        check_files([tmp_path / "mine.yaml"])
        read_files([CONFIG, tmp_path / "mine.yaml"])

    one_line(read)


@QUICK
@given(FIRST, st.binary(max_size=300), st.sampled_from([".zip", ".tar", ".tar.gz", ".tar.xz", ".ZIP", ""]))
def test_no_bytes_make_a_traceback_of_an_archive(tmp_path, first, rest, suffix):
    (tmp_path / f"x{suffix}").write_bytes(first + rest)
    one_line(lambda: load_folder(tmp_path / f"x{suffix}"))


@QUICK
@given(st.binary(max_size=200) | st.text(alphabet="ab: {}[]\n0'\"-&*!<", max_size=200).map(str.encode))
def test_no_bytes_make_a_traceback_of_a_configuration(tmp_path, content):
    (tmp_path / "mine.yaml").write_bytes(content)
    one_line(lambda: check_files([tmp_path / "mine.yaml"]))


@QUICK
@given(
    st.lists(st.integers(1, 10**9), min_size=3, max_size=5, unique=True),
    st.lists(st.tuples(st.floats(1e-300, 1e300), st.floats(0, 1)), min_size=2, max_size=6),
    st.sampled_from(["tsv", "csv", "semicolon", "jsonl", "parquet", "indexed"]),
)
def test_what_is_read_is_what_was_written(tmp_path, sizes, points, form):
    table = pd.DataFrame(
        [(P, 1, epoch, *point) for P in sizes for epoch, point in enumerate(points, 1)],
        columns=["P", "seed", "epoch", "norm", "test_error"],
    )
    path = tmp_path / "x"
    if form == "parquet":
        table.to_parquet(path)
    elif form == "indexed":
        table.set_index(["P", "seed", "epoch"]).to_parquet(path)
    elif form == "jsonl":
        table.to_json(path, orient="records", lines=True, double_precision=15)
    else:
        table.to_csv(path, index=False, sep={"tsv": "\t", "csv": ",", "semicolon": ";"}[form])
    if form == "jsonl" and not (table["norm"] > 1e-14).all():
        return  # pandas writes 15 decimals
    found = read_external_curves(path)
    tolerance = 1e-9 if form != "jsonl" else 1e-2
    np.testing.assert_allclose(found["test_error"], table["test_error"], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(found["log10_norm"], np.log10(table["norm"]), rtol=1e-12, atol=tolerance)
    assert found["P"].tolist() == table["P"].tolist()


@QUICK
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_written_with_an_exponent_are_those_numbers(value):
    assert with_numbers({"learning_rate": f"{value:.17e}"})["learning_rate"] == value
