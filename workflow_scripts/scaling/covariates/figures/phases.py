"""Maps of the exponents over the two powers of the spectrum."""

import numpy as np
import pandas as pd
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from scaling.plotting.style import PAGE_WIDTH, new_figure

MAPS = {
    "gamma_1": r"$\gamma_1$",
    "gamma_2": r"$\gamma_2$",
    "gamma": r"$\gamma$",
    "product_over_gamma": r"$\gamma_1\gamma_2\,/\,\gamma$",
}
#: Where the names of the regions stand: a, delta.
REGIONS = {"I": (2.6, 1.2), "II": (0.8, 2.7), "III": (0.3, 4.9), "IV": (2.4, 4.8)}
COLOURS = "cividis"


def figure_phases(phases: pd.DataFrame, exponents: pd.DataFrame) -> Figure:
    """The predicted exponents as maps; dots have the colour of what is measured at the largest n, without noise.

    Parameters
    ----------
    phases, exponents : as scaling.covariates.exponents gives them.
    """
    measured = exponents[(exponents["noise"] == 0) & np.isfinite(exponents["n"])]
    measured = measured[measured["n"] == measured["n"].max()]
    figure, axes = new_figure(2, 2, width=PAGE_WIDTH, panel_height=2.6, sharex=True, sharey=True)
    for (column, name), panel in zip(MAPS.items(), axes.ravel(), strict=True):
        grid = phases.pivot_table(index="delta", columns="a", values=column)
        norm = Normalize(np.nanmin(grid), np.nanmax(grid))
        image = panel.pcolormesh(grid.columns, grid.index, grid, norm=norm, cmap=COLOURS, rasterized=True)
        figure.colorbar(image, ax=panel)
        dots = measured[measured["quantity"] == column]
        panel.scatter(
            dots["a"], dots["delta"], c=dots["measured"], norm=norm, cmap=COLOURS, edgecolors="white", s=28, zorder=3
        )
        a = np.array([phases["a"].min(), phases["a"].max()])
        edge = np.linspace(*a, 100)
        panel.plot(edge, 1 + edge, color="white", linewidth=0.8)
        above = phases["delta"].max()
        panel.plot([1, 1], [2, above], color="white", linewidth=0.8)
        left = edge[edge <= 1]
        panel.plot(left, 2 * (1 + left), color="white", linewidth=0.8)
        for region, place in REGIONS.items():
            panel.text(*place, region, color="white", fontsize=8, ha="center", va="center")
        panel.set(title=name, xlim=a, ylim=(phases["delta"].min(), above))
    for panel in axes[-1]:
        panel.set_xlabel("$a$")
    for panel in axes[:, 0]:
        panel.set_ylabel(r"$\delta$")
    return figure
