"""The figure of the predictions: what smaller P say of larger ones, beside what was measured."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, label_log10, new_figure

DODGE = 0.015  # log10 units of P between the bars of two fits


def draw_prediction(table: pd.DataFrame) -> Figure:
    """Draw `prediction.predictions`.

    Left: the curves of each P that was predicted, bands for the intervals and dots for what was measured, by the fit
    that ends nearest below. Middle and right: optimum and its error against P, a colour for each fit, circles measured.
    """
    if table.empty:
        figure, axes = new_figure(1, 1, width=PAGE_WIDTH / 2)
        axes[0, 0].text(0.5, 0.5, "nothing is predicted:\nthe smaller P do not bear the laws", ha="center", va="center")
        axes[0, 0].set_axis_off()
        return figure
    figure, axes = new_figure(1, 3, width=PAGE_WIDTH)
    curve, optimum, lowest = axes[0]
    fits = sorted(table["fitted_to"].unique())
    for number, (P, part) in enumerate(table[table["quantity"] == "error"].groupby("P")):
        part = part[part["fitted_to"] == part["fitted_to"].max()].sort_values("log10_norm")
        colour = CATEGORIES[number % len(CATEGORIES)]
        norm, (value, low, high, measured) = part["log10_norm"], _log10(part, "error")
        curve.plot(norm, value, color=colour, label=f"P = {P:g}")
        curve.fill_between(norm, low, high, color=colour, alpha=0.25, linewidth=0)
        curve.plot(norm, measured, "o", color=colour)
    for axis, quantity in ((optimum, "log10_lambda_opt"), (lowest, "error_opt")):
        for number, end in enumerate(fits):
            part = table[(table["quantity"] == quantity) & (table["fitted_to"] == end)]
            value, low, high, measured = _log10(part, quantity)
            colour = CATEGORIES[number % len(CATEGORIES)]
            at, bars = np.log10(part["P"]), [(value - low).clip(lower=0), (high - value).clip(lower=0)]
            beside = at + DODGE * (number - (len(fits) - 1) / 2)
            axis.errorbar(beside, value, yerr=bars, fmt="s", color=colour, label=rf"fitted to $P \leq {end:g}$")
            axis.plot(at, measured, "o", color="black", markerfacecolor="none")
    labels = {curve: r"$\varepsilon$", optimum: r"$\lambda_\mathrm{opt}$", lowest: r"$\varepsilon_\mathrm{opt}$"}
    for axis, label in labels.items():
        axis.set_ylabel(label)
        axis.set_xlabel(r"$\lambda$" if axis is curve else "$P$")
        axis.margins(x=0.15)
        label_log10(axis.xaxis, 4)
        label_log10(axis.yaxis)
    for axis in (curve, lowest):  # errors fall from the left to the right: there is room below
        axis.legend(loc="lower left")
    lowest.margins(y=0.6)
    return figure


def _log10(part: pd.DataFrame, quantity: str) -> list[pd.Series]:
    """log10 of value, low, high and measured; lambda_opt is that already."""
    numbers = part[["value", "low", "high", "measured"]].astype(float)
    numbers = numbers if quantity == "log10_lambda_opt" else np.log10(numbers)
    return [numbers[name] for name in numbers]
