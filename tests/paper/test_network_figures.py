"""The networks' figures: legible at every size, right in what they draw, the same bytes each time."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot

from scaling.analysis.exponents import IDENTITY, identified, long_form
from scaling.core.tidy import write_table
from scaling.paper.figures.collapse import draw_collapse
from scaling.paper.figures.common_law import draw_common_law
from scaling.paper.figures.exponent_fits import draw_exponent_fits
from scaling.paper.figures.learning_curves import draw_learning_curves
from scaling.paper.figures.scaling_laws import draw_scaling_laws
from scaling.paper.figures.trajectories import draw_trajectories
from scaling.plotting.panels import panel_grid, read_panels, rows_and_columns
from scaling.plotting.style import save_figure

KINDS = [draw_learning_curves, draw_collapse, draw_exponent_fits, draw_scaling_laws, draw_common_law]


@pytest.fixture(autouse=True)
def _close():
    yield
    pyplot.close("all")


@pytest.mark.parametrize(
    ("study", "draw"),
    [
        *(("quick_row", draw) for draw in KINDS),
        *(("paper_grid", draw) for draw in (draw_learning_curves, draw_scaling_laws, draw_exponent_fits)),
        ("single", draw_exponent_fits),
    ],
)
def test_no_words_overlap(draw, study, request, assert_legible):
    assert_legible(draw(request.getfixturevalue(study)))


def test_the_check_of_overlaps_finds_one(single, assert_legible):
    figure = draw_scaling_laws(single)
    for words in ("here", "there"):
        figure.axes[0].text(0.5, 0.5, words, transform=figure.axes[0].transAxes)
    with pytest.raises(AssertionError, match="overlaps"):
        assert_legible(figure)


def test_panels_stand_in_rows_and_columns_or_run_on(paper_grid, quick_row):
    figure, axes = panel_grid(paper_grid, "x", "y")
    assert [ax.get_title() for ax in figure.axes][:4] == [
        "CNN, MNIST",
        "CNN, CIFAR10",
        "CNN, CIFAR100",
        "ViT, MNIST",
    ]
    assert [bool(ax.get_xlabel()) for ax in axes] == [False] * 3 + [True] * 3
    _, axes = panel_grid(quick_row, "x", "y")
    assert axes[0].get_gridspec().ncols == 3
    # Five of six: no grid, and the panel above the gap carries its own axis label.
    _, axes = panel_grid(paper_grid[:5], "x", "y")
    assert [bool(ax.get_xlabel()) for ax in axes] == [False] * 2 + [True] * 3


def test_laws_of_all_P_lie_on_one_another_over_their_scales(quick_row):
    """Where their rounding at 0.9 does not reach; one P is not fitted."""
    figure = draw_common_law(quick_row[:1])
    left, right = figure.axes[:2]
    assert len(left.lines) == 5 and len(right.lines) == 4 + 1  # the early law as well
    at = np.linspace(-1.0, 0.2, 13)
    curves = [np.interp(at, line.get_xdata(), line.get_ydata()) for line in right.lines[:-1]]
    for curve in curves:
        assert curve == pytest.approx(np.mean(curves, axis=0), abs=0.1)


def test_where_no_law_was_fitted_the_figure_says_so(quick_row):
    words = [text.get_text() for ax in draw_common_law(quick_row).axes for text in ax.texts]
    assert words.count("no common law") == 1


def test_curves_and_stars_are_the_tables(single):
    (panel,) = single
    ax = draw_learning_curves(single).axes[0]
    first = panel.curves[panel.curves["P"] == panel.P[0]]
    np.testing.assert_allclose(ax.lines[0].get_xdata(), first["log10_norm"])
    np.testing.assert_allclose(ax.lines[0].get_ydata(), np.log10(first["error_mean"]))
    stars = ax.collections[-1].get_offsets()
    np.testing.assert_allclose(stars[:, 0], panel.optima["log10_lambda_opt"])
    np.testing.assert_allclose(stars[:, 1], np.log10(panel.optima["error_opt"]))


def test_bands_are_drawn_only_where_there_are_several_runs(single, quick_row):
    assert len(draw_learning_curves(single).axes[0].collections) == 1
    assert len(draw_learning_curves(quick_row).axes[0].collections) == 1 + 5


def test_rescaled_curves_meet_at_one(quick_row):
    (panel, *_) = quick_row
    ax = draw_collapse([panel]).axes[0]
    heights = [np.interp(0, line.get_xdata(), line.get_ydata()) for line in ax.lines]
    np.testing.assert_allclose(heights, 0, atol=0.05)


def test_fitted_lines_lie_on_the_curves_inside_the_window(single):
    (panel,) = single
    ax = draw_exponent_fits(single).axes[0]
    fits = ax.lines[len(panel.P) :]
    assert len(fits) == len(panel.P)
    for fit in fits:
        (x0, x1), (y0, y1) = fit.get_xdata(), fit.get_ydata()
        assert x1 <= np.log10(panel.exponent("x_right")) + 1e-6
        assert (y1 - y0) / (x1 - x0) == pytest.approx(-panel.exponent("gamma_1"))


def test_the_local_slope_stands_below_its_curves_up_to_the_minimum(quick_row):
    panel, *_ = quick_row
    above, _, below = draw_exponent_fits([panel]).axes
    assert below.get_shared_x_axes().joined(above, below)
    slope, window, gamma_1 = below.lines[1:]
    before = panel.slopes[panel.slopes["log10_x"] <= 0]
    np.testing.assert_allclose(slope.get_xydata(), before[["log10_x", "slope"]])
    drawn = np.isfinite(window.get_ydata())
    np.testing.assert_array_equal(drawn, before["in_window"])
    np.testing.assert_allclose(gamma_1.get_ydata(), panel.exponent("gamma_1", "robust"))
    (band,) = below.collections
    top = band.get_paths()[0].vertices[:, 1].max()
    assert top == pytest.approx((before["slope"] + before["sigma"]).max())


def test_where_the_slope_is_not_constant_no_line_says_gamma_1(quick_row):
    panel, *_ = quick_row
    refused = panel.exponents.assign(gamma_1=np.where(panel.exponents["procedure"] == "robust", np.nan, 0.2))
    below = draw_exponent_fits([replace(panel, exponents=refused)]).axes[2]
    assert len(below.lines) == 3
    assert "no common law" in [text.get_text() for text in draw_exponent_fits(quick_row[2:]).axes[2].texts]


def test_both_laws_have_their_slope_and_cross_at_the_centre_of_the_fitted_points(single):
    (panel,) = single
    ax = draw_scaling_laws(single).axes[0]
    optima = panel.optima[panel.optima["P"] >= panel.exponent("gamma_meas_min_P")]
    centre = np.log10(optima[["P", "error_opt"]]).mean()
    for line, name in zip(ax.lines[2:], ("gamma_meas", "gamma_pred"), strict=True):
        x, y = line.get_xdata(), line.get_ydata()
        assert (y[-1] - y[0]) / (x[-1] - x[0]) == pytest.approx(-panel.exponent(name))
        assert np.interp(centre["P"], x, y) == pytest.approx(centre["error_opt"])


def test_trajectories_are_the_tables(assert_legible):
    epochs, sem = np.array([0.25, 1, 4, 16]), [0.01] * 4
    means = {"error_mean": 0.5 / np.arange(1, 5), "error_sem": sem}
    means |= {"log10_norm_mean": 4.5 + np.arange(4), "log10_norm_sem": sem}
    curves = pd.concat([pd.DataFrame({"P": P, "epoch": epochs} | means) for P in (100, 200)])
    figure = draw_trajectories(curves, "CNN, MNIST")
    left, right, *_ = figure.axes
    np.testing.assert_allclose(left.lines[0].get_xdata(), np.log10(epochs))
    np.testing.assert_allclose(left.lines[0].get_ydata(), np.log10(means["error_mean"]))
    np.testing.assert_allclose(right.lines[0].get_ydata(), means["log10_norm_mean"])
    assert_legible(figure)


def test_files_hold_text_and_the_same_bytes_each_time(quick_row, tmp_path):
    for run in ("a", "b"):
        save_figure(draw_scaling_laws(quick_row[1:]), tmp_path / f"{run}.pdf", tmp_path / f"{run}.png")
    for suffix in ("pdf", "png"):
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()
    pdf = (tmp_path / "a.pdf").read_bytes()
    assert b"/CIDFontType2" in pdf and b"/Type3" not in pdf  # TrueType fonts with their characters, not outlines


def named(key):
    """("trained", "CNN_CIFAR10", "baseline", "l1") as the identity of a table's rows."""
    return dict(zip(IDENTITY, key, strict=True))


