"""The one style of every figure: sizes, colours, labels, saving."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib import pyplot
from matplotlib.axis import Axis
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import Formatter, Locator, MaxNLocator

from scaling.core.files import atomic

matplotlib.use("Agg")

COLUMN_WIDTH = 3.4  # inches: one column of a two-column journal
PAGE_WIDTH = 7.0  # inches: both columns

# From blue (small P) to orange (large P) as in the paper; the lightness rises along it, so that the order of
# the curves survives colour blindness and grey printing.
P_COLOURS = LinearSegmentedColormap.from_list("P", ["#0b2a6b", "#1f5aa6", "#6f87a3", "#c48e5c", "#fb9a1e"])
# Wong's colour-blind safe set (Nature Methods 8, 441, 2011) for categories.
CATEGORIES = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000"]

INK = "0.15"  # of axes and text

STYLE = {
    "axes.prop_cycle": matplotlib.cycler(color=CATEGORIES),
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": "0.8",
    "grid.linewidth": 1.0,
    "patch.edgecolor": "white",
    "patch.force_edgecolor": True,
    "lines.solid_capstyle": "round",
    "axes.axisbelow": True,
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 8,
    "legend.fontsize": 6.5,
    "legend.title_fontsize": 7,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "lines.linewidth": 1.1,
    "lines.markersize": 3.5,
    "axes.linewidth": 0.6,
    "axes.grid": False,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.major.size": 3.0,
    "ytick.major.size": 3.0,
    "xtick.minor.size": 1.5,
    "ytick.minor.size": 1.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "legend.frameon": False,
    "pdf.fonttype": 42,  # text stays text
    "ps.fonttype": 42,
    "savefig.dpi": 200,
    "figure.constrained_layout.use": True,
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib: the same figure on every machine
    "mathtext.fontset": "dejavusans",
    # A fixed stamp keeps the bytes of a figure equal when its data are.
    "svg.hashsalt": "scaling",
}


def new_figure(rows: int = 1, columns: int = 1, width: float = COLUMN_WIDTH, panel_height: float = 2.2, **options):
    """A figure of `rows` x `columns` panels in the common style; returns (figure, axes of shape (rows, columns))."""
    pyplot.rcParams.update(STYLE)
    figure, axes = pyplot.subplots(rows, columns, figsize=(width, panel_height * rows), squeeze=False, **options)
    return figure, axes


def colours_of(values: Sequence[float]) -> dict[float, tuple]:
    """One colour per value (P, alpha, ...), by rank from blue (smallest) to orange (largest)."""
    ordered = sorted(set(values))
    positions = np.linspace(0, 1, len(ordered)) if len(ordered) > 1 else [0.5] * len(ordered)
    return {value: P_COLOURS(position) for value, position in zip(ordered, positions, strict=True)}


def save_figure(figure: Figure, *paths: str | Path) -> None:
    """Save to each path (.pdf, .png), whole or not at all, without a date stamp; then close the figure."""
    # Which ticks fit depends on the panels' sizes, and these on the ticks' labels: lay out twice, then keep it so.
    if layout := figure.get_layout_engine():
        layout.execute(figure)
        layout.execute(figure)
        figure.set_layout_engine("none")
    for path in paths:
        with atomic(path) as temporary:
            metadata = {"CreationDate": None} if Path(path).suffix == ".pdf" else {}
            figure.savefig(temporary, metadata=metadata)
    pyplot.close(figure)


# ------------------------------------------------------------------------------------------ logarithmic axes
#
# A spectral complexity of 1e75 is ordinary for a ViT and one above 1e308 is conceivable: such quantities are plotted as
# their log10 on a linear axis, whose ticks the two classes below place and write as on any logarithmic axis.


def label_log10(axis: Axis, most: int = 6) -> None:
    """Make an axis whose coordinate is log10 of a quantity look logarithmic, with at most `most` labels."""
    axis.set_major_locator(Log10Locator(most))
    axis.set_minor_locator(Log10MinorLocator())
    axis.set_major_formatter(Log10Formatter())


class Log10Locator(Locator):
    """Round numbers, few enough to be labelled: every n-th decade, or 1, 2, 5 in each, or finer within a decade."""

    def __init__(self, most: int = 6) -> None:
        self.most = most

    def __call__(self) -> list[float]:
        return self.tick_values(*sorted(self.axis.get_view_interval()))

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        best: list[float] = []
        per_unit, font = self._points_per_unit(vmin, vmax)
        for ticks in _candidates(vmin, vmax):
            fitting = self._fitting(ticks, vmin, vmax, per_unit, font)
            if len(fitting) > len(best):
                best = fitting
            if len(best) > 2:  # three labels show a scale; otherwise as many as there can be
                break
        return best

    def _points_per_unit(self, vmin: float, vmax: float) -> tuple[float, float]:
        """The length of a decade and the size of the labels, in points (without an axis: any label fits)."""
        if self.axis is None:
            return np.inf, 0.0
        axes = self.axis.axes
        box = axes.get_position()
        width, height = 72 * axes.get_figure(root=True).get_size_inches() * (box.width, box.height)
        length = width if self.axis.axis_name == "x" else height
        return length / max(vmax - vmin, 1e-9), self.axis.get_major_ticks(1)[0].label1.get_fontsize()

    def _fitting(self, ticks: list[float], vmin: float, vmax: float, per_unit: float, font: float) -> list[float]:
        """The ticks without those at a horizontal axis's ends that stick out of the panel; none if they crowd."""
        if self.axis is None or self.axis.axis_name == "y":
            crowded = np.any(np.diff(ticks) * per_unit < 1.4 * font)
            return ticks if len(ticks) <= self.most and not crowded else []
        half = {
            tick: font * _ems(label) / 2
            for tick, label in zip(ticks, Log10Formatter().format_ticks(ticks), strict=True)
        }
        inside = [tick for tick in ticks if half[tick] - 3 <= min(tick - vmin, vmax - tick) * per_unit]
        gaps = (per_unit * (right - left) - half[left] - half[right] for left, right in pairwise(inside))
        return inside if len(inside) <= self.most and all(gap >= 0.5 * font for gap in gaps) else []


