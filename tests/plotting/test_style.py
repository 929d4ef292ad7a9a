"""The common style: logarithmic ticks for any range, colours that survive grey printing."""

from itertools import pairwise

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.colors import to_rgb

from scaling.plotting.style import Log10Formatter, Log10Locator, Log10MinorLocator, colours_of, label_log10


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (2.9, 9.2, [r"$10^{4}$", r"$10^{6}$", r"$10^{8}$"]),
        (9, 75, [r"$10^{20}$", r"$10^{40}$", r"$10^{60}$"]),
        (300, 420, [r"$10^{300}$", r"$10^{350}$", r"$10^{400}$"]),
        (-2.1, 0.05, ["0.01", "0.1", "1"]),
        (-0.65, -0.2, ["0.3", "0.5"]),
        (-0.5, -0.4, ["0.32", "0.34", "0.36", "0.38"]),
        (6.1, 6.9, [r"$2\!\times\!10^{6}$", r"$3\!\times\!10^{6}$", r"$5\!\times\!10^{6}$", r"$7\!\times\!10^{6}$"]),
        (2.5, 4.7, ["1000", "10000"]),
    ],
)
def test_ticks_are_few_and_round(low, high, labels):
    ticks = Log10Locator(most=6).tick_values(low, high)
    assert low - 1e-6 <= min(ticks) and max(ticks) <= high + 1e-6
    assert 2 <= len(ticks) <= 6
    found = Log10Formatter().format_ticks(ticks)
    assert set(labels) <= set(found), found


def test_minor_ticks_are_there_and_never_crowd():
    for low, high in [(0, 1), (-2, 1.5), (0, 12), (9, 75), (0, 400)]:
        ticks = Log10MinorLocator().tick_values(low, high)
        assert len(ticks) <= 40
        assert len(ticks) >= 8 or high - low > 6


def test_labels_of_a_narrow_axis_keep_their_distance():
    figure, ax = pyplot.subplots(figsize=(1.2, 1.2))
    ax.plot([5.6, 6.95], [0, 1])
    label_log10(ax.xaxis)
    figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
    pyplot.close(figure)
    assert boxes
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))


def test_lightness_rises_from_blue_to_orange():
    colours = [to_rgb(colour) for colour in colours_of(range(13)).values()]
    linear = np.where(
        np.array(colours) <= 0.04045, np.array(colours) / 12.92, ((np.array(colours) + 0.055) / 1.055) ** 2.4
    )
    lightness = 116 * np.cbrt(linear @ [0.2126, 0.7152, 0.0722]) - 16
    assert np.all(np.diff(lightness) > 1.5)
    assert colours[0][2] > colours[0][0] and colours[-1][0] > colours[-1][2]
