"""Free over fixed norm for N to infinity, and its limit of large alpha."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from scaling.core.notation import power_of_ten
from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, colours_of, new_figure


def figure_free_norm(mean_field: pd.DataFrame, limit: pd.DataFrame) -> Figure:
    """Left: how far the free norm's error lies above the fixed norm's. Right: local exponents of both in the limit.

    Parameters
    ----------
    mean_field : as scaling.perceptron.free_norm_limit.beside_samples gives it.
    limit : as scaling.perceptron.large_alpha.large_alpha gives it.
    """
    figure, axes = new_figure(1, 2, width=PAGE_WIDTH, panel_height=2.7)
    ratio, slope = axes[0]
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
    ratio.set_title(r"$N\to\infty$ (lines) and finite samples (circles)")
    ratio.legend(title=r"$\alpha$", loc="upper right", title_fontsize=7)
    for number, name in enumerate(("free", "fixed")):
        slope.plot(limit["lambda"], limit[f"slope_{name}"], color=CATEGORIES[number], label=f"{name} norm")
    slope.axhline(-0.5, **black)
    slope.set(xscale="log", xlabel=r"$\lambda$", ylabel=r"$d\log\epsilon\,/\,d\log\lambda$")
    slope.set_title(r"local exponent, $\alpha\to\infty$")
    slope.legend(loc="upper right")
    return figure
