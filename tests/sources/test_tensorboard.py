"""TensorBoard's event files, as the package itself writes them."""

import struct
import sys

import numpy as np
import pandas as pd
import pytest
from harness.paths import EXAMPLE_CURVES
from torch.utils.tensorboard import SummaryWriter

from scaling.core.errors import BadInput
from scaling.sources.external import read_external_curves
from scaling.sources.readers.tensorboard import masked_crc32c, read_events

CURVES = pd.read_csv(EXAMPLE_CURVES, sep="\t")


def write_run(folder, rows, **options):
    """The scalars norm and test_error of a run at its epochs."""
    with SummaryWriter(str(folder)) as writer:
        for row in rows.itertuples():
            for name in ("norm", "test_error"):
                writer.add_scalar(name, getattr(row, name), int(row.epoch), **options)
    (file,) = folder.glob("*tfevents*")
    return file


@pytest.fixture
def run(tmp_path):
    """Three points of one run, and its event file."""
    rows = pd.DataFrame({"epoch": [1, 2, 4], "norm": [1.5, 2.5, 4.5], "test_error": [0.5, 0.25, 0.125]})
    return rows, write_run(tmp_path / "runs/P500_s3", rows)


def refusal(path):
    with pytest.raises(BadInput) as problem:
        read_events(path)
    assert "\n" not in str(problem.value) and str(problem.value).startswith(f"{path}: ")
    return str(problem.value)


@pytest.mark.parametrize("new_style", [False, True], ids=["simple values", "tensors"])
@pytest.mark.parametrize("name", ["P{}_s{}", "n={}/seed {}"])
def test_runs_that_torch_wrote(tmp_path, name, new_style):
    """The example's curves, to the float32 that event files hold, at whole epochs."""
    assert (CURVES["epoch"] % 1 == 0).all()
    for (P, seed), rows in CURVES.groupby(["P", "seed"]):
        write_run(tmp_path / "runs" / name.format(P, seed), rows, new_style=new_style)
    found = read_external_curves(tmp_path / "runs").sort_values(["P", "seed", "epoch"])
    expected = CURVES.sort_values(["P", "seed", "epoch"])
    for key in ("P", "seed", "epoch"):
        assert found[key].astype(float).tolist() == expected[key].astype(float).tolist()
    np.testing.assert_array_equal(found["log10_norm"], np.log10(expected["norm"].astype("f4").astype(float)))
    np.testing.assert_array_equal(found["test_error"], expected["test_error"].astype("f4").astype(float))


def test_more_points_than_tensorboard_shows(tmp_path):
    """It keeps a sample of them in memory, 10 of tensors, unless it is told otherwise."""
    rows = pd.DataFrame({"epoch": np.arange(1, 1201), "norm": 1.0, "test_error": 0.5})
    for new_style in (False, True):
        write_run(tmp_path / f"{new_style}/P500_s1", rows, new_style=new_style)
        assert len(read_events(tmp_path / f"{new_style}")) == 1200


def test_a_file_or_the_folder_of_one_run(run):
    rows, file = run
    for path in (file, file.parent):
        found = read_events(path)
        assert found[["epoch", "norm", "test_error"]].to_numpy().tolist() == rows.to_numpy().tolist()
        assert set(found["P"]) == {500} and set(found["seed"]) == {3}


@pytest.mark.parametrize(
    ("purge_step", "expected"),
    [(None, {1: 1.5, 2: 12.0, 3: 13.0, 4: 4.5}), (2, {1: 1.5, 2: 12.0, 3: 13.0})],
)
def test_a_run_that_was_started_again(run, purge_step, expected):
    """A step that is there twice has the later value; a writer that takes the steps after its first back does so."""
    _, file = run
    with SummaryWriter(str(file.parent), purge_step=purge_step, filename_suffix=".again") as writer:
        for epoch in (2, 3):
            writer.add_scalar("norm", 10.0 + epoch, epoch)
            writer.add_scalar("test_error", 0.1, epoch)
    found = read_events(file.parents[1])
    assert dict(zip(found["epoch"], found["norm"], strict=True)) == expected and found["epoch"].is_monotonic_increasing


def test_the_checksum_is_the_published_one():
    """CRC-32C of the digits is E3069283 (RFC 3720, B.4 has others); masked as in TFRecord files."""
    crc = 0xE3069283
    assert masked_crc32c(b"123456789") == ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def test_every_damage_of_a_byte_is_found(run):
    _, file = run
    content = file.read_bytes()
    for place in range(0, len(content), 7):
        file.write_bytes(content[:place] + bytes([content[place] ^ 0x10]) + content[place + 1 :])
        assert f"{file.name}: " in refusal(file.parents[1]) and "damaged" in refusal(file.parents[1])


def records(content):
    """The starts of a file's records, and its end."""
    starts = [0]
    while starts[-1] < len(content):
        starts.append(starts[-1] + 16 + struct.unpack("<Q", content[starts[-1] : starts[-1] + 8])[0])
    return starts


def test_a_record_that_a_kill_has_cut_is_left_out_and_said(run, capsys):
    rows, file = run
    content = file.read_bytes()
    *_, last, end = records(content)
    assert end == len(content)
    for cut in (last + 1, last + 11, last + 12, end - 5, end - 1):
        file.write_bytes(content[:cut])
        found = read_events(file.parents[1])
        assert found["norm"].tolist() == rows["norm"].tolist() and found["test_error"].isna().sum() == 1
        assert capsys.readouterr().out == f"{file.parents[1]}: {file.name}: its last record is cut and left out\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no scalars in the event files of P500_s3"),
        (b"an ordinary text, and a rather long one", "no event file, or damaged, at byte 0"),
    ],
)
def test_files_without_events(run, content, said):
    _, file = run
    file.write_bytes(content)
    assert said in refusal(file.parents[1])


def test_hidden_folders_are_passed_over_and_a_missing_value_has_its_run_and_step(tmp_path):
    rows = pd.DataFrame({"epoch": [1, 2], "norm": [1.0, 2.0], "test_error": [0.5, 0.4]})
    for P in (500, 1000, 2000):
        write_run(tmp_path / f"runs/P{P}_s1", rows)
    write_run(tmp_path / "runs/.old/P500_s1", rows)
    assert len(read_external_curves(tmp_path / "runs")) == 6
    with SummaryWriter(str(tmp_path / "runs/P4000_s2")) as writer:
        writer.add_scalar("norm", 1.0, 1)
    with pytest.raises(BadInput, match=r"runs: run of P = 4000, seed = 2 at step 1: test_error is missing"):
        read_external_curves(tmp_path / "runs")
    with pytest.raises(BadInput, match=r"two runs of one name, or a second row for P = 500, seed = 1, epoch = 1"):
        write_run(tmp_path / "two/a/P500_s1", rows)
        for P in (500, 1000, 2000):
            write_run(tmp_path / f"two/b/P{P}_s1", rows)
        read_external_curves(tmp_path / "two")


def test_folders_without_event_files_or_a_P(run, tmp_path):
    _, file = run
    (tmp_path / "empty").mkdir()
    assert "a folder without TensorBoard's event files" in refusal(tmp_path / "empty")
    file.parent.rename(tmp_path / "runs/sunny-dawn")
    assert "the name of the folder sunny-dawn says no P; names like P500_s1 do" in refusal(tmp_path / "runs")


def test_without_the_package(run, monkeypatch):
    _, file = run
    monkeypatch.setitem(sys.modules, "tensorboard.backend.event_processing.event_accumulator", None)
    assert "need the package tensorboard, which is not installed here" in refusal(file.parents[1])
