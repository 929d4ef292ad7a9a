"""What the interpolators' figures share: names of potentials, points with errors, guides."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FormatStrFormatter, LogLocator, NullFormatter

GUIDE = {"color": "0.35", "linestyle": ":", "linewidth": 0.9}
POINTS = {"linestyle": "none", "marker": "o", "markersize": 3, "elinewidth": 0.7, "capsize": 0}


def name_of(kind: str, parameter: float) -> str:
    """A potential as mathematics: p = 1.5, alpha = 0.0664."""
    return rf"${'p' if kind == 'p' else chr(92) + 'alpha'}={parameter:g}$"


def spread(values: Sequence[float], most: int) -> list[float]:
    """At most so many of the values, evenly spread in order, the first and the last among them."""
    ordered = sorted(set(values))
    if len(ordered) <= most:
        return ordered
    return [ordered[round(i)] for i in np.linspace(0, len(ordered) - 1, most)]


def draw_points(ax: Axes, samples: pd.DataFrame, column: str, **style) -> None:
    """The mean of a column over the data sets of each n, with its standard error."""
    groups = samples.dropna(subset=column).groupby("n")[column]
    mean = groups.mean()
    ax.errorbar(mean.index, mean, groups.sem(), **(POINTS | style))


def draw_slope(ax: Axes, x: Sequence[float], y: float, slope: float, text: str, va: str = "bottom") -> None:
    """A guide of this slope from (x[0], y), its exponent written in its middle."""
    ends = np.array([x[0], x[1]], float)
    ax.plot(ends, y * (ends / ends[0]) ** slope, **GUIDE)
    middle = np.sqrt(ends[0] * ends[1])
    place = {"xytext": (0, 5 if va == "bottom" else -5), "textcoords": "offset points", "ha": "center", "va": va}
    ax.annotate(text, (middle, y * (middle / ends[0]) ** slope), fontsize=6.5, **place)


def few_ticks(axis: Axis) -> None:
    """Labels on a logarithmic axis: powers of ten, or 1, 2, 5 in plain digits where it spans under two decades."""
    axis.set_minor_formatter(NullFormatter())
    low, high = sorted(axis.get_view_interval())
    if high < 100 * low:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(FormatStrFormatter("%g"))
