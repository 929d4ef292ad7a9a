"""Error against norm along regularised paths, with the path of n = infinity; and the local exponent of that path."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from scaling.core.notation import power_of_ten
from scaling.interpolators.figures.parts import few_ticks
from scaling.interpolators.paths import limiting_exponent
from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, colours_of, new_figure

STAR = {"marker": "*", "markersize": 7, "markeredgecolor": "black", "markeredgewidth": 0.4, "linestyle": "none"}
LIMIT = {"color": "black", "linestyle": "--", "linewidth": 0.9}
MOST = 5  # panels of paths


def draw(paths: pd.DataFrame) -> Figure:
    """A panel for each of the first five (a, p), and one of the local exponents at n = infinity.

    Parameters
    ----------
    paths : as paths.paths gives it, of all (a, p).
    """
    pairs = list(paths[["a", "p"]].drop_duplicates().itertuples(index=False, name=None))[:MOST]
    columns = min(3, len(pairs) + 1)
    rows = -(-(len(pairs) + 1) // columns)
    figure, axes = new_figure(rows, columns, width=PAGE_WIDTH, panel_height=2.1)
    n = sorted(paths.loc[np.isfinite(paths["n"]), "n"].unique())
    colours = colours_of(n)
    every = list(axes.ravel())
    for ax, (a, p) in zip(every, pairs, strict=False):
        _panel(ax, paths[(paths["a"] == a) & (paths["p"] == p)], colours)
        ax.set_title(rf"$w^*_k=k^{{-{a:g}}}$, $p={p:g}$", pad=5)
        ax.set(xlabel=r"$\Vert w\Vert_1$", ylabel="risk")
    _exponents(every[len(pairs)], paths, pairs)
    for ax in every[len(pairs) + 1 :]:
        ax.remove()
    handles = [Line2D([], [], color=colour, label=rf"$n=$ {power_of_ten(value)}") for value, colour in colours.items()]
    handles += [
        Line2D([], [], label=r"$n=\infty$", **LIMIT),
        Line2D([], [], color="0.6", label="least", **STAR),
        Line2D([], [], color="0.6", marker="|", markersize=6, linestyle="none", label="interpolator"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), handlelength=1.5, columnspacing=1.0)
    return figure


def _panel(ax: Axes, paths: pd.DataFrame, colours: dict) -> None:
    for n, colour in colours.items():
        here = paths[paths["n"] == n]
        path, best, end = (here[here["place"] == place] for place in ("path", "best", "interpolator"))
        whole = pd.concat([path, end]).sort_values("norm")
        ax.plot(whole["norm"], whole["risk"], color=colour)
        ax.plot(end["norm"], end["risk"], color=colour, marker="|", markersize=6, linestyle="none")
        ax.plot(best["norm"], best["risk"], color=colour, **STAR)
    finite = paths[np.isfinite(paths["n"])]
    limit = paths[np.isinf(paths["n"])].sort_values("norm")
    low = finite["risk"].min() / 3
    limit = limit[limit["risk"] > low]
    ax.plot(limit["norm"], limit["risk"], **LIMIT)
    ax.set(xscale="log", yscale="log", xlim=(0.1, finite["norm"].max() * 2), ylim=(low, finite["risk"].max() * 1.5))
    few_ticks(ax.yaxis)
    few_ticks(ax.xaxis)


def _exponents(ax: Axes, paths: pd.DataFrame, pairs: list[tuple[float, float]]) -> None:
    """The local exponent of the path of n = infinity, and the power laws that it tends to where it does."""
    for (a, p), colour in zip(pairs, CATEGORIES, strict=False):
        here = paths[(paths["a"] == a) & (paths["p"] == p) & np.isinf(paths["n"])].sort_values("norm")
        ax.plot(here["norm"], -here["slope"], color=colour, label=f"{a:g}, {p:g}")
        if np.isfinite(limiting_exponent(a)):
            ax.axhline(limiting_exponent(a), color=colour, linestyle=":", linewidth=0.9)
    ax.set(
        xscale="log",
        xlim=(0.1, 100),
        ylim=(0, 4),
        yticks=[1, 2, 3, 4],
        xlabel=r"$\Vert w\Vert_1$",
        title=rf"$n=\infty$, $d=$ {power_of_ten(paths['d'].iloc[0])}",
    )
    ax.set_ylabel(r"$-d\log$ risk$\,/\,d\log\Vert w\Vert_1$")
    ax.legend(title="$a$, $p$", fontsize=6, title_fontsize=6.5, loc="upper left", handlelength=1.2)
