"""Curves against the norm, over their best norm and over their best epoch."""

import numpy as np
import pandas as pd
from harness.figures import synthetic_panel

from scaling.paper.figures.against_time import HEADS, draw_against_time

P = [1000, 2000, 4000, 8000]


def test_each_row_has_the_runs_against_norm_and_time(assert_legible):
    """Errors that collapse in time with their best epoch: there all curves end in one point, and lie on each other."""
    epoch = np.geomspace(0.1, 10, 30)
    error = np.where(epoch < 3, (epoch / 3) ** -0.5, (epoch / 3) ** 0.2)
    in_time = pd.concat(
        [
            pd.DataFrame({"P": p, "epoch": epoch * p**0.1, "error_mean": error * p**-0.3, "error_sem": 0.001 * error})
            for p in P
        ]
    )
    rows = [(synthetic_panel("MLP text", variant, P, 0.3, 0.8), in_time) for variant in ("baseline", "loss")]
    figure = draw_against_time(rows)
    assert_legible(figure)
    axes = figure.axes[:6]
    assert [ax.get_title() for ax in axes[:3]] == list(HEADS)
    assert axes[0].get_ylabel() == "MLP text, baseline\ntest error $\\epsilon$"
    assert axes[1].get_ylim() == axes[2].get_ylim(), "collapses can be compared"
    lines = [line.get_xydata() for line in axes[2].get_lines()]
    assert len(lines) == len(P)
    for line in lines[1:]:
        np.testing.assert_allclose(line, lines[0], atol=1e-9)
    assert min(line[:, 1].min() for line in lines) == 0, "log10 of one"
