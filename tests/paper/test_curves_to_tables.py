"""Through Snakemake: trajectories, a user's own file and a curve file like the authors' become tables."""

import copy
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import yaml
from harness.paths import CONFIG, EXAMPLE_CURVES, ROOT

from scaling.analysis.exponents import identified, wide_form
from scaling.core.tidy import read_table, write_table

GAMMA_1, GAMMA_2 = 0.5, 1.2


def error_at(x, error_opt):
    """A master curve that falls with exponent GAMMA_1 and turns at x = 1."""
    return error_opt * np.where(x < 1, x**-GAMMA_1, x**0.2)


def trajectories():
    rows = []
    for P in (100, 200, 400, 800):
        for seed in (1, 2, 3):
            x = np.geomspace(1e-3, 10, 60) * (1 + 0.01 * seed)
            error = error_at(x, 0.02 * (P / 100) ** (-GAMMA_1 * GAMMA_2))
            log10_norm = np.log10(x * 50 * P**GAMMA_2)
            columns = {"P": P, "seed": seed, "epoch": np.arange(60), "log10_norm": log10_norm, "test_error": error}
            rows.append(pd.DataFrame(columns | {"diverged": False}))
    return pd.concat(rows, ignore_index=True)


def published_file(path):
    P, grid = np.array([8000, 16000, 32000, 48000]), np.geomspace(1e3, 1e8, 50)
    lambda_opt = 10 * P**0.9
    error = np.stack([error_at(grid / opt, 0.3 * (p / 8000) ** -0.45) for p, opt in zip(P, lambda_opt, strict=True)])
    content = {"P_arr": P, "seed_arr": np.arange(3), "log_x_grid": grid, "mean_val_error_arr": error}
    np.save(path, content | {"l_0_arr": lambda_opt, "eps_lam_star_P_arr": error.min(axis=1)})


def like_the_published():
    """Runs on the published curves of P = 8000 and 16000, one above and one below by as much."""
    rows = []
    for P in (8000, 16000):
        for seed, factor in enumerate((0.9, 1.0, 1.1)):
            x = np.geomspace(1e-4, 1e4, 400)
            error = factor * error_at(x, 0.3 * (P / 8000) ** -0.45)
            columns = {"P": P, "seed": seed, "epoch": np.arange(400), "test_error": error}
            rows.append(pd.DataFrame(columns | {"log10_norm": np.log10(10 * P**0.9 * x), "diverged": False}))
    return pd.concat(rows, ignore_index=True)


def snakemake(folder, *arguments):
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--nocolor", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A working folder whose configuration has one cell, one external study and a folder of published curves."""
    folder = tmp_path_factory.mktemp("study")
    for name in ("Snakefile", "rules", "workflow_scripts", "envs"):
        (folder / name).symlink_to(ROOT / name)
    config = copy.deepcopy(CONFIG)
    config |= {
        "norms": ["spectral_complexity", "l1"],
        "published_curves": str(folder / "theirs"),
        "external": {
            "example": {"file": str(EXAMPLE_CURVES), "fit": {"x_right": 0.1}},
            "broken": {"file": str(folder / "broken.tsv")},
        },
        "exponents": {"bootstrap_resamples": 20},
        "cells": {"CNN_CIFAR10": {"family": "CNN", "dataset": "CIFAR10", "sizes": {"stages": [[8]]}}},
    }
    config["cells"]["CNN_CIFAR10"] |= {"P": [8000, 16000], "seeds": 3, "epochs": 10}
    config["cells"]["CNN_digits"] = {"fit": {"baseline": None}}  # no window: it is made for the preset's own runs
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    (folder / "theirs").mkdir()
    for name in ("CNN_CIFAR10_SGD", "CNN_CIFAR10"):
        published_file(folder / "theirs" / f"{name}.npy")
    for cell, norm, runs in (
        ("CNN_CIFAR10", "spectral_complexity_authors", like_the_published()),
        ("CNN_digits", "spectral_complexity", trajectories()),
    ):
        identity = {"study": "trained", "cell": cell, "variant": "baseline", "norm": norm}
        write_table(identified(runs, identity), folder / f"results/trajectories/{cell}/baseline/{norm}.parquet")
    write_table(read_table(EXAMPLE_CURVES).drop(columns="norm"), folder / "broken.tsv")
    return folder


def test_curves_become_tables_and_a_bad_file_stops_only_itself(folder):
    targets = ["results/exponents/CNN_digits/baseline/spectral_complexity.tsv", "results/published/table4.tsv"]
    targets += ["results/external/example/table.tsv", "results/external/example/figures/fig4.png"]
    targets += ["results/published/figures/fig16.png", "results/external/broken/table.tsv"]
    # What trains is left out: the trajectories are there.
    rules = "mean_curves authors_exponents robust_exponents exponents published_curves published_table external_curves"
    rules += " external_table figure"
    run = snakemake(folder, "--keep-going", *targets, "--allowed-rules", *rules.split())
    assert run.returncode != 0  # the broken one
    said = run.stdout + run.stderr
    assert "broken.tsv: no columns norm and log10_norm; needed are P, epoch, norm or log10_norm" in said
    assert [target for target in targets if not (folder / target).exists()] == targets[-1:]
    ours = wide_form(read_table(folder / targets[0])).set_index("procedure").loc["authors"]
    assert ours["gamma_2"] == pytest.approx(GAMMA_2, abs=0.01)
    assert ours["gamma_1"] == pytest.approx(GAMMA_1, abs=0.01)
    assert ours["gamma_meas"] == pytest.approx(GAMMA_1 * GAMMA_2, abs=0.03)
    theirs = read_table(folder / targets[1])
    assert theirs["status"].tolist() == ["computed", "absent: no such file"]
    assert theirs.loc[0, "gamma_2"] == pytest.approx(0.9) and not theirs.loc[0, "gamma_2_agrees"]
    mine = read_table(folder / targets[2]).iloc[0]
    assert mine["study"] == "example"
    assert mine["gamma_1_authors"] == pytest.approx(0.4, abs=0.02)
    assert mine["gamma_2_authors"] == pytest.approx(1.1, abs=0.1)
    assert mine["gamma_meas_authors"] == pytest.approx(0.44, abs=0.03)


def test_runs_are_compared_with_the_published_curves_of_their_cell(folder):
    target, rules = "results/published/agreement/CNN_CIFAR10.tsv", ["agreement", "published_curves"]
    run = snakemake(folder, target, "--allowed-rules", *rules)
    assert run.returncode == 0, run.stderr
    table = read_table(folder / target)
    assert table["P"].tolist() == [8000, 16000]
    assert (table["points"] > 20).all() and (table[["rms_relative", "rms_shift"]] < 0.01).all(axis=None)
    assert (folder / target).with_suffix(".png").stat().st_size > 10_000
    run = snakemake(folder, "-n", "results/published/agreement/CNN_digits.tsv")
    assert run.returncode != 0
    said = "the published curves of CNN_digits are not there (there are: CNN_CIFAR10)"
    assert said in run.stdout + run.stderr


def test_a_folder_that_is_not_there_says_so(folder):
    run = snakemake(folder, "-n", "results/published/table1.tsv", "--config", "published_curves=/no/such/folder")
    assert run.returncode != 0
    assert "config key published_curves: '/no/such/folder' is not a folder" in run.stdout + run.stderr
