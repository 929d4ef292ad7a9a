"""Norms against n at one dimension: exact solutions, state evolution, the ray, the elbow."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from scaling.interpolators.figures.parts import draw_points, few_ticks, name_of, spread
from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, new_figure


def draw(samples: pd.DataFrame, theory: pd.DataFrame, elbow: pd.DataFrame) -> Figure:
    """A column for each of at most four p, a row for no noise and one for the most noise.

    Parameters
    ----------
    samples, theory, elbow : as samples.solved, theory_tables.curves and elbows.elbow_table give them.
    """
    samples, theory = (each[(each["study"] == "fixed_d") & (each["kind"] == "p")] for each in (samples, theory))
    p, sigmas = spread(samples["parameter"], 4), spread(samples["sigma"], 2)
    r = spread(samples["r"], 3)
    colours = dict(zip(r, CATEGORIES, strict=False))
    figure, axes = new_figure(len(sigmas), len(p), width=PAGE_WIDTH, panel_height=1.95, sharex=True, sharey="col")
    for row, sigma in zip(axes, sigmas, strict=True):
        for ax, parameter in zip(row, p, strict=True):
            here = (
                each[(each["parameter"] == parameter) & (each["sigma"] == sigma)] for each in (samples, theory, elbow)
            )
            _panel(ax, *here, colours)
            ax.set_title(rf"{name_of('p', parameter)}, $\sigma={sigma:g}$", pad=3)
        row[0].set_ylabel(r"$\Vert w\Vert_r$")
    for ax in axes[-1]:
        ax.set_xlabel(r"$n$")
    handles = [Line2D([], [], color=colour, label=rf"$r={power:g}$") for power, colour in colours.items()]
    handles += [
        Line2D([], [], color="0.3", marker="o", markersize=3, linestyle="none", label="exact"),
        Line2D([], [], color="0.3", label="state evolution"),
        Line2D([], [], color="0.3", linestyle="--", label="the ray"),
        Line2D([], [], color="0.3", linestyle=":", label="elbow"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), handlelength=1.6, columnspacing=1.2)
    return figure


def _panel(ax: Axes, samples: pd.DataFrame, theory: pd.DataFrame, elbow: pd.DataFrame, colours: dict) -> None:
    for power, colour in colours.items():
        line = theory[theory["r"] == power].sort_values("n")
        ax.plot(line["n"], line["norm"], color=colour, linewidth=1)
        of_ray = (line["spikes"] * line["ray_spike"] ** power + line["ray_bulk"] ** power) ** (1 / power)
        ax.plot(line["n"], of_ray, color=colour, linestyle="--", linewidth=0.8, alpha=0.8)
        draw_points(ax, samples[samples["r"] == power], "norm", color=colour)
    mine = elbow[(elbow["kind"] == "p") & (elbow["d"] == theory["d"].iloc[0])]["elbow"].dropna()
    for n in mine:
        ax.axvline(n, color="0.3", linestyle=":", linewidth=0.8, zorder=0)
    ax.set(xscale="log", yscale="log", xlim=(theory["n"].min(), theory["n"].max()))
    few_ticks(ax.yaxis)
