"""The curves of power-law features: the three laws where they hold, and where they do not."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scaling.core.notation import power_of_ten
from scaling.covariates.predictions import early_constant, early_exponent, predict
from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, colours_of, new_figure

GUIDE = {"color": "0.3", "linestyle": "--", "linewidth": 0.9}
STAR = {"marker": "*", "markersize": 7, "markeredgecolor": "black", "markeredgewidth": 0.4, "linestyle": "none"}
LAW = ["a", "delta", "noise"]
COLUMNS = 3


def figure_laws(curves: pd.DataFrame, optima: pd.DataFrame, collapse: pd.DataFrame) -> Figure:
    """A panel for each law with its curves; the collapse of the first; optimal norm and error of all against n.

    Parameters
    ----------
    curves, optima, collapse : as scaling.covariates.tables gives them.
    """
    laws = [tuple(law) for law in optima[LAW].drop_duplicates().to_numpy()]
    rows = -(-(len(laws) + 2) // COLUMNS)
    figure, axes = new_figure(rows, COLUMNS, width=PAGE_WIDTH, panel_height=2.3)
    panels = axes.ravel()
    for law, panel in zip(laws, [panels[0], *panels[3:]], strict=False):
        _curves(panel, law, _of(curves, law), _of(optima, law), legend=law == laws[0])
    _collapse(panels[1], collapse)
    _optima(panels[2], laws, optima)
    for panel in panels[len(laws) + 2 :]:
        panel.remove()
    return figure


def name_of(law: tuple[float, float, float]) -> str:
    """The law in words: exponents, and noise if there is any."""
    a, delta, noise = law
    return rf"$a={a:g}$, $\delta={delta:g}$" + (f", noise {noise:g}" if noise else "")


def _of(table: pd.DataFrame, law: tuple) -> pd.DataFrame:
    return table[(table[LAW] == list(law)).all(axis=1)]


def _curves(axes: Axes, law: tuple, curves: pd.DataFrame, optima: pd.DataFrame, legend: bool) -> None:
    colours = colours_of(optima["n"])
    for n, curve in curves.groupby("n"):
        axes.plot(curve["norm"], curve["epsilon"], color=colours[n], label=power_of_ten(n))
    for row in optima.itertuples():
        axes.plot(row.norm_opt, row.epsilon_opt, color=colours[row.n], **STAR)
    a, delta, noise = law
    floor = optima["floor"].iloc[0]
    lowest = curves["epsilon"].min()
    axes.set(xscale="log", yscale="log", xlim=(0.06, 30 * max(optima["norm_opt"].max(), 1)))
    if noise:
        axes.axhline(floor, label=r"$q_1$", **GUIDE | {"linestyle": ":"})
        axes.set_ylim(floor / 1.3, 0.6)
        axes.set_yticks([0.1, 0.2, 0.5], ["0.1", "0.2", "0.5"])
        axes.minorticks_off()
    else:
        gamma_1, k_1 = early_exponent(a, delta), early_constant(a, delta)
        # through the closed constant, or where there is none through the curve of the largest n
        x = np.geomspace(0.3, 3 * optima["norm_opt"].max(), 50)
        if np.isnan(k_1):
            largest = curves[curves["n"] == curves["n"].max()]
            steepest = largest.loc[largest["slope"].idxmin()]
            k_1 = steepest["epsilon"] * steepest["norm"] ** gamma_1
        axes.plot(x, k_1 * x**-gamma_1, label=rf"$k_1\|w\|^{{-{gamma_1:.3g}}}$", **GUIDE)
        axes.set_ylim(lowest / (300 if legend else 3), 1)
    axes.set_title(f"{predict(a, delta).region}: {name_of(law)}")
    axes.set(xlabel=r"norm $\|w\|$", ylabel=r"error $\epsilon$")
    if legend:
        axes.legend(title="$n$", ncols=2, loc="lower left", columnspacing=1, handlelength=1.2)
    else:
        handles, labels = axes.get_legend_handles_labels()
        axes.legend(handles[-1:], labels[-1:], loc="lower left")


def _collapse(axes: Axes, collapse: pd.DataFrame) -> None:
    finite = collapse[np.isfinite(collapse["n"])]
    colours = colours_of(finite["n"])
    for n, curve in finite.groupby("n"):
        axes.plot(curve["norm_over_opt"], curve["epsilon_over_opt"], color=colours[n])
    limit = collapse[np.isinf(collapse["n"])]
    label = r"master curve, $n\to\infty$"
    axes.plot(limit["norm_over_opt"], limit["epsilon_over_opt"], label=label, **GUIDE | {"color": "black"})
    axes.set(xscale="log", yscale="log", title="collapse of the first")
    axes.set_yticks([1, 2, 3], ["1", "2", "3"])
    axes.minorticks_off()
    axes.set(xlabel=r"$\|w\|\,/\,\|w\|_{\mathrm{opt}}$", ylabel=r"$\epsilon\,/\,\epsilon_{\mathrm{opt}}$")
    axes.legend(loc="upper right")


def _optima(axes: Axes, laws: list[tuple], optima: pd.DataFrame) -> None:
    """epsilon_opt - q_1 against n, the norm above it; guides have the predicted exponents."""
    for number, law in enumerate(laws):
        found, colour, p = _of(optima, law), CATEGORIES[number % len(CATEGORIES)], predict(*law)
        n = found["n"].to_numpy()
        for values, exponent, marker in (
            (found["norm_opt"], p.gamma_2, "o"),
            (found["epsilon_opt"] - found["floor"], -p.gamma, "s"),
        ):
            label = name_of(law) if marker == "o" else None
            axes.plot(n, values, color=colour, marker=marker, linestyle="none", markersize=3, label=label)
            axes.plot(n, values.iloc[-1] * (n / n[-1]) ** exponent, color=colour, linewidth=0.8, linestyle="--")
    axes.set(xscale="log", yscale="log", xlabel="$n$", title="optimal norm and its error", ylim=(1e-10, None))
    axes.set_ylabel(r"$\epsilon_{\mathrm{opt}}-q_1$ (squares), norm (circles)", fontsize=7)
    axes.legend(loc="lower left", handletextpad=0.2)
