"""Free over fixed norm for N to infinity, and its limit of large alpha."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scaling.core.notation import power_of_ten
from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, colours_of, new_figure

SMALLEST_ALPHA = 10


def figure_free_norm(mean_field: pd.DataFrame, limit: pd.DataFrame, lag: pd.DataFrame) -> Figure:
    """How far the free norm's error lies above the fixed norm's; local exponents of both in the limit; lambda ~ alpha.

    Parameters
    ----------
    mean_field : as scaling.perceptron.free_norm_limit.beside_samples gives it.
    limit : as scaling.perceptron.large_alpha.large_alpha gives it.
    lag : as scaling.perceptron.free_norm_limit.lag gives it; shown are alphas of SMALLEST_ALPHA and more.
    """
    figure, axes = new_figure(1, 3, width=PAGE_WIDTH, panel_height=2.5)
    ratio, slope, late = axes[0]
    colours = colours_of(mean_field["alpha"])
    for alpha, table in mean_field.groupby("alpha"):
        style = {"color": colours[alpha], "elinewidth": 0.7}
        values, sigma = 100 * np.expm1(table["log_ratio"]), 100 * table["sigma"]
        ratio.errorbar(table["lambda"], values, sigma, label=power_of_ten(alpha), **style)
        sampled = {"fmt": "o", "markersize": 2.5, "markerfacecolor": "white"}
        ratio.errorbar(
            table["lambda"], 100 * np.expm1(table["samples"]), 100 * table["samples_sigma"], **style, **sampled
        )
    shown = limit[limit["lambda"].between(0.02, 40)]
    black = {"color": "black", "linestyle": "--", "linewidth": 0.9}
    ratio.plot(shown["lambda"], 100 * (shown["ratio"] - 1), label=r"$\infty$", **black)
    ratio.axhline(0, color="0.6", linewidth=0.6)
    ratio.set(xscale="log", xlabel=r"$\lambda$", ylabel=r"$\epsilon_{\mathrm{free}}/\epsilon_{\mathrm{fixed}}-1$, %")
    ratio.set_title(r"$N\to\infty$, and samples")
    ratio.legend(title=r"$\alpha$", loc="upper right")
    for number, name in enumerate(("free", "fixed")):
        slope.plot(limit["lambda"], limit[f"slope_{name}"], color=CATEGORIES[number], label=f"{name} norm")
    slope.axhline(-0.5, **black)
    slope.set(xscale="log", xlabel=r"$\lambda$", ylabel=r"$d\log\epsilon\,/\,d\log\lambda$")
    slope.set_title(r"limit $\alpha\to\infty$")
    slope.legend(loc="upper right")
    _late(late, lag[lag["alpha"] >= SMALLEST_ALPHA], black)
    return figure


def _late(axes: Axes, lag: pd.DataFrame, early: dict) -> None:
    """Circles: samples; lines: their adiabatic lag; dashed: the end of the early law, pi^2/48 (alpha/lambda)^2."""
    colours = colours_of(lag["alpha"])
    for alpha, table in lag.groupby("alpha"):
        style = {"color": colours[alpha], "elinewidth": 0.6, "fmt": "o", "markersize": 2}
        x = table["lambda_over_alpha"]
        axes.errorbar(x, table["measured"], table["measured_sigma"], label=power_of_ten(alpha), **style)
        axes.plot(x, table["adiabatic"], color=colours[alpha], linewidth=0.8)
    x = np.geomspace(0.15, 0.9, 40)
    axes.plot(x, np.pi**2 / 48 / x**2, **early)
    axes.axhline(0, color="0.6", linewidth=0.6)
    axes.set(xscale="log", ylim=(-1, 8), xlabel=r"$\lambda/\alpha$", title=r"samples at $\lambda\sim\alpha$")
    axes.set_ylabel(r"$\alpha^2\,\log(\epsilon_{\mathrm{free}}/\epsilon_{\mathrm{fixed}})$")
    if lag.empty:
        words = f"no samples of\n$\\alpha\\geq${SMALLEST_ALPHA} go there"
        axes.text(0.5, 0.7, words, transform=axes.transAxes, ha="center", fontsize=7)
    else:
        axes.legend(title=r"$\alpha$", loc="upper right")
