"""Samples beside the theory, and gradient flow beside the fixed norm."""

import pandas as pd
from matplotlib.figure import Figure

from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, colours_of, new_figure


def figure_samples(samples: pd.DataFrame, flow: pd.DataFrame) -> Figure:
    """Mean error of the samples and the theory at their norms; their ratio; flow over fixed norm at n = infinity.

    Parameters
    ----------
    samples : as scaling.covariates.finite_n.compare gives it.
    flow : as scaling.covariates.tables.flow gives it.
    """
    figure, axes = new_figure(1, 3, width=PAGE_WIDTH, panel_height=2.4)
    error, ratio, moving = axes[0]
    colours = colours_of(samples["n"])
    for n, points in samples.groupby("n"):
        error.plot(points["norm"], points["theory"], color=colours[n], label=f"{n:g}")
        bars = {"yerr": points["epsilon"] * points["sem"], "fmt": "o", "color": colours[n], "markersize": 2.5}
        error.errorbar(points["norm"], points["epsilon"], elinewidth=0.7, **bars)
        bars["yerr"] = 100 * points["sem"]
        ratio.errorbar(points["norm"], 100 * points["log_ratio"], elinewidth=0.7, **bars)
    error.set(
        xscale="log", yscale="log", xlabel=r"norm $\|w\|$", ylabel=r"error $\epsilon$", title="samples and theory"
    )
    error.set_yticks([0.06, 0.1, 0.2], ["0.06", "0.1", "0.2"])
    error.minorticks_off()
    error.legend(title="$n$", loc="lower left")
    ratio.axhline(0, color="0.3", linestyle="--", linewidth=0.9)
    ratio.set(xscale="log", xlabel=r"norm $\|w\|$", ylabel=r"log(sample / theory), %", title="their difference")
    for number, ((a, delta), path) in enumerate(flow.groupby(["a", "delta"])):
        label = rf"$a={a:g}$, $\delta={delta:g}$"
        moving.plot(path["norm"], path["epsilon"] / path["epsilon_fixed"], color=CATEGORIES[number], label=label)
    moving.set(xscale="log", xlabel=r"norm $\|w\|$", xlim=(0.01, None), title=r"gradient flow / fixed norm, $n=\infty$")
    moving.set_ylabel(r"ratio of $\epsilon$")
    moving.legend(loc="upper left", bbox_to_anchor=(0.4, 0.72))
    return figure
