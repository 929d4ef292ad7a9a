"""Curves from any of the usual files, each told by its content."""

import bz2
import gzip
import json
import lzma

import numpy as np
import pandas as pd
import pytest
from harness.paths import EXAMPLE_CURVES
from pydantic import ValidationError

from scaling.core.errors import BadInput
from scaling.sources.external import read_external_curves
from scaling.sources.settings import ExternalStudy

BASE = pd.read_csv(EXAMPLE_CURVES, sep="\t")
TEXT = BASE.to_csv(sep="\t", index=False)


def refusal(path, **options):
    with pytest.raises(BadInput) as problem:
        read_external_curves(path, **options)
    assert "\n" not in str(problem.value) and path.name in str(problem.value)
    return str(problem.value)


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def same(path, **options):
    found = read_external_curves(path, **options)
    np.testing.assert_allclose(found["log10_norm"], np.log10(BASE["norm"]), rtol=1e-12)
    for name in ("P", "seed", "epoch", "test_error"):
        np.testing.assert_allclose(found[name].astype(float), BASE[name], rtol=1e-12)


FILES = {
    "csv": BASE.to_csv(index=False),
    "tsv": TEXT,
    "semicolons": BASE.to_csv(index=False, sep=";"),
    "spaces": BASE.to_csv(index=False, sep=" "),
    "crlf": TEXT.replace("\n", "\r\n"),
    "bom": b"\xef\xbb\xbf" + TEXT.encode(),
    "utf16": TEXT.encode("utf-16"),
    "hash": "# " + TEXT,
    "comments": "# made by hand\n# in a hurry\n" + TEXT,
    "trailing tabs": TEXT.replace("\n", "\t\n"),
    "tabs at the ends of rows": TEXT.replace("\n", "\t\n").replace("\t\n", "\n", 1),
    "jsonl": BASE.to_json(orient="records", lines=True),
    "json": BASE.to_json(orient="records"),
    "json of columns": json.dumps(BASE.to_dict(orient="list")),
    **{f"json {form} of pandas": BASE.to_json(orient=form) for form in ("columns", "index", "split", "table")},
    "bars": BASE.to_csv(index=False, sep="|"),
    "with Excel's line": "sep=;\r\n" + BASE.to_csv(index=False, sep=";"),
    "with Excel's line of commas": "sep=,\n" + BASE.to_csv(index=False),
    "gz": gzip.compress(TEXT.encode()),
    "xz": lzma.compress(TEXT.encode()),
    "bz2": bz2.compress(TEXT.encode()),
    "index": BASE.to_csv(sep="\t"),
    "quoted": BASE.astype(str).to_csv(index=False, quoting=1),
    "both norms": BASE.assign(log10_norm=np.log10(BASE["norm"]), norm=1.0).to_csv(index=False, float_format="%.17g"),
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("name", ["curves.tsv", "curves.dat"])
def test_usual_files_are_told_by_their_content(tmp_path, kind, name):
    same(write(tmp_path / name, FILES[kind]))


@pytest.mark.parametrize("name", ["x.parquet", "x.tsv"])
def test_parquet_with_any_index(tmp_path, name):
    parts = pd.concat([part.reset_index(drop=True) for _, part in BASE.groupby(["P", "seed"])])
    named = BASE.assign(run=[f"run{i}" for i in range(len(BASE))]).set_index("run")
    for table in (BASE, parts, named, BASE.set_index(["P", "seed", "epoch"]), BASE.set_index("P", append=True)):
        table.to_parquet(tmp_path / name)
        same(tmp_path / name)
    for table in (parts, named, BASE.set_index(["P", "seed", "epoch"])):
        broken = table.copy()
        broken.iloc[4, broken.columns.get_loc("norm")] = np.nan
        broken.to_parquet(tmp_path / name)
        assert "row 5 below the header: norm is missing" in refusal(tmp_path / name)


WRONG = {
    "empty": (b"", "it is empty"),
    "zip": (b"PK\x03\x04xxxx", "Excel"),
    "pickle": (b"\x80\x04xxxx", "a pickle"),
    "new pickle": (b"\x80\x05xxxx", "a pickle"),
    "feather": (b"ARROW1xx", "a Feather file"),
    "zstd": (b"\x28\xb5\x2f\xfdxx", "packed with zstd"),
    "page": ("<html>not found</html>", "HTML or XML"),
    "pointer": ("version https://git-lfs.github.com/spec/v1\nsize 3\n", "Git LFS, and the file is not there"),
    "huge": (json.dumps([dict.fromkeys(BASE.columns, 10**400)] * 9), "P is 1000"),
    "P beyond floats": (BASE.assign(P="1e300").to_csv(index=False), "allowed: a whole number, 1 to 1000000000000000"),
    "accuracy": (
        BASE.rename(columns={"test_error": "val_acc"}).to_csv(index=False),
        "Say `columns: {test_error: val_acc}` and `given_as: accuracy`",
    ),
    "latin": ("P\té\n".encode("latin-1"), "save it as UTF-8"),
    "cut gz": (gzip.compress(TEXT.encode())[:200], "truncated or damaged"),
    "cut parquet": (b"PAR1xxxxxxxx", "Parquet, but damaged"),
    "bytes": (bytes(range(128)) * 3, "not text"),
    "one column": ("P\n1\n2\n", "has one column only, P"),
    "ragged": (TEXT.replace("\n", "\t7\n", 3).replace("\t7\n", "\n", 1), "row 1 below the header has 6 values"),
    "json of nothing": ("[1, 2]", "no object for each point"),
    "broken lines": ('{"P": 1}\n{"P": \n', "line 2 is no JSON"),
    "capitals": (
        BASE.rename(columns=str.capitalize).to_csv(index=False),
        "is it 'Epoch'? Say `columns: {epoch: Epoch}`",
    ),
    "thousands": (BASE.assign(P=BASE["P"].map("{:,}".format)).to_csv(sep="\t", index=False), "separators of thousands"),
    "decimal comma": (BASE.to_csv(sep="\t", index=False, decimal=","), "with a decimal point, not a comma"),
    "percent": (BASE.assign(test_error=100 * BASE["test_error"]).to_csv(index=False), "`given_as` says if it is in"),
    "too large": (TEXT.replace("\t1.5", "\t1e400", 1).replace(TEXT.split()[8], "1e400", 1), "give log10_norm"),
    "twice": (TEXT.replace("epoch", "seed", 1), "two columns of the name 'seed'"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_cannot_be_read_is_one_true_line(tmp_path, kind):
    content, line = WRONG[kind]
    assert line in refusal(write(tmp_path / "mine.csv", content))


def test_columns_and_values_mean_what_the_map_says(tmp_path):
    accuracy = BASE.assign(acc=1 - BASE["test_error"], pct=100 * (1 - BASE["test_error"])).drop(columns="test_error")
    file = write(tmp_path / "a.csv", accuracy.rename(columns={"P": "n", "epoch": "Step"}).to_csv(index=False))
    names = {"P": "n", "epoch": "Step"}
    same(file, columns={**names, "test_error": "acc"}, given_as="accuracy")
    same(file, columns={**names, "test_error": "pct"}, given_as="percent accuracy")
    assert "row 1 below the header: test_error" in refusal(file, columns={**names, "test_error": "pct"})
    assert "columns.P: no column 'N'; there are" in refusal(file, columns={"P": "N"})
    loss = write(tmp_path / "b.csv", BASE.assign(test_error=8 * BASE["test_error"]).to_csv(index=False))
    assert "1 to" not in refusal(loss)
    np.testing.assert_allclose(read_external_curves(loss, given_as="loss")["test_error"], 8 * BASE["test_error"])
    two = write(tmp_path / "c.csv", BASE.assign(log10_norm=3.0, other=BASE["norm"]).to_csv(index=False))
    same(two, columns={"norm": "other"})
    for wrong in ({"columns": {"error": "x"}}, {"given_as": "score"}):
        with pytest.raises(ValidationError):
            ExternalStudy(file="x", **wrong)


def test_an_export_of_wandb(tmp_path):
    wide = {"Step": sorted(BASE["epoch"].unique())}
    for (P, seed), run in BASE.groupby(["P", "seed"]):
        run = run.set_index("epoch").reindex(wide["Step"])
        for metric in ("norm", "test_error"):
            for end in ("", "__MIN", "__MAX"):
                wide[f"P{P}_s{seed} - {metric}{end}"] = run[metric].to_numpy()
    wide = pd.DataFrame(wide)
    same(write(tmp_path / "wandb.csv", wide.to_csv(index=False, float_format="%.17g")))
    errors = wide[[name for name in wide if "norm" not in name]]
    assert "no columns norm and log10_norm" in refusal(write(tmp_path / "w.csv", errors.to_csv(index=False)))
    at_step = wide["Step"][1]
    wide.loc[1, "P500_s1 - norm"] = np.nan
    line = refusal(write(tmp_path / "gap.csv", wide.to_csv(index=False)))
    assert f"run of P = 500, seed = 1 at step {at_step}: norm is missing" in line
    nameless = wide.rename(columns=lambda name: name.replace("P500_s1", "sunny-dawn-3"))
    line = refusal(write(tmp_path / "v.csv", nameless.to_csv(index=False)))
    assert "the name of the run 'sunny-dawn-3' says no P" in line


def test_a_path_with_a_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    write(tmp_path / "mine.csv", TEXT)
    assert len(read_external_curves("~/mine.csv")) == len(BASE)
    assert ExternalStudy(file="~/mine.csv").file == str(tmp_path / "mine.csv")
