"""The audits' forest plots: nothing is lost when one value lies far outside."""

import warnings

import numpy as np
import pandas as pd

from scaling.networks.audits.figures import draw_fragility_audit, draw_norm_audit

QUANTITIES = {"gamma_1": "sigma_1", "gamma_2": "sigma_2", "gamma_pred": "sigma_pred", "difference": "sigma"}


def audit(key: str, lines: list[str]) -> pd.DataFrame:
    """Two cells under each line by both procedures, all values near 0.5."""
    rng = np.random.default_rng(0)
    rows = []
    for cell in ("CNN_digits", "ViT_digits"):
        for line in lines:
            for procedure in ("authors", "robust"):
                row = {"cell": cell, key: line, "procedure": procedure, "collapse_p": 0.4}
                for quantity, sigma in QUANTITIES.items():
                    value = 0.5 + 0.05 * rng.standard_normal()
                    row |= {quantity: value, sigma: 0.02, f"{quantity}_baseline": 0.5}
                    row |= {f"{quantity}_low": value - 0.05, f"{quantity}_high": value + 0.05}
                rows.append(row)
    return pd.DataFrame(rows)


def test_a_value_far_outside_becomes_an_arrow_and_does_not_squeeze_the_others():
    table = audit("variant", ["baseline", "sgd", "adamw", "batch_128"])
    far = (table.variant == "sgd") & (table.cell == "ViT_digits") & (table.procedure == "robust")
    table.loc[far, "gamma_1"] = 40.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = draw_fragility_audit(table)
        figure.canvas.draw()
    first, second, _ = figure.axes
    assert first.get_xlim()[1] < 2
    arrows = [line for line in first.lines if line.get_marker() == 5 and len(line.get_xdata())]
    assert [list(line.get_xdata()) for line in arrows] == [[first.get_xlim()[1]]]
    assert 0.9 < arrows[0].get_ydata()[0] < 1.5, "not at the height of its line"
    assert not [line for line in second.lines if line.get_marker() in (4, 5) and len(line.get_xdata())]


def test_norms_and_variants_are_named_as_people_write_them():
    figure = draw_norm_audit(audit("norm", ["spectral_complexity", "spectral_complexity_bn_folded", "l1"]))
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == [
        "spectral complexity",
        "batch norm folded",
        r"$\ell_1$ norm",
    ]
