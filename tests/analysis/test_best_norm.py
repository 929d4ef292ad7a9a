"""The line through the best norms: of known points, and of those alone that are minima."""

import numpy as np
import pandas as pd
import pytest

from scaling.analysis.best_norm import best_norm_law

P = np.array([100, 200, 400, 800, 1600])


def optima(x=0.4, censored=(0, 0, 0, 0, 0)):
    return pd.DataFrame({"P": P, "log10_l_0": 1.5 + x * np.log10(P), "runs": 4, "censored": censored})


def test_an_exact_law_comes_back():
    law, inside = best_norm_law(optima())
    assert law.exponent == pytest.approx(0.4, abs=1e-12) and law.intercept == pytest.approx(1.5, abs=1e-12)
    assert law.sigma < 1e-10 and inside.all()


def test_norms_at_the_end_of_most_runs_do_not_count():
    table = optima(censored=(0, 0, 1, 2, 3))
    table.loc[4, "log10_l_0"] = 9.0  # a lower bound, wherever it is
    law, inside = best_norm_law(table)
    assert list(inside) == [True, True, True, True, False] and law.points == 4
    assert law.exponent == pytest.approx(0.4, abs=1e-12)


def test_no_law_through_two_points():
    law, inside = best_norm_law(optima(censored=(0, 0, 4, 4, 4)))
    assert np.isnan(law.exponent) and np.isnan(law.sigma) and inside.sum() == 2
    nowhere, inside = best_norm_law(optima().assign(log10_l_0=np.nan))
    assert np.isnan(nowhere.exponent) and not inside.any()