def test_panels_are_read_in_order_and_complete(single, tmp_path):
    """A file says itself which panel it belongs to: the first kind's order counts, that of the others does not."""
    (panel,) = single
    keys = [("trained", cell, "baseline", "l1") for cell in ("CNN_CIFAR10", "ViT_CIFAR10", "ResNet_CIFAR10")]
    optima, exponents = ([tmp_path / f"{cell}.{kind}" for _, cell, *_ in keys] for kind in ("parquet", "tsv"))
    for number, (key, place, fits) in enumerate(zip(keys, optima, exponents, strict=True)):
        write_table(identified(panel.optima.assign(runs=number), named(key)), place)
        write_table(long_form(panel.exponents.assign(gamma_1=0.1 * number), named(key)), fits)
    panels = read_panels(optima=optima, exponents=exponents[::-1])
    assert [read.title for read in panels] == ["CNN, CIFAR10", "ViT, CIFAR10", "ResNet, CIFAR10"]
    for number, read in enumerate(panels):
        assert read.P == panel.P and set(read.optima["runs"]) == {number}
        assert read.exponent("gamma_1") == pytest.approx(0.1 * number)
        assert read.exponent("sigma_2") == panel.exponent("sigma_2") and read.curves is None
    with pytest.raises(ValueError, match="trained/ViT_CIFAR10/baseline/l1: no exponents"):
        read_panels(optima=optima[:2], exponents=exponents[:1])
    with pytest.raises(ValueError, match="trained/ViT_CIFAR10/baseline/l1: no optima"):
        read_panels(optima=optima[:1], exponents=exponents[:2])


