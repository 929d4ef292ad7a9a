"""Figure 10: test error and norm against training time; neither is a simple function of it."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from scaling.figures.panels import add_P_legend, draw_curve, log10
from scaling.figures.style import PAGE_WIDTH, colours_of, label_log10, new_figure


def draw_trajectories(trajectories: pd.DataFrame, norm: str, title: str) -> Figure:
    """Test error (left) and norm (right) against epoch, the mean over the runs of each P.

    Parameters
    ----------
    trajectories : columns P, seed, epoch, norm, log10_norm, test_error, diverged; diverged runs are left out.
    norm : which norm; its mean is that of log10(norm), since runs of a ViT differ by orders of magnitude.
    """
    rows = trajectories[(trajectories["norm"] == norm) & ~trajectories["diverged"].astype(bool)]
    figure, axes = new_figure(1, 2, width=PAGE_WIDTH, panel_height=2.4)
    left, right = axes[0]
    P_values = sorted(rows["P"].unique())
    colours = colours_of(P_values)
    for P in P_values:
        epochs = rows[(rows["P"] == P) & (rows["epoch"] > 0)].groupby("epoch")
        x = log10(np.array(list(epochs.groups), float))
        error, error_sem = epochs["test_error"].mean().to_numpy(), epochs["test_error"].sem().to_numpy()
        draw_curve(left, x, error, error_sem, colours[P])
        norm_mean, norm_sem = epochs["log10_norm"].mean().to_numpy(), epochs["log10_norm"].sem().to_numpy()
        right.plot(x, norm_mean, color=colours[P])
        right.fill_between(x, norm_mean - norm_sem, norm_mean + norm_sem, color=colours[P], alpha=0.2, linewidth=0)
    left.set_title(title, pad=4, loc="left")
    left.set_ylabel(r"test error $\epsilon$")
    right.set_ylabel(r"norm $\lambda$")
    for ax in (left, right):
        ax.set_xlabel("epoch")
        label_log10(ax.xaxis)
        label_log10(ax.yaxis)
    add_P_legend(figure, [left, right], [P_values])
    return figure
