"""Synthetic panels, and the check that no words of a figure overlap: fixtures of the tests of figures."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from scaling.plotting.panels import Panel

PAPER_P = [89, 188, 375, 750, 1500, 3000, 6000, 12000, 24000, 30000, 36000, 42000, 48000]
CIFAR_P = list(range(6000, 50000, 5000))


def synthetic_panel(
    row="CNN", column="MNIST", P=PAPER_P, gamma_1=0.5, gamma_2=1.0, log10_k=3.0, runs=5, seed=0, robust=False
):
    """Tables that obey error = error_opt(P) Phi(lambda/lambda_opt), with noise, and their exponents."""
    random = np.random.default_rng(seed)
    P = np.array(P)
    log10_opt = log10_k + gamma_2 * np.log10(P / P[0])
    error_opt = 0.5 * (P / P[0]) ** (-gamma_1 * gamma_2)
    curves = []
    for each, optimum, error in zip(P, log10_opt, error_opt, strict=True):
        x = np.linspace(-1.2 / gamma_1, 0.3 / gamma_1, 30)
        phi = 10 ** (-gamma_1 * x) / 2 + 10 ** (gamma_1 * x) / 2
        sem = 0.02 * error * phi if runs > 1 else np.full(x.size, np.nan)
        mean = np.minimum(0.9, error * phi * (1 + 0.02 * random.standard_normal(x.size)))
        curves.append(
            pd.DataFrame({"P": each, "log10_norm": optimum + x, "error_mean": mean, "error_sem": sem, "runs": runs})
        )
    optima = pd.DataFrame(
        {
            "P": P,
            "log10_lambda_opt": log10_opt,
            "error_opt": error_opt,
            "log10_l_0": log10_opt,
            "runs": runs,
            "diverged": 0,
            "censored": np.where(P[-3] < P, runs, 0),
            "turned": 0,
        }
    )
    gamma = gamma_1 * gamma_2
    authors = {
        "procedure": "authors",
        **{"gamma_1": gamma_1, "sigma_1": gamma_1 / 10, "gamma_2": gamma_2, "sigma_2": gamma_2 / 10},
        **{"gamma_pred": gamma, "sigma_pred": gamma / 7, "gamma_meas": gamma, "sigma_meas": gamma / 20},
        **{"gamma_1_min_P": P[0], "gamma_2_min_P": P[1], "gamma_meas_min_P": P[1]},
        **{"x_left": np.nan, "x_right": 10 ** (-0.3 / gamma_1)},
        "log10_k_2": log10_k - gamma_2 * np.log10(P[0]),
    }
    rows = [authors]
    if robust:
        names = ("gamma_1", "gamma_2", "gamma_pred", "gamma_meas")
        ends = {f"{name}{end}": authors[name] * f for name in names for end, f in (("_low", 0.9), ("_high", 1.1))}
        fit = {"min_P": P[1], "omega": 1.0, "correction_2": 0.02, "correction_meas": -0.01}
        fit |= {"x_left": 10 ** (-1 / gamma_1), "x_right": 10 ** (-0.3 / gamma_1)}
        fit |= {"min_log10_norm": -np.inf, "fitted_plateau": 0.0, "fitted_floor": 0.01, "onset": 1.0, "approach": 1.0}
        rows.append({"procedure": "robust", **{name: authors[name] for name in names}, **ends, **fit})
    local = pd.DataFrame({"P": P, "gamma_1": gamma_1, "sigma_1": 0.01, "intercept": np.log10(0.5)})
    x = np.linspace(-1.2 / gamma_1, 0.3 / gamma_1, 60)
    slopes = pd.DataFrame({"log10_x": x, "slope": -gamma_1 * np.tanh(gamma_1 * np.log(10) * x)})
    slopes = slopes.assign(sigma=0.1 * gamma_1 if runs > 1 else np.nan, in_window=x < x[15])
    scales = pd.DataFrame({"P": P, "log10_lambda_s": log10_opt, "log10_error_s": np.log10(error_opt)})[1:]
    return Panel(row, column, pd.concat(curves), optima, pd.DataFrame(rows), local, slopes, scales)


def without_fits(panel):
    """The panel as it comes out where nothing could be fitted."""
    exponents = panel.exponents.copy()
    exponents[exponents.columns.drop("procedure")] = np.nan
    empty = {name: getattr(panel, name).iloc[:0] for name in ("local_fits", "slopes", "scales")}
    return replace(panel, exponents=exponents, **empty)


@pytest.fixture(scope="session")
def paper_grid():
    """Two rows of the paper's three by three panels; a ViT's norms run over tens of decades."""
    laws = {"CNN": (0.5, 1.0, 3.0), "ViT": (0.015, 18.0, 30.0)}
    return [
        synthetic_panel(family, dataset, P, *law, seed=len(dataset), robust=family == "CNN")
        for family, law in laws.items()
        for dataset, P in (("MNIST", PAPER_P), ("CIFAR10", CIFAR_P), ("CIFAR100", CIFAR_P))
    ]


@pytest.fixture(scope="session")
def quick_row():
    """Three families on one data set, five P, one of them without fits."""
    P = [90, 180, 360, 720, 1440]
    panels = [synthetic_panel(family, "digits", P, 0.2, 0.5, robust=True) for family in ("CNN", "ResNet", "ViT")]
    return [*panels[:2], without_fits(panels[2])]


@pytest.fixture(scope="session")
def single():
    """One cell with mean curves only."""
    return [synthetic_panel("CNN", "CIFAR10", CIFAR_P, 0.2, 1.3, 6.0, runs=1)]


@pytest.fixture
def assert_legible():
    return _assert_legible


def _assert_legible(figure):
    """No two pieces of text overlap, and none leaves the figure."""
    figure.draw_without_rendering()
    figure.draw_without_rendering()
    boxes = [(text.get_text(), text.get_window_extent()) for text in _texts(figure)]
    assert boxes
    width, height = figure.bbox.width, figure.bbox.height
    for words, box in boxes:
        inside = box.x0 > -1 and box.y0 > -1 and box.x1 < width + 1 and box.y1 < height + 1
        assert inside, f"{words!r} leaves the figure"
    for (words, box), (others, other) in combinations(boxes, 2):
        across = min(box.x1, other.x1) - max(box.x0, other.x0)
        along = min(box.y1, other.y1) - max(box.y0, other.y0)
        assert across <= 1 or along <= 1, f"{words!r} overlaps {others!r}"


def _texts(figure):
    for ax in figure.axes:
        yield from (text for text in (ax.title, ax._left_title, ax.xaxis.label, ax.yaxis.label) if text.get_text())
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                label = tick.label2 if tick.label2.get_visible() else tick.label1
                if label.get_visible() and label.get_text() and low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                    yield label
        yield from ax.texts
        if ax.get_legend():
            yield from ax.get_legend().get_texts()