def test_titles_name_what_differs_between_panels():
    def titles(*keys, study="trained"):
        return rows_and_columns([(study, *key) for key in keys])

    assert titles(("CNN_MNIST", "baseline", "l1"), ("ViT_CIFAR10", "baseline", "l1")) == [
        ("CNN", "MNIST"),
        ("ViT", "CIFAR10"),
    ]
    norms = titles(("CNN_digits", "baseline", "l1"), ("CNN_digits", "baseline", "my_norm"))
    assert norms == [("CNN", r"$\ell_1$ norm"), ("CNN", "my norm")]
    decays = titles(*((cell, "weight_decay_1e-4", "l1") for cell in ("CNN_CIFAR10", "ViT_CIFAR10")))
    assert decays == [("CNN", "weight decay $10^{-4}$"), ("ViT", "weight decay $10^{-4}$")]
    assert titles(("CNN_A", "sgd", "l1"), ("CNN_B", "sgd", "l1")) == [("CNN A", "SGD"), ("CNN B", "SGD")]
    assert titles(("mine", "baseline", "own"), study="external/mine") == [("mine", "")]


def test_a_study_is_named_where_two_have_the_same_cell():
    keys = [("recorded/a", "CNN_A", "baseline", "l1"), ("recorded/b", "CNN_A", "baseline", "l1")]
    keys.append(("recorded/b", "CNN_B", "baseline", "l1"))
    assert rows_and_columns(keys) == [("CNN", "A-a"), ("CNN", "A-b"), ("CNN", "B")]


def test_more_than_four_columns_become_rows(quick_row):
    panels = [replace(panel, column=str(i)) for panel in quick_row for i in range(5)]
    _, axes = panel_grid(panels, "x", "y")
    assert (axes[0].get_gridspec().nrows, axes[0].get_gridspec().ncols) == (5, 3)
