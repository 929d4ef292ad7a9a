"""Figures 1, 7 and 9: gradient descent of the perceptron at free norm."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from scaling.core.errors import BadInput
from scaling.core.notation import power_of_ten, with_uncertainty
from scaling.perceptron.comparison import THEORY_PLUS_DIFFERENCE, theory_times_ratio
from scaling.perceptron.figures.theory import RULES
from scaling.perceptron.free_norm_exponents import SETTINGS
from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, colours_of, new_figure

LEFT_ALPHA = 5  # the paper's alpha in the left panel of figure 1
SMALLEST_LAMBDA = 1e-2  # below, every curve is the Hebb rule's


def figure_1(theory: pd.DataFrame, optima: pd.DataFrame, curves: pd.DataFrame, dynamics: pd.DataFrame) -> Figure:
    """Fixed norm (theory, N to infinity) and free norm (gradient descent, brought to large N) against lambda.

    Parameters
    ----------
    theory, optima : alpha, lambda, epsilon; alpha and the errors of the classical rules.
    curves : mean curves of the dynamics, as `free_norm_exponents.mean_curves` gives them.
    dynamics : the single paths; only those of method "plain" are used, for where plain gradient descent stops.

    Raises
    ------
    BadInput if theory and dynamics have no alpha in common.
    """
    flow = theory_times_ratio(curves[curves["lambda"] >= SMALLEST_LAMBDA], theory)
    alphas = sorted(set(flow["alpha"]))
    if not alphas:
        keys = "perceptron_theory.alphas and perceptron_dynamics.alphas"
        raise BadInput(f"config keys {keys}: figure 1 needs an alpha in common")
    figure, axes = new_figure(1, 2, width=PAGE_WIDTH, panel_height=2.7)
    theory = theory[(theory["lambda"] >= SMALLEST_LAMBDA) & (theory["lambda"] <= flow["lambda"].max())]
    alpha = min(alphas, key=lambda value: abs(np.log(value / LEFT_ALPHA)))
    plain = dynamics[(dynamics["method"] == "plain") & (dynamics["alpha"] == alpha)]
    chosen = (table[table["alpha"] == alpha] for table in (theory, optima, flow))
    _one_alpha(figure, axes[0, 0], alpha, *chosen, plain)
    _many_alphas(axes[0, 1], alphas, theory, flow)
    return figure


def _one_alpha(figure: Figure, axes: Axes, alpha, theory, optima, flow, plain) -> None:
    above = {"color": CATEGORIES[0], "linewidth": 1, "linestyle": "--", "zorder": 3}
    axes.plot(theory["lambda"], theory["epsilon"], label="fixed norm, theory", **above)
    points = np.column_stack([flow["lambda"], flow["epsilon"]])
    path = LineCollection(np.stack([points[:-1], points[1:]], axis=1), cmap="viridis", linewidth=2)
    path.set_array(flow["log_time"].to_numpy()[1:] / np.log(10))
    axes.add_collection(path)
    figure.colorbar(path, ax=axes, label=r"$\log_{10}$ time", pad=0.02)
    for column, (name, style) in RULES.items():
        axes.axhline(optima[column].iloc[0], **style)
        # At the side that the curves leave free; Bayes-optimal, the lowest, below its line: the one above may be near.
        place, side = (0.98, "right") if column == "epsilon_hebb" else (0.02, "left")
        shift, edge = (-1.5, "top") if column == "epsilon_bayes" else (0.5, "bottom")
        axes.annotate(
            name, (place, optima[column].iloc[0]), xytext=(0, shift), textcoords="offset points", ha=side, va=edge,
            xycoords=axes.get_yaxis_transform(), color=style["color"], fontsize=6.5,
        )  # fmt: skip
    handles, labels = axes.get_legend_handles_labels()
    handles.append(Line2D([], [], color="#21918c", linewidth=2))
    labels.append("free norm, gradient descent")
    if len(plain):
        last = plain[plain["step"] == plain["step"].max()].mean(numeric_only=True)
        on_path = np.exp(np.interp(np.log(last["lambda"]), np.log(flow["lambda"]), np.log(flow["epsilon"])))
        mark = axes.plot(last["lambda"], on_path, "o", color="white", markeredgecolor="black", zorder=4)[0]
        handles.append(mark)
        labels.append(f"{power_of_ten(last['step'])} plain steps")
    axes.set(xscale="log", yscale="log", xlabel=r"$\lambda$", ylabel=r"$\epsilon$", title=rf"$\alpha={alpha:g}$")
    axes.set_xlim(flow["lambda"].min(), flow["lambda"].max())
    _plain_ticks(axes.yaxis)
    axes.legend(handles, labels, loc="upper right", bbox_to_anchor=(1, 0.9))


def _many_alphas(axes: Axes, alphas: list[float], theory: pd.DataFrame, flow: pd.DataFrame) -> None:
    colours = colours_of(alphas)
    for alpha in alphas:
        fixed, free = (table[table["alpha"] == alpha] for table in (theory, flow))
        axes.plot(fixed["lambda"], fixed["epsilon"], color=colours[alpha], label=f"{alpha:g}")
        axes.plot(free["lambda"], free["epsilon"], color=colours[alpha], linestyle="--")
    axes.set(xscale="log", yscale="log", xlabel=r"$\lambda$", ylabel=r"$\epsilon$")
    axes.set_xlim(flow["lambda"].min(), flow["lambda"].max())
    low, high = axes.get_ylim()
    axes.set_ylim(top=high * (high / low) ** 0.12)  # room for the words above the curves
    axes.add_artist(axes.legend(title=r"$\alpha$", title_fontsize=8, loc="lower left", ncols=2, columnspacing=1))
    styles = [Line2D([], [], color="0.3", linestyle=dashes) for dashes in ("-", "--")]
    axes.legend(styles, ["fixed norm, theory", "free norm, gradient descent"], loc="upper right")


def figure_7(mse: pd.DataFrame) -> Figure:
    """The squared loss: every sample's path, the large-N limit, and where the limit's error is smallest.

    Parameters
    ----------
    mse : alpha, sample, method ("flow" or "theory"), lambda, epsilon.
    """
    figure, axes = new_figure(panel_height=2.6)
    axes = axes[0, 0]
    colours = colours_of(mse["alpha"])
    for alpha, paths in mse.groupby("alpha"):
        limit = paths[paths["method"] == "theory"]
        axes.plot(limit["lambda"], limit["epsilon"], color=colours[alpha], label=f"{alpha:g}")
        for _, path in paths[paths["method"] == "flow"].groupby("sample"):
            axes.plot(path["lambda"], path["epsilon"], ".", markersize=1.5, color=colours[alpha], alpha=0.5)
        best = limit.loc[limit["epsilon"].idxmin()]
        axes.plot(best["lambda"], best["epsilon"], "*", markersize=7, color=colours[alpha], markeredgecolor="black")
    axes.axvline(np.sqrt(2 / np.pi), color="0.4", linestyle=":", linewidth=0.9, zorder=0)
    in_data_and_axes = axes.get_xaxis_transform()
    axes.text(
        np.sqrt(2 / np.pi) * 0.93, 0.97, r"$\sqrt{2/\pi}$", fontsize=7, ha="right", va="top", transform=in_data_and_axes
    )
    axes.set(xscale="log", yscale="log", xlabel=r"$\lambda$", ylabel=r"$\epsilon$")
    axes.set_xlim(SMALLEST_LAMBDA, 1.15 * mse["lambda"].max())
    axes.set_ylim(top=1.5 * mse["epsilon"].max())  # room for the words above the curves
    _plain_ticks(axes.yaxis)
    axes.add_artist(axes.legend(title=r"$\alpha$", title_fontsize=8, loc="lower left", ncols=2, columnspacing=1))
    kinds = [Line2D([], [], color="0.3"), Line2D([], [], color="0.3", linestyle="", marker=".", markersize=3)]
    axes.legend(kinds, [r"$N\to\infty$", "samples"], loc="upper left", ncols=2, columnspacing=1)
    return figure


def figure_9(
    curves: pd.DataFrame,
    optima: pd.DataFrame,
    gamma_1: pd.DataFrame,
    exponents: pd.DataFrame,
    theory: pd.DataFrame,
    window: tuple[float, float],
    min_alpha: float,
) -> Figure:
    """Left: the free norm's curves over their optimum, with the fits of gamma_1. Right: lambda_opt, fit of gamma_2.

    On the right the samples' own mean is grey. In colour, where the theory has the alpha, is its exact lambda_opt times
    the ratio free/fixed of the same samples, with the fit through these.

    Parameters
    ----------
    curves, optima, gamma_1 : as `free_norm_exponents` gives them.
    exponents : as `comparison.side_by_side` gives them.
    theory : alpha, lambda_opt of the fixed norm at N to infinity.
    window : (lambda_min, fraction) of the gamma_1 fits that are drawn.
    min_alpha : smallest alpha of the left panel (25 in the paper).

    Raises
    ------
    BadInput if no such alpha reached its minimum.
    """
    free = optima[(optima["method"] == "flow") & (optima["samples"] > 0)]
    shown = free[free["alpha"] >= min_alpha]
    if shown.empty:
        raise BadInput(
            f"config key perceptron_dynamics.alphas: figure 9 needs an alpha of at least {min_alpha:g} "
            "with its minimum below lambda_max"
        )
    figure, axes = new_figure(1, 2, width=PAGE_WIDTH, panel_height=2.7)
    of_window = gamma_1[(gamma_1["lambda_min"] == window[0]) & (gamma_1["fraction"] == window[1])]
    _collapse(
        axes[0, 0], curves[curves["method"] == "flow"], shown, of_window[of_window["method"] == "flow"], exponents
    )
    _lambda_opt(axes[0, 1], free, exponents, theory)
    return figure


def _collapse(axes: Axes, curves, optima, fits, exponents) -> None:
    colours = colours_of(optima["alpha"])
    for best in optima.itertuples():
        curve = curves[(curves["alpha"] == best.alpha) & (curves["lambda"] >= SMALLEST_LAMBDA)]
        x, y = curve["lambda"] / best.lambda_opt, curve["epsilon"] / best.epsilon_opt
        axes.plot(x, y, color=colours[best.alpha], label=f"{best.alpha:g}")
        for fit in fits[fits["alpha"] == best.alpha].itertuples():
            ends = np.array([fit.lambda_min, fit.lambda_max])
            line = 10**fit.log10_k_1 * ends**-fit.gamma_1
            axes.plot(ends / best.lambda_opt, line / best.epsilon_opt, color="black", linestyle="--", linewidth=1.6)
    axes.plot(1, 1, "*", markersize=8, color="white", markeredgecolor="black", zorder=4)
    axes.set(xscale="log", yscale="log")
    axes.set(xlabel=r"$\lambda\,/\,\lambda_{\mathrm{opt}}$", ylabel=r"$\epsilon\,/\,\epsilon_{\mathrm{opt}}$")
    axes.legend(title=r"$\alpha$", title_fontsize=8, loc="upper right")
    _plain_ticks(axes.yaxis, [1, 2, 3, 5, 7, 10, 15])
    _state(axes, exponents, "gamma_1", r"\gamma_1", (0.04, 0.06), "left")


def _lambda_opt(axes: Axes, free: pd.DataFrame, exponents: pd.DataFrame, theory: pd.DataFrame) -> None:
    colours = colours_of(free["alpha"])
    exact = theory.set_index("alpha")["lambda_opt"]
    for row in free.itertuples():
        axes.errorbar(row.alpha, row.lambda_opt, yerr=row.lambda_opt_sem, fmt="o", color="0.7", capsize=2, zorder=1)
        if row.alpha in exact.index:
            style = {"color": colours[row.alpha], "markeredgecolor": "black", "markeredgewidth": 0.4, "capsize": 2}
            scale = exact[row.alpha]
            error = scale * row.lambda_opt_to_fixed_sem
            axes.errorbar(row.alpha, scale * row.lambda_opt_to_fixed, yerr=error, fmt="o", zorder=2, **style)
    for law in _fits(exponents, "gamma_2").itertuples():
        ends = np.array([law.alpha_min, law.alpha_max])
        axes.plot(ends, 10**law.log10_k * ends**law.value, color="black", linestyle="--", zorder=0)
    axes.set(xscale="log", yscale="log", xlabel=r"$\alpha$", ylabel=r"$\lambda_{\mathrm{opt}}$")
    _plain_ticks(axes.xaxis, free["alpha"].tolist())
    _plain_ticks(axes.yaxis, [1, 2, 5, 10, 20, 50, 100, 200])
    _state(axes, exponents, "gamma_2", r"\gamma_2", (0.96, 0.06), "right")


def _fits(exponents: pd.DataFrame, quantity: str) -> pd.DataFrame:
    """The free norm's exponent: by way of the theory where there is one, else from the samples alone."""
    found = exponents[(exponents["quantity"] == quantity) & (exponents["source"] == "ours")]
    paired = found[found["setting"] == THEORY_PLUS_DIFFERENCE]
    return paired if len(paired) else found[found["setting"] == SETTINGS["flow"]]


def _state(axes: Axes, exponents: pd.DataFrame, quantity: str, symbol: str, place: tuple, side: str) -> None:
    """The exponent with its error in a corner of the panel."""
    for row in _fits(exponents, quantity).itertuples():
        text = f"${symbol}$ = {with_uncertainty(row.value, row.sigma)}"
        axes.text(*place, text, transform=axes.transAxes, ha=side, va="bottom")


def _plain_ticks(axis: Axis, ticks: list[float] | None = None) -> None:
    """A logarithmic axis of little more than a decade: ticks at round values, named by them."""
    axis.set_major_locator(FixedLocator(ticks) if ticks else MaxNLocator(6, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_locator(NullLocator())
