"""What the procedures return for exact curves, over the truth."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, new_figure

ROW = 0.3  # inches, of a regime
SMALL = 6.0  # points, of the regimes' names
WRAPPED = 44  # letters of a name on one line
NAMES = 2.3  # inches
#: What is drawn, over the truth of which quantity.
SHOWN = {"gamma_1": "gamma_1", "gamma_2": "gamma_2", "gamma_pred": "gamma", "gamma_meas": "gamma"}
LABELS = {
    "gamma_1": r"$\gamma_1$",
    "gamma_2": r"$\gamma_2$",
    "gamma_pred": r"$\gamma_1\gamma_2/\gamma$",
    "gamma_meas": r"$\gamma_\mathrm{meas}/\gamma$",
}
MARKERS = ("o", "s", "D")
RANGE = (-1.3, 0.5)  # log10 of the ratio; what is beyond stands at the edge


def ratios(table: pd.DataFrame) -> pd.DataFrame:
    """Each value over the true exponent that it stands for.

    Parameters
    ----------
    table : as scaling.laws.procedures gives it.

    Returns
    -------
    model, regime, how ("authors, to 0.3", "robust"), believed (false where the note says that nothing collapses),
    gamma_1, gamma_2, gamma_pred, gamma_meas over gamma_1, gamma_2, gamma and gamma, and product (the true gamma_1
    gamma_2 over gamma: 1 where the product law holds).
    """
    how = [
        f"authors, to {row.x_right:g}" if row.procedure == "authors" else row.procedure for row in table.itertuples()
    ]
    believed = ~table["note"].astype(object).fillna("").str.contains("no range of P and norm collapses")
    over = {name: table[name] / table[f"{truth}_true"] for name, truth in SHOWN.items()}
    product = table["gamma_1_true"] * table["gamma_2_true"] / table["gamma_true"]
    return table[["model", "regime"]].assign(how=how, believed=believed, **over, product=product)


def figure_procedures(table: pd.DataFrame) -> Figure:
    """A line for each set of curves, a panel for each exponent: what is returned, over the truth.

    Parameters
    ----------
    table : as scaling.laws.procedures gives it.
    """
    found = ratios(table)
    regimes = list(dict.fromkeys(zip(found["model"], found["regime"], strict=True)))
    figure, axes = new_figure(columns=len(SHOWN), width=PAGE_WIDTH, panel_height=max(2.0, ROW * len(regimes) + 0.9))
    figure.set_layout_engine("none")
    height = figure.get_size_inches()[1]
    sides = {"left": NAMES / PAGE_WIDTH, "right": 0.985, "bottom": 0.42 / height, "top": 1 - 0.5 / height}
    axes[0, 0].get_gridspec().update(wspace=0.08, **sides)
    for ax, name in zip(axes[0], SHOWN, strict=True):
        _panel(ax, found, name, regimes)
    names = [_words(*regime) for regime in regimes]
    axes[0, 0].set_yticks(range(len(regimes)), names, fontsize=SMALL, linespacing=1)
    axes[0, 0].tick_params(axis="y", length=0)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper right", ncols=len(labels), fontsize=SMALL + 0.5, handletextpad=0.2)
    return figure


def _words(model: str, regime: str) -> str:
    """What the curves are of, and their range; lines end at commas."""
    lines = [model.split(",")[0]]
    for part in regime.removeprefix("fixed norm, ").split(", "):
        if len(lines[-1]) + len(part) < WRAPPED:
            lines[-1] += f", {part}"
        else:
            lines.append(part)
    return "\n".join(lines)


def _panel(ax: Axes, found: pd.DataFrame, name: str, regimes: list[tuple[str, str]]) -> None:
    places = {regime: place for place, regime in enumerate(regimes)}
    procedures = list(dict.fromkeys(found["how"]))
    for number, how in enumerate(procedures):
        part = found[found["how"] == how]
        keys = zip(part["model"], part["regime"], strict=True)
        y = np.array([places[key] for key in keys]) + 0.24 * (number - (len(procedures) - 1) / 2)
        ratio = part[name].to_numpy(float)
        x = np.clip(np.log10(np.where(ratio > 0, ratio, np.nan)), *RANGE)
        x = np.where(ratio <= 0, RANGE[0], x)
        sure = part["believed"].to_numpy(bool)
        style = {"marker": MARKERS[number % len(MARKERS)], "linestyle": "none", "markersize": 3.2}
        colour = CATEGORIES[number % len(CATEGORIES)]
        ax.plot(x[sure], y[sure], color=colour, label=how, **style)
        ax.plot(x[~sure], y[~sure], color=colour, markerfacecolor="white", **style)
        refused = np.isnan(ratio)
        ax.plot(np.full(refused.sum(), RANGE[1] - 0.08), y[refused], "x", color=colour, markersize=2.6)
    if name == "gamma_pred":
        for regime, part in found.groupby(["model", "regime"]):
            ax.plot(np.log10(part["product"].iloc[0]), places[regime], "|", color="black", markersize=12, zorder=2)
    for place in range(0, len(regimes), 2):
        ax.axhspan(place - 0.5, place + 0.5, color="0.95", linewidth=0, zorder=0)
    ax.axvline(0, color="0.3", linewidth=0.8, zorder=1)
    ax.set_xlim(RANGE[0] - 0.05, RANGE[1] + 0.05)
    ticks = [0.1, 0.3, 1, 2]
    ax.set_xticks(np.log10(ticks), [f"{tick:g}" for tick in ticks], fontsize=SMALL)
    ax.set_ylim(max(len(regimes), 1) - 0.5, -0.5)
    ax.set_yticks([])
    ax.set_title(LABELS[name], pad=3)
    ax.set_xlabel("returned / true")