def _candidates(low: float, high: float) -> Iterator[list[float]]:
    """Lists of ticks, the most welcome first."""
    if len(_multiples(1, low, high)) > 2:
        yield from (_multiples(step * 10**power, low, high) for power in range(6) for step in (1, 2, 5))
    for digits in ((1, 2, 3, 5, 7), (1, 2, 5), (1, 3)):
        yield _within_decades(digits, low, high)
    base = np.floor(low)
    for most in (5, 4, 3, 2) if high - low < 2 else ():
        locator = MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10])
        values = locator.tick_values(10 ** (low - base), 10 ** (high - base))
        yield [tick for tick in base + np.log10(values[values > 0]) if low <= tick <= high]
    yield _multiples(1, low, high)


def _ems(label: str) -> float:
    """About how wide a tick label is, in units of its font size (a digit is 0.64, an exponent 0.7 times that)."""
    text = label.replace(r"\!", "").replace(r"\times", "x").strip("$")
    base, _, exponent = text.partition("^")
    return 0.64 * len(base) + 0.45 * len(exponent.strip("{}"))


class Log10MinorLocator(Locator):
    """2 to 9 in each decade; where there are many decades, each, or each fifth, tenth, ... of them."""

    def __call__(self) -> list[float]:
        return self.tick_values(*sorted(self.axis.get_view_interval()))

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        if vmax - vmin <= 4:
            return _within_decades(range(1, 10), vmin, vmax)
        every = (_multiples(step * 10**power, vmin, vmax) for power in range(6) for step in (1, 5))
        return next((ticks for ticks in every if len(ticks) <= 30), [])


class Log10Formatter(Formatter):
    """Powers of ten for whole decades, plain decimals within 0.001 to 100000, otherwise digit times power."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return self.format_ticks([x])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        if not len(values):
            return []
        whole = np.allclose(values, np.round(values), atol=1e-6)
        if whole and not (min(values) >= -2 and max(values) <= 2):
            return [f"$10^{{{round(value)}}}$" for value in values]
        if min(values) > -3.01 and max(values) < 5.01:
            return [f"{10**value:.6g}" for value in values]
        return [_digit_times_power(value) for value in values]


def _digit_times_power(value: float) -> str:
    power = int(np.floor(value + 1e-9))
    digit = f"{10 ** (value - power):.3g}"
    return f"$10^{{{power}}}$" if digit == "1" else rf"${digit}\!\times\!10^{{{power}}}$"


def _multiples(step: float, low: float, high: float) -> list[float]:
    return [float(step * n) for n in range(int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9)) + 1)]


def _within_decades(digits: Sequence[float], low: float, high: float) -> list[float]:
    ticks = [
        power + np.log10(digit) for power in range(int(np.floor(low)), int(np.floor(high)) + 1) for digit in digits
    ]
    return [float(tick) for tick in ticks if low - 1e-9 <= tick <= high + 1e-9]
