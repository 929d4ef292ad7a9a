"""Figures 2, 5, 6 and 8: the perceptron at fixed norm, and the sketch of the combined law."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scaling.core.errors import BadInput
from scaling.core.notation import power_of_ten
from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, colours_of, new_figure

GUIDE = {"color": "0.35", "linestyle": "--", "linewidth": 0.9}
STAR = {"marker": "*", "markersize": 7, "markeredgecolor": "black", "markeredgewidth": 0.4, "linestyle": "none"}
# The classical rules by the column of their error: their names, and the lines that stand for them.
RULES = {
    "epsilon_hebb": ("Hebb", {"color": CATEGORIES[1], "linestyle": "--", "linewidth": 0.9}),
    "epsilon_max_stability": ("maximum stability", {"color": CATEGORIES[2], "linestyle": "-.", "linewidth": 0.9}),
    "epsilon_bayes": ("Bayes-optimal", {"color": CATEGORIES[3], "linestyle": ":", "linewidth": 0.9}),
}
# Equation 5 with parameters of the order of a network's on MNIST: gamma_1 and gamma_2 as the CNN's in Table 2, ten
# classes (0.9 at P = 0), q_2/k_2 = 300 images, and an error floor of one per cent.
SKETCH = {"gamma_1": 0.6, "gamma_2": 1.0, "k_2": 1.0, "q_2": 300.0, "q_1": 0.01, "random_guessing": 0.9}


def figure_2(theory: pd.DataFrame, optima: pd.DataFrame, collapse: pd.DataFrame) -> Figure:
    """Relative error against lambda with the optima, the collapse, and the optima against alpha in insets.

    Parameters
    ----------
    theory, optima : as scaling.perceptron.theory_tables gives them.
    collapse : as scaling.perceptron.theory_exponents.collapse gives it.
    """
    figure, axes = new_figure(1, 2, width=PAGE_WIDTH, panel_height=3.0)
    left, right = axes[0]
    colours = colours_of(optima["alpha"])
    relative_opt = optima["epsilon_opt"] / optima["epsilon_hebb"]
    for (alpha, curve), lambda_opt, epsilon_opt in zip(
        theory.groupby("alpha"), *_by_alpha(optima, "lambda_opt", "epsilon_opt"), strict=True
    ):
        relative = curve["epsilon"] / curve["epsilon_hebb"]
        left.plot(curve["lambda"], relative, color=colours[alpha], label=power_of_ten(alpha))
        right.plot(curve["lambda"] / lambda_opt, curve["epsilon"] / epsilon_opt, color=colours[alpha])
    early = np.array([3.0, 1e4])
    left.plot(early, 0.45 * early**-0.5, label=r"$\propto\lambda^{-1/2}$", **GUIDE)
    for alpha, x, y in zip(optima["alpha"], optima["lambda_opt"], relative_opt, strict=True):
        left.plot(x, y, color=colours[alpha], **STAR)
    left.set(
        xscale="log", yscale="log", xlim=(1e-2, 2e4), ylim=((theory["epsilon"] / theory["epsilon_hebb"]).min() / 1.6, 2)
    )
    left.set(xlabel=r"$\lambda$", ylabel=r"$\hat\epsilon=\epsilon\,/\,\epsilon_0$")
    left.legend(title=r"$\alpha$", ncols=2, loc="lower left", columnspacing=1)

    limit = collapse[collapse["alpha"] == collapse["alpha"].max()]
    right.plot(
        limit["lambda_over_opt"], limit["limit"], label=r"$\Phi$, $\alpha\to\infty$", **GUIDE | {"color": "black"}
    )
    right.plot(1, 1, color="white", **STAR)
    right.set(xscale="log", yscale="log", xlim=(1e-4, 1e3), ylim=(0.02, 40))
    right.set(xlabel=r"$\lambda\,/\,\lambda_{\mathrm{opt}}$", ylabel=r"$\epsilon\,/\,\epsilon_{\mathrm{opt}}$")
    right.legend(loc="lower right", bbox_to_anchor=(1, 0.02))
    _inset(
        right, (0.62, 0.63, 0.36, 0.34), optima["alpha"], optima["lambda_opt"], 1, r"$\lambda_{\mathrm{opt}}$", colours
    )
    name = r"$\hat\epsilon_{\mathrm{opt}}$"
    _inset(right, (0.15, 0.11, 0.36, 0.34), optima["alpha"], relative_opt, -0.5, name, colours)
    return figure


def _by_alpha(optima: pd.DataFrame, *columns: str) -> list[np.ndarray]:
    """Columns in the order in which groupby("alpha") gives its groups."""
    return [optima.sort_values("alpha")[column].to_numpy() for column in columns]


def _inset(
    axes: Axes, place: tuple, alphas: pd.Series, values: pd.Series, exponent: float, name: str, colours: dict
) -> None:
    """The optimum against alpha, with the reference slope through its last point."""
    inset = axes.inset_axes(place)
    order = np.argsort(alphas.to_numpy())
    x, y = alphas.to_numpy()[order], values.to_numpy()[order]
    slope = {1: r"$\alpha$", -0.5: r"$\alpha^{-1/2}$"}[exponent]
    inset.plot(x, y[-1] * (x / x[-1]) ** exponent, label=rf"$\propto$ {slope}", **GUIDE)
    for alpha, value in zip(x, y, strict=True):
        inset.plot(alpha, value, color=colours[alpha], **STAR)
    inset.set(xscale="log", yscale="log")
    inset.set_xlabel(r"$\alpha$", fontsize=7, labelpad=0)
    inset.set_ylabel(name, fontsize=7, labelpad=1)
    inset.tick_params(labelsize=5.5, pad=1.5)
    inset.legend(loc="upper left" if exponent > 0 else "lower left", fontsize=6)


def figure_5() -> Figure:
    """Equation 5 against P, with the two thresholds between its three regimes."""
    s = SKETCH
    k_1 = (s["random_guessing"] - s["q_1"]) * s["q_2"] ** s["gamma_1"]
    P = np.geomspace(1, 1e8, 400)
    epsilon = k_1 * (s["k_2"] * P ** s["gamma_2"] + s["q_2"]) ** -s["gamma_1"] + s["q_1"]
    P_minus = (s["q_2"] / s["k_2"]) ** (1 / s["gamma_2"])
    P_plus = (k_1 * s["k_2"] ** -s["gamma_1"] / s["q_1"]) ** (1 / s["gamma_1"] / s["gamma_2"])

    figure, axes = new_figure()
    axes = axes[0, 0]
    axes.plot(P, epsilon, color=CATEGORIES[0], label="equation 5")
    middle = k_1 * s["k_2"] ** -s["gamma_1"] * P ** (-s["gamma_1"] * s["gamma_2"])
    shown = (middle < 2) & (middle > s["q_1"] / 3)
    axes.plot(P[shown], middle[shown], label=r"$k_1k_2^{-\gamma_1}P^{-\gamma_1\gamma_2}$", **GUIDE)
    for level, text, place in (
        (s["random_guessing"], r"$k_1q_2^{-\gamma_1}+q_1$", (1.05e8, 0)),
        (s["q_1"], r"$q_1$", (1.5, 0)),
    ):
        axes.axhline(level, color="0.6", linewidth=0.7, linestyle=":")
        axes.text(place[0], level * 1.08, text, fontsize=7, ha="right" if place[0] > 10 else "left", va="bottom")
    for threshold, text, side, shift in ((P_minus, r"$P_{{-}}$", "left", 3), (P_plus, r"$P_{{+}}$", "right", -3)):
        axes.axvline(threshold, color=CATEGORIES[1], linewidth=0.8)
        at = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points", "ha": side}
        axes.annotate(text, (threshold, 0.06), xytext=(shift, 0), color=CATEGORIES[1], **at)
    axes.set(xscale="log", yscale="log", xlim=(1, 1.2e8), ylim=(4e-3, 2), xlabel=r"$P$", ylabel=r"$\epsilon(P)$")
    axes.legend(loc="upper right", bbox_to_anchor=(1, 0.84))
    return figure


def figure_6(theory: pd.DataFrame, optima: pd.DataFrame) -> Figure:
    """The error against lambda below alpha = 1 (at the alpha nearest to 0.5), between the classical rules.

    Raises BadInput if the tables have no alpha below 1.
    """
    over_parametrized = optima.loc[optima["alpha"] < 1, "alpha"]
    if over_parametrized.empty:
        raise BadInput("config key perceptron_theory.alphas: figure 6 needs an alpha below 1 (the paper's is 0.5)")
    alpha = min(over_parametrized, key=lambda value: abs(value - 0.5))
    curve, best = theory[theory["alpha"] == alpha], optima[optima["alpha"] == alpha].iloc[0]
    figure, axes = new_figure()
    axes = axes[0, 0]
    axes.plot(curve["lambda"], curve["epsilon"], color=CATEGORIES[0], label=rf"fixed norm, $\alpha={alpha:g}$")
    axes.plot(best["lambda_opt"], best["epsilon_opt"], color=CATEGORIES[0], **STAR)
    for column, (name, style) in RULES.items():
        axes.axhline(best[column], label=name, **style)
    axes.set(xscale="log", xlim=(curve["lambda"].min(), curve["lambda"].max()))
    axes.set(xlabel=r"$\lambda$", ylabel=r"$\epsilon$")
    span = best["epsilon_hebb"] - best["epsilon_bayes"]
    axes.set_ylim(best["epsilon_bayes"] - 0.08 * span, best["epsilon_hebb"] + 0.08 * span)
    axes.legend(loc="upper right", bbox_to_anchor=(1, 0.92))
    return figure


def figure_8(theory: pd.DataFrame) -> Figure:
    """The local exponent d log epsilon / d log lambda for growing alpha, against -1/2 and 0."""
    figure, axes = new_figure(panel_height=2.5)
    axes = axes[0, 0]
    colours = colours_of(theory["alpha"])
    for alpha, curve in theory.groupby("alpha"):
        axes.plot(
            curve["lambda"],
            curve["dlog_epsilon_dlog_lambda"],
            color=colours[alpha],
            label=power_of_ten(alpha),
            zorder=2,
        )
    axes.axhline(0, color="black", linestyle=":", linewidth=0.9)
    axes.axhline(-0.5, color="black", linestyle="--", linewidth=0.9)
    axes.set(xscale="log", xlim=(1e-3, theory["lambda"].max()), ylim=(-0.54, 0.1))
    axes.set(xlabel=r"$\lambda$", ylabel=r"$d\log\epsilon\,/\,d\log\lambda$")
    axes.legend(
        title=r"$\alpha$",
        loc="lower left",
        bbox_to_anchor=(0, 0.08),
        ncols=2,
        handlelength=1.2,
        columnspacing=1,
    )
    return figure
