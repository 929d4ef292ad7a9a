"""Recorded studies: written, read back the same, refused when damaged, and made into tables without training."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from harness.exponents import long_table
from harness.paths import EXAMPLE_CURVES, ROOT
from harness.study import Study

from scaling.analysis.exponents import identified
from scaling.analysis.robust.procedure import robust_exponents
from scaling.analysis.settings import FitWindow
from scaling.core.errors import BadInput
from scaling.core.provenance import commit
from scaling.core.tidy import read_table, write_table
from scaling.networks.settings import Cell
from scaling.paper.tables.recorded import recorded_table
from scaling.sources.record import record_study
from scaling.sources.recorded import Recordings, check_runs, read_description, read_runs, recorded_studies

NORMS = ["spectral_complexity", "l2", "spectral_complexity_operator"]
P = (500, 1000, 2000, 4000)
WINDOW = FitWindow(gamma_1_min_P=1000, x_left=0.02, x_right=0.3)


def cell(dataset: str) -> Cell:
    return Cell(
        family="CNN", dataset=dataset, sizes={"stages": [[8]]}, P=list(P), epochs={p: 300 for p in P}, seeds=3,
        variants=["sgd"], fit={"baseline": WINDOW, "sgd": FitWindow(x_left=0.1)},
    )  # fmt: skip


def trajectories(diverged: bool = False) -> pd.DataFrame:
    """The example of external curves as runs of three norms, of which one has no values."""
    example = read_table(EXAMPLE_CURVES).query("P <= 4000 and seed <= 3")
    runs = example[["P", "seed", "epoch", "test_error"]].assign(train_error=0.9 * example["test_error"], diverged=False)
    logs = dict(zip(NORMS, (np.log10(example["norm"]), 0.4 * np.log10(example["norm"]), np.nan), strict=True))
    table = pd.concat([runs.assign(norm=name, log10_norm=values) for name, values in logs.items()], ignore_index=True)
    if diverged:
        lost = (table["P"] == 1000) & (table["seed"] == 2)
        table.loc[lost, "diverged"] = True
        table.loc[lost & (table["epoch"] > 100), ["log10_norm", "test_error"]] = np.nan
    return table


def write_trajectories(table: pd.DataFrame, cell: str, folder: Path, variant: str = "baseline") -> list[Path]:
    """The runs of a cell as the study writes them, a file for each norm."""
    files = []
    for norm, of_norm in table.groupby("norm", sort=False):
        files.append(folder / f"{cell}/{variant}/{norm}.parquet")
        identity = {"study": "trained", "cell": cell, "variant": variant, "norm": norm}
        write_table(identified(of_norm, identity), files[-1])
    return files


def write_origins(folder: Path) -> None:
    """What the runs of CNN_digits brought along: those of P = 500 from a GPU, a block each, the others from a CPU."""
    for number, (p, seed) in enumerate((p, seed) for p in P for seed in (1, 2, 3)):
        gpu = p == P[0]
        origin = {"device": "a GPU" if gpu else "a CPU", "Python": "3.12.3", "torch": "2.11.0", "numpy": "2.5.2"}
        origin |= {"cuDNN": 91900 if gpu else None, "precision": "tf32", "engine": "lanes" if gpu else "single"}
        origin |= {"lanes": 3 if gpu else 1, "recorded": gpu, "channels_last": gpu, "deterministic": True}
        origin |= {"code": "abc", "seconds": 10.0, "ended": 1e9 + number}
        file = folder / f"CNN_digits/baseline/P{p}/block{seed if gpu else 0}.origins.tsv"
        before = [read_table(file)] if file.exists() else []
        write_table(pd.concat([*before, pd.DataFrame([{"P": p, "seed": seed} | origin])]), file)


#: Of CNN_MNIST14, if they are asked for: how they are trained, and what their errors are in units of the baseline's.
VARIANTS = {"square": ({"task": "classification_square"}, 0.9), "loss": ({"measure": "loss"}, 3.0)}


def record(folder: Path, name: str = "tiny", variants: tuple[str, ...] = (), **cells: Cell) -> Path:
    """A study of CNN_MNIST14 and CNN_digits as if it had been trained in `folder`; the file of its runs."""
    cells = cells or {"CNN_MNIST14": cell("MNIST14"), "CNN_digits": cell("digits")}
    images = {
        "MNIST14": {"source": "folder", "name": "MNIST", "root": "/home/me/mnist.tar.xz", "pool": 2},
        "MNIST": {"source": "torchvision", "name": "MNIST"},
        "digits": {"source": "digits"},
    }
    for number, p in enumerate(P):  # what Snakemake writes when a job ends: here after 90 seconds, every 100 seconds
        measured = folder / f"benchmarks/CNN_MNIST14/baseline/P{p}/block0.tsv"
        measured.parent.mkdir(parents=True)
        measured.write_text("s\th:m:s\tmax_rss\n90.0\t0:01:30\t500\n")
        os.utime(measured, (1e9 + 100 * number + 90,) * 2)
    write_origins(folder / "runs")
    files, provenance = [], {}
    for key, training in cells.items():
        files += write_trajectories(trajectories(diverged=key == "CNN_digits"), key, folder / "trajectories")
        provenance[key] = folder / f"{training.dataset}.json"
        provenance[key].write_text(json.dumps(images[training.dataset] | {"sha256": {"a": "b"}}))
    runs, trained = folder / f"recorded/{name}.parquet", {}
    for variant in variants:
        changes, factor = VARIANTS[variant]
        trained[variant] = cells["CNN_MNIST14"].model_copy(update=changes)
        errors = trajectories().assign(test_error=lambda table, factor=factor: factor * table["test_error"])
        files += write_trajectories(errors, "CNN_MNIST14", folder / "trajectories", variant)
    record_study(
        cells, NORMS, files, provenance, folder / "benchmarks", folder / "runs", runs, runs.with_suffix(".json"),
        variants={"CNN_MNIST14": trained},
    )  # fmt: skip
    return runs


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    return record(tmp_path_factory.mktemp("recorded"))


def test_what_is_recorded_comes_back(recorded):
    study = read_description(recorded.with_suffix(".json"))
    table = read_runs(recorded, study)
    for key, of_it in table.groupby("cell"):
        expected = trajectories(diverged=key == "CNN_digits").dropna(subset="log10_norm", how="all")
        expected = expected[expected["norm"] != NORMS[2]]
        order = ["norm", "P", "seed", "epoch"]
        one, other = (
            t.sort_values(order, ignore_index=True)[[*order, "log10_norm", "train_error", "test_error", "diverged"]]
            for t in (of_it[of_it["log10_norm"].notna()], expected)
        )
        pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=1e-6)
    assert list(recorded_studies(recorded.parent)) == ["tiny"]


def test_variants_of_what_is_minimised_and_analysed_come_back(tmp_path):
    """Beside their baseline, with their own settings: a loss may be above 1."""
    runs = record(tmp_path, variants=("square", "loss"), CNN_MNIST14=cell("MNIST14"))
    study = read_description(runs.with_suffix(".json"))
    table = read_runs(runs, study).query("norm == 'l2'").set_index("variant")["test_error"]
    for variant, factor in (("square", 0.9), ("loss", 3.0)):
        np.testing.assert_allclose(table[variant], factor * table["baseline"], rtol=1e-6)
    assert table["loss"].max() > 1
    its = study.cells["CNN_MNIST14"]
    assert (its.of("square").runs, its.of("loss").runs, its.of("baseline").runs) == (12, 12, 12)
    assert its.of("loss").jobs is None and its.jobs is not None, "its runs are the baseline's"
    assert study.rows("baseline") == [("CNN_MNIST14", "baseline", NORMS[0])]
    rows = Recordings([runs.parent]).rows("recorded/tiny/", "tasks")
    assert [row.variant for row in rows] == ["baseline", "square"] and study.rows("sgd") == []
    assert [variant for _, variant, _ in study.rows("measures")] == ["baseline", "loss"]
    assert [Recordings([runs.parent]).task(row) for row in rows] == ["classification", "classification_square"]
    words = Recordings([runs.parent]).words(rows)
    assert words[0].startswith("CNN MNIST14: ") and words[1].startswith("CNN MNIST14 square: ")
    assert "task classification square" in words[1]
    with pytest.raises(BadInput, match="no runs of CNN_MNIST14/sgd were recorded"):
        Recordings([runs.parent]).task(replace(rows[0], variant="sgd"))


def test_single_precision_does_not_move_an_exponent(recorded):
    table = read_runs(recorded, read_description(recorded.with_suffix(".json"))).query("cell == 'CNN_MNIST14'")
    one, other = (
        robust_exponents(runs[runs["norm"] == NORMS[0]], resamples=0).exponents for runs in (table, trajectories())
    )
    for name in ("gamma_1", "gamma_2", "gamma_meas"):
        np.testing.assert_allclose(one[name], other[name], atol=1e-5)


def test_the_description_says_where_the_runs_come_from(recorded):
    text = recorded.with_suffix(".json").read_text()
    study = read_description(recorded.with_suffix(".json"))
    assert "/home/me" not in text and study.cells["CNN_MNIST14"].data["root"] == "mnist.tar.xz"
    assert study.commit == commit(ROOT) and study.software["torch"] and study.machine.name
    first, second = study.cells.values()
    assert (first.runs, first.diverged, second.runs, second.diverged) == (12, 0, 12, 1)
    assert first.training.fit == {"baseline": WINDOW} and first.training.variants == []
    assert first.jobs is not None and second.jobs is None, "times are never invented"
    assert (first.jobs.number, first.jobs.seconds) == (4, 360)
    assert (first.jobs.started, first.jobs.ended) == ("2001-09-09 01:46", "2001-09-09 01:53")


def test_runs_from_elsewhere_say_so_themselves(recorded):
    """And not the machine that records them."""
    without, cell = read_description(recorded.with_suffix(".json")).cells.values()
    assert without.origins == [], "they are never invented"
    gpu, cpu = cell.origins
    assert (gpu.device, gpu.lanes, gpu.recorded, gpu.runs, gpu.seconds) == ("a GPU", 3, True, {500: [1, 2, 3]}, 30)
    assert gpu.software == {"Python": "3.12.3", "torch": "2.11.0", "cuDNN": "91900", "numpy": "2.5.2"}
    assert cpu.runs == {p: [1, 2, 3] for p in P[1:]} and "cuDNN" not in cpu.software and cpu.seconds == 90
    assert (gpu.ended, cpu.ended) == ("2001-09-09 01:46", "2001-09-09 01:46")


def test_an_older_recording_without_origins_is_read(recorded, tmp_path):
    older = json.loads(recorded.with_suffix(".json").read_text())
    for cell in older["cells"].values():
        del cell["origins"]
    (tmp_path / "a.json").write_text(json.dumps(older))
    assert all(cell.origins == [] for cell in read_description(tmp_path / "a.json").cells.values())


def test_seeds_that_differ_from_P_to_P_are_recorded(tmp_path):
    training = cell("MNIST14").model_copy(update={"seeds": {500: 3, 1000: 3, 2000: [1, 3], 4000: 3}})
    with pytest.raises(BadInput, match="CNN_MNIST14: the run of P = 2000, seed = 2 is in the trajectories only"):
        record(tmp_path, CNN_MNIST14=training)


def test_runs_that_are_not_those_of_the_configuration_are_not_recorded(tmp_path):
    training = cell("MNIST14")
    more = training.model_copy(update={"seeds": 4})
    with pytest.raises(BadInput, match="CNN_MNIST14: the run of P = 500, seed = 4 is in the configuration only"):
        record(tmp_path, CNN_MNIST14=more)
    assert not list(tmp_path.glob("recorded/*"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda file: file.write_bytes(file.read_bytes()[:-100]), "cannot be read"),
        (lambda file: file.unlink(), "no such file"),
        (lambda file: write_table(read_table(file).assign(test_error=0.1), file), "damaged, or not the file"),
    ],
)
def test_damaged_runs_are_one_line(tmp_path, change, message):
    runs = record(tmp_path)
    change(runs)
    with pytest.raises(BadInput, match=message) as problem:
        read_runs(runs, read_description(runs.with_suffix(".json")))
    assert str(problem.value).startswith(str(runs)) and "\n" not in str(problem.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table.assign(test_error=1.5), "CNN_MNIST14/baseline/l2: row 1 .* test_error is 1.5"),
        (lambda table: table.drop(columns="train_error"), "no column train_error"),
        (lambda table: table.assign(diverged="no"), "column diverged is of type"),
        (lambda table: table.assign(log10_norm="much"), "could not convert"),
        (lambda table: table.query("P < 2000"), "column P has 2 different values"),
    ],
)
def test_contents_pass_the_check_of_external_curves(recorded, change, message):
    with pytest.raises(BadInput, match=f"^here: .*{message}"):
        check_runs(change(read_table(recorded)), "here")


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "EOF"), ("[1]", "object"), ('{"date": "2026-01-01"}', "note: Field required"), ("\x00\xff", "expected")],
)
def test_damaged_descriptions_are_one_line(tmp_path, text, message):
    file = tmp_path / "a.json"
    file.write_text(text)
    with pytest.raises(BadInput, match=f"a.json: not the description of a recorded study: .*{message}") as problem:
        read_description(file)
    assert "\n" not in str(problem.value)
    with pytest.raises(BadInput, match="cannot be read"):
        read_description(tmp_path / "absent.json")


def test_published_values_stand_beside_the_same_images_only(tmp_path):
    cells = {"CNN_whole": cell("MNIST"), "CNN_MNIST14": cell("MNIST14"), "CNN_digits": cell("digits")}
    runs = record(tmp_path, **cells)
    study = read_description(runs.with_suffix(".json"))
    exponents = pd.DataFrame(
        [{"procedure": name, "gamma_pred": 0.5, "gamma_meas": 0.5} for name in ("authors", "robust")]
    )
    fits = long_table(dict.fromkeys(study.rows("baseline"), exponents), "recorded/a")
    table = recorded_table(1, {"a": study}, fits).set_index("cell")
    assert list(table["study"]) == ["a"] * 3 and (table["gamma_pred_robust"] == 0.5).all()
    assert table["gamma_pred_published"].fillna("").to_dict() == {
        "CNN_whole": "0.60",
        "CNN_MNIST14": "",
        "CNN_digits": "",
    }
    assert table["counterpart"].to_dict() == {
        "CNN_whole": "published: CNN on MNIST",
        "CNN_MNIST14": "no published row: MNIST averaged over 2x2 pixels; published of CNN on MNIST itself: "
        "γ_pred 0.60, γ_meas 0.55, σ 0.09",
        "CNN_digits": "no published row: CNN on digits is not in the paper",
    }
    assert "0.1 hours of computing, ended 2001-09-09 01:53 UTC" in table.loc["CNN_MNIST14", "trained"]
    assert "a GPU; a CPU; 0.033 hours of runs, several at a time" in table.loc["CNN_digits", "trained"]
    assert study.machine.name not in table.loc["CNN_digits", "trained"]


def test_what_is_in_the_repository_can_be_read():
    folder = ROOT / "recorded"
    files = list(folder.glob("*.json"))
    assert files and {file.stem for file in files} == {file.stem for file in folder.glob("*.parquet")}
    assert sum(file.stat().st_size for file in folder.iterdir()) < 5_000_000
    for file in files:
        study = read_description(file)
        table = read_runs(file.with_suffix(".parquet"), study)
        for name, part in table.groupby("cell"):
            assert part.groupby(["P", "seed"]).ngroups == study.cells[name].runs


# --------------------------------------------------------------------------------------- through Snakemake


@pytest.fixture
def workflow(tmp_path):
    """A copy of the workflow whose only recorded study is one tiny cell."""
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({"exponents": {"bootstrap_resamples": 20}}))
    study = Study(tmp_path / "copy", tmp_path / "config.yaml", preset="quick")
    folder = study.folder / "recorded"
    for file in [*folder.glob("*.json"), *folder.glob("*.parquet")]:
        file.unlink()
    runs = record(tmp_path / "tiny", variants=("square", "loss"), CNN_MNIST14=cell("MNIST14"))
    for file in (runs, runs.with_suffix(".json")):
        (folder / file.name).write_bytes(file.read_bytes())
    return study


def test_tables_and_figures_without_training(workflow):
    reason, following = workflow.planned("recorded")
    jobs = reason + following
    assert (jobs["table"], jobs["tasks"], jobs["figure_measures"]) == (2, 1, 1) and not {
        "train_block",
        "prepare_dataset",
        "draw_subset",
    } & set(jobs)
    names = ("tasks.tsv", "measures.tsv", "figures/measures.png", "figures/against_time.png")
    beside = [f"results/recorded/{name}" for name in names]
    workflow.run("--cores", "2", "--", "results/recorded/table1.tsv", "results/recorded/figures/fig4.png", *beside)
    tasks = read_table(workflow.folder / beside[0])
    assert list(tasks["variant"]) == ["baseline", "square"] and set(tasks["study"]) == {"recorded/tiny"}
    assert len(set(tasks["best_norm_exponent"])) == 1, "the same norms at smaller errors"
    measures = read_table(workflow.folder / beside[1])
    assert set(measures["variant"]) == {"baseline", "loss"} and measures["gamma_meas_authors"].notna().all()
    table = read_table(workflow.folder / "results/recorded/table1.tsv")
    assert list(table["cell"]) == ["CNN_MNIST14"] and list(table["study"]) == ["tiny"]
    assert table[["gamma_pred_authors", "gamma_pred_robust"]].notna().all(axis=None)
    page = (workflow.folder / "results/recorded/table1.md").read_text()
    assert "CNN MNIST14: no published row: MNIST averaged over 2x2 pixels" in page
    assert (workflow.folder / "results/recorded/figures/fig4.png").stat().st_size > 10_000


def test_without_a_recorded_study_the_target_says_so(workflow):
    for file in (workflow.folder / "recorded").glob("tiny.*"):
        file.unlink()
    for target, line in (
        ("results/recorded/table1.tsv", "no recorded study: the folder recorded/ holds no .json with its .parquet"),
        ("results/recording/mine.parquet", "nothing to record: no results/trajectories/CELL/baseline of this study"),
    ):
        with workflow.start("--dry-run", "--", target) as run:
            assert run.wait() != 0
        assert run.line(line) and 'File "<frozen' not in run.said()


def test_recordings_of_the_working_folder_stand_beside_those_of_the_checkout(workflow, tmp_path):
    """And before them: one of the same name is the one that is taken."""
    own, kept = tmp_path / "elsewhere/recorded", workflow.folder / "recorded"
    own.mkdir(parents=True)
    for ending in ("json", "parquet"):
        for name in ("mine", "laptop"):
            (own / f"{name}.{ending}").write_bytes((kept / f"tiny.{ending}").read_bytes())
        (kept / f"laptop.{ending}").write_bytes(b"damaged")
    (kept / "laptop.json").write_bytes((kept / "tiny.json").read_bytes())
    said = workflow.run("--directory", str(own.parent), "--dry-run", "--", "results/recorded/table1.tsv")
    read = {line.strip() for line in said.splitlines() if "input:" in line and ".json" in line}
    for study, folder in (("mine", "recorded"), ("laptop", "recorded"), ("tiny", str(kept))):
        assert any(f"{folder}/{study}.parquet, {folder}/{study}.json" in line for line in read), study


def test_the_present_study_is_recorded(workflow):
    folder = workflow.folder / "results"
    settings = {"P": [p // 4 for p in P], "epochs": 300, "seeds": 3}
    settings |= {"dataset": "digits", "variants": [], "precision_audit": []}
    # A second cell that comes later in the configuration, and first in the alphabet.
    other = {"family": "CNN", "sizes": {"stages": [[8]]}, "learning_rate": 0.1}
    cells = {"CNN_digits": settings | {"variants": ["square", "loss", "other"]}, "Another_digits": settings | other}
    chosen = {"cells": cells, "norms": NORMS, "exponents": {"bootstrap_resamples": 20}}
    chosen |= {"variants": {name: changes for name, (changes, _) in VARIANTS.items()} | {"other": {"optimizer": "SGD"}}}
    (workflow.folder / "study.yaml").write_text(yaml.safe_dump(chosen, sort_keys=False))
    (folder / "data").mkdir(parents=True)
    (folder / "data/digits.npz").touch()
    (folder / "data/digits.json").write_text(json.dumps({"source": "digits", "test_images": 357}))
    given = trajectories().assign(P=lambda t: t["P"] // 4)
    write_trajectories(given, "CNN_digits", folder / "trajectories")
    for variant in ("square", "other"):
        write_trajectories(
            given.assign(test_error=given["test_error"] / 3), "CNN_digits", folder / "trajectories", variant
        )
    halved = given.assign(test_error=given["test_error"] / 2)
    write_trajectories(halved, "Another_digits", folder / "trajectories")
    workflow.run("--cores", "1", "--", "results/recording/mine.parquet")
    study = read_description(folder / "recording/mine.json")
    assert (
        list(study.cells) == ["CNN_digits", "Another_digits"] and study.cells["CNN_digits"].data["source"] == "digits"
    )
    assert study.commit is None, "a copy of files is no checkout"
    assert list(study.cells["CNN_digits"].variants) == ["square"], "of these kinds, and there"
    table = read_runs(folder / "recording/mine.parquet", study)
    third = table.query("variant == 'square'")["test_error"].mean()
    table = table.query("variant == 'baseline'")
    assert set(table["norm"]) == set(NORMS[:2]) and set(table["P"]) == set(settings["P"])
    assert study.cells["Another_digits"].training.learning_rate == 0.1
    mean = table.groupby("cell", observed=True)["test_error"].mean()
    assert mean["Another_digits"] == pytest.approx(mean["CNN_digits"] / 2, rel=1e-5)
    assert third == pytest.approx(mean["CNN_digits"] / 3, rel=1e-5)
