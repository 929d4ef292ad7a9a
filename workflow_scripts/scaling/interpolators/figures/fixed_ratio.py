"""Bulk norms against n at fixed d/n, for each noise: exact solutions, state evolution, the two exponents."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from scaling.core.notation import power_of_ten
from scaling.interpolators.figures.parts import draw_points, draw_slope, few_ticks, name_of, spread
from scaling.interpolators.laws import slope_with_noise, slope_without_noise
from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, new_figure


def draw(samples: pd.DataFrame, theory: pd.DataFrame) -> Figure:
    """A column for each of at most four series, a row for the smallest r and one for the r nearest 1.5.

    Parameters
    ----------
    samples, theory : as samples.solved and theory_tables.curves give them.
    """
    samples, theory = (each[each["study"] == "fixed_ratio"] for each in (samples, theory))
    series = samples[["kind", "parameter", "kappa"]].drop_duplicates()
    series = series.sort_values(["kind", "parameter"], ascending=False)
    series = list(series.itertuples(index=False, name=None))
    series = [series[round(i)] for i in np.linspace(0, len(series) - 1, min(len(series), 4))]
    values = sorted(samples["r"].unique())
    r = list(dict.fromkeys([values[0], min(values, key=lambda power: abs(power - 1.5))]))
    colours = dict(zip(spread(samples["sigma"], 4), CATEGORIES, strict=False))
    figure, axes = new_figure(len(r), len(series), width=PAGE_WIDTH, panel_height=1.95, sharex=True)
    for row, power in zip(axes, r, strict=True):
        for ax, (kind, parameter, kappa) in zip(row, series, strict=True):
            here = [
                each[(each["kind"] == kind) & (each["parameter"] == parameter) & (each["kappa"] == kappa)]
                for each in (samples, theory)
            ]
            _panel(ax, *(each[each["r"] == power] for each in here), colours, kind, parameter, power)
            ax.set_title(rf"{name_of(kind, parameter)}, $d/n={kappa:g}$", pad=3)
        row[0].set_ylabel(rf"$\Vert$bulk$\Vert_r$, $r={power:g}$")
    for ax in axes[-1]:
        ax.set_xlabel(r"$n$")
    handles = [
        Line2D([], [], color=colour, label=rf"$\sigma=$ {power_of_ten(sigma) if sigma else 0}")
        for sigma, colour in colours.items()
    ]
    handles += [
        Line2D([], [], color="0.3", marker="o", markersize=3, linestyle="none", label="exact"),
        Line2D([], [], color="0.3", label="state evolution"),
        Line2D([], [], color="0.35", linestyle=":", label="exponents by rule"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), handlelength=1.6, columnspacing=1.2)
    return figure


def _panel(
    ax: Axes, samples: pd.DataFrame, theory: pd.DataFrame, colours: dict, kind: str, parameter: float, r: float
) -> None:
    for sigma, colour in colours.items():
        line = theory[theory["sigma"] == sigma].sort_values("n")
        ax.plot(line["n"], line["bulk"], color=colour, linewidth=1)
        draw_points(ax, samples[samples["sigma"] == sigma], "bulk", color=colour)
    lowest = theory[(theory["sigma"] == min(colours))].sort_values("n")
    highest = theory[(theory["sigma"] == max(colours))].sort_values("n")
    far = lowest["n"].max() / 30, lowest["n"].max()
    for line, shift, slope, va in (
        (highest, 2.0, slope_with_noise(r), "bottom"),
        (lowest, 0.5, slope_without_noise(parameter, r) if kind == "p" else slope_with_noise(r), "top"),
    ):
        height = shift * np.exp(np.interp(np.log(far[0]), np.log(line["n"]), np.log(line["bulk"])))
        draw_slope(ax, far, height, slope, f"{slope:.2g}", va)
    ax.set(xscale="log", yscale="log")
    # A noiseless bulk may vanish by any number of decades: nine below the largest are shown.
    largest = theory["bulk"].max()
    ax.set_ylim(max(theory["bulk"].min() / 8, largest * 1e-9), largest * 20)
    few_ticks(ax.yaxis)
