"""The one style of every figure: sizes, colours, labels, saving."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
import seaborn
from matplotlib import pyplot
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from scaling.files import atomic

matplotlib.use("Agg")

COLUMN_WIDTH = 3.4  # inches: one column of a two-column journal
PAGE_WIDTH = 7.0  # inches: both columns

# From blue (small P) to orange (large P) as in the paper; the lightness rises along it, so that the order of
# the curves survives colour blindness and grey printing.
P_COLOURS = LinearSegmentedColormap.from_list("P", ["#0b2a6b", "#2c6fbb", "#7fa8b8", "#d9a75f", "#f5820d"])
# Wong's colour-blind safe set (Nature Methods 8, 441, 2011) for categories.
CATEGORIES = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000"]

STYLE = {
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 8,
    "legend.fontsize": 6.5,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "lines.linewidth": 1.1,
    "lines.markersize": 3.5,
    "axes.linewidth": 0.6,
    "axes.grid": False,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "legend.frameon": False,
    "pdf.fonttype": 42,  # text stays text
    "ps.fonttype": 42,
    "savefig.dpi": 200,
    "figure.constrained_layout.use": True,
    "mathtext.fontset": "dejavusans",
    # A fixed stamp keeps the bytes of a figure equal when its data are.
    "svg.hashsalt": "scaling",
}


def new_figure(rows: int = 1, columns: int = 1, width: float = COLUMN_WIDTH, panel_height: float = 2.2, **options):
    """A figure of `rows` x `columns` panels in the common style; returns (figure, axes of shape (rows, columns))."""
    seaborn.set_theme(style="ticks", palette=CATEGORIES, rc=STYLE)
    figure, axes = pyplot.subplots(rows, columns, figsize=(width, panel_height * rows), squeeze=False, **options)
    return figure, axes


def colours_of(values: Sequence[float]) -> dict[float, tuple]:
    """One colour per value (P, alpha, ...), by rank from blue (smallest) to orange (largest)."""
    ordered = sorted(set(values))
    positions = np.linspace(0, 1, len(ordered)) if len(ordered) > 1 else [0.5]
    return {value: P_COLOURS(position) for value, position in zip(ordered, positions, strict=True)}


def save_figure(figure: Figure, *paths: str | Path) -> None:
    """Save to each path (.pdf, .png), whole or not at all, without a date stamp; then close the figure."""
    for path in paths:
        with atomic(path) as temporary:
            metadata = {"CreationDate": None} if Path(path).suffix == ".pdf" else {}
            figure.savefig(temporary, metadata=metadata)
    pyplot.close(figure)
