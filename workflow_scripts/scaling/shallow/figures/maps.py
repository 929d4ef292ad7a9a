"""The plane of examples and weight decay: how fast the risk falls with n, and the phases' borders."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scaling.plotting.style import PAGE_WIDTH, new_figure
from scaling.shallow.maps import edges

LARGEST = 2.0  # of the colours
LOWEST_LAMBDA = 1e-4
BORDER = {"color": "black", "linewidth": 0.8}
BEST = {"color": "white", "linewidth": 1.4}


def figure_maps(
    diagonal: pd.DataFrame, quadratic: pd.DataFrame, g: float, sizes: tuple[int, int], noise: float
) -> Figure:
    """-d ln R / d ln n at fixed lambda for both networks.

    Parameters
    ----------
    diagonal, quadratic : as scaling.shallow.maps gives them.
    sizes : d of each.
    """
    figure, axes = new_figure(1, 2, width=PAGE_WIDTH, panel_height=3.1)
    for axis, name, table, d in zip(axes[0], ("diagonal", "quadratic"), (diagonal, quadratic), sizes, strict=True):
        colours = _mesh(axis, table)
        _borders(axis, name, d, g, noise, table)
        axis.set(xscale="log", yscale="log", xlim=limits(name, d), ylim=(LOWEST_LAMBDA, 3), xlabel=r"examples $n$")
        axis.set_title(f"{name} network, $d={d}$")
    axes[0, 0].set_ylabel(r"weight decay $\lambda$")
    figure.colorbar(colours, ax=axes[0, 1], label=r"$-\partial\ln R\,/\,\partial\ln n$", extend="both")
    return figure


_SHOWN = ("n", "weight_decay", "exponent")


def limits(name: str, d: int) -> tuple[float, float]:
    """The range of n that is shown."""
    return (d**0.25, 100.0 * d) if name == "diagonal" else (0.3 * d, 100.0 * d * d)


def _mesh(axis: Axes, table: pd.DataFrame):
    for _, block in table.groupby("block"):
        mesh = block.set_index(["i", "j"]).sort_index()
        shape = mesh.index.levshape
        n, weight_decay, exponent = (mesh[name].to_numpy().reshape(shape) for name in _SHOWN)
        place = np.where(weight_decay > 0, weight_decay, LOWEST_LAMBDA / 10)  # off the panel
        options = {"cmap": "RdBu", "vmin": -LARGEST, "vmax": LARGEST, "shading": "gouraud", "rasterized": True}
        colours = axis.pcolormesh(n, place, np.ma.masked_invalid(exponent), **options)
    return colours


def best_line(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """n and lambda of the smallest risk: where R is smallest along a row of the mesh, between its points (by
    parabolas).

    Along a row of fixed n that is its definition; along one of fixed noise width n grows with R alone.
    """
    found = []
    for _, row in table[table["weight_decay"] > 0].groupby("i"):
        log_risk, log_n, log_lambda = (
            np.log(row.sort_values("t")[name].to_numpy()) for name in ("risk", "n", "weight_decay")
        )
        k = int(log_risk.argmin())
        if 0 < k < len(row) - 1 and log_risk.max() - log_risk[k] > 1e-3:
            curve = np.polyfit([-1, 0, 1], log_risk[k - 1 : k + 2], 2)
            shift = -curve[1] / (2 * curve[0])
            found.append([np.interp(k + shift, np.arange(len(row)), values) for values in (log_n, log_lambda)])
    n, weight_decay = np.exp(np.array(sorted(found)).reshape(-1, 2).T)
    return n, weight_decay


def _borders(axis: Axes, name: str, d: int, g: float, noise: float, table: pd.DataFrame) -> None:
    first, last = edges(d, g)
    n = np.geomspace(*limits(name, d), 100)
    for level in (first, last):
        axis.axhline(level, linestyle="--", **BORDER)
    if name == "diagonal":
        width, peak = np.sqrt(noise / n), d
        edge = width * np.sqrt(2 * np.log(d))
        for _ in range(50):  # the threshold counts the features that are not learned
            features = np.clip((first / edge) ** (1 / g), 1, d / 2)
            edge = width * np.sqrt(2 * np.log(d / features))
    else:
        edge, peak = 2 * np.sqrt(noise * (d + 1) / 2 / n), d * (d + 1) / 4
    axis.plot(n, edge, linestyle=":", **BORDER)
    axis.axvline(peak, linestyle="-.", **BORDER)
    axis.plot(*best_line(table), **BEST)
    span = np.log(n[-1] / n[0])

    def at(share):
        return n[0] * np.exp(share * span)

    low = np.sqrt(LOWEST_LAMBDA * last)
    places = {
        "I": (at(0.5), first * 1.5),
        "II": (at(0.8), np.sqrt(first * last)),
        "III": (at(0.965), last / 2.5),
        "IV": (at(0.46), np.interp(np.log(at(0.46)), np.log(n), edge)),
        "V": (at(0.22), low),
        "VI": (at(0.8), low),
    }
    for phase, place in places.items():
        axis.text(*place, phase, ha="center", va="center", fontsize=8, fontweight="bold")
