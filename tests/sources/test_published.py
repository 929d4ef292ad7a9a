"""The authors' files in the study's tables."""

import numpy as np
import pytest

from scaling.core.errors import BadInput
from scaling.sources.facts import rows_in
from scaling.sources.published import read_published_curves

P = np.array([100, 200, 400])
GRID = np.geomspace(1, 1e6, 7)
ERROR = np.array(
    [
        [0.9, 0.5, 0.6, np.nan, np.nan, np.nan, np.nan],
        [0.9, 0.5, 0.4, 0.45, np.nan, np.nan, np.nan],
        [np.nan, 0.5, 0.4, 0.3, 0.2, 0.1, 0.3],
    ]
)


def content(**changes):
    return {
        "P_arr": P,
        "seed_arr": np.arange(5),
        "log_x_grid": GRID,
        "mean_val_error_arr": ERROR,
        "l_0_arr": np.array([20.0, 300.0, 4e5]),
        "eps_lam_star_P_arr": np.nanmin(ERROR, axis=1),
    } | changes


def test_a_file_of_one_study(tmp_path):
    np.save(tmp_path / "one.npy", content())
    curves, optima = read_published_curves(tmp_path / "one.npy")
    assert len(curves) == 3 + 4 + 6 and set(curves["runs"]) == {5}
    np.testing.assert_allclose(curves[curves["P"] == 200]["error_mean"], [0.9, 0.5, 0.4, 0.45])
    np.testing.assert_allclose(curves[curves["P"] == 200]["log10_norm"], [0, 1, 2, 3])
    np.testing.assert_allclose(optima["log10_lambda_opt"], [1, 2, 5])
    np.testing.assert_allclose(optima["error_opt"], [0.5, 0.4, 0.1])
    np.testing.assert_allclose(optima["log10_l_0"], np.log10([20, 300, 4e5]))
    assert optima["censored"].isna().all()


def test_a_file_of_several_norms_holds_one_smallest_error(tmp_path):
    several = content(
        mean_val_error_arr=np.stack([ERROR, ERROR / 2]),
        l_0_arr=np.array([[1, 2, 3], [10, 20, 30.0]]),
        eps_lam_star_P_arr=np.array([0.5, 0.4, 0.11]),
    )
    np.save(tmp_path / "several.npy", several)
    curves, optima = read_published_curves(tmp_path / "several.npy", 1)
    assert curves["error_mean"].min() == 0.05
    np.testing.assert_allclose(optima["error_opt"], [0.5, 0.4, 0.11])
    np.testing.assert_allclose(optima["log10_l_0"], np.log10([10, 20, 30]))


def test_without_a_smallest_error_it_is_the_curves_minimum(tmp_path):
    short = content()
    del short["eps_lam_star_P_arr"]
    np.save(tmp_path / "short.npy", short)
    np.testing.assert_allclose(read_published_curves(tmp_path / "short.npy")[1]["error_opt"], [0.5, 0.4, 0.1])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([1, 2], "a list; a dictionary with P_arr"),
        ({"P_arr": P}, "no log_x_grid, mean_val_error_arr, l_0_arr"),
        (content(l_0_arr=np.ones(4)), "do not fit 3 values of P"),
        (content(mean_val_error_arr=np.stack([ERROR, ERROR])), "do not fit"),
        (content(P_arr=np.array(["a", "b", "c"])), "not numbers"),
        (content(log_x_grid=np.log10(GRID)), "every lambda of log_x_grid must be positive"),
        (content(mean_val_error_arr=np.where(P[:, None] == 200, np.nan, ERROR)), "every P have an error"),
    ],
)
def test_other_contents_are_refused(tmp_path, given, message):
    holder = np.empty((), dtype=object)
    holder[()] = given
    np.save(tmp_path / "odd.npy", holder)
    with pytest.raises(BadInput, match=rf"odd\.npy: .*{message}"):
        read_published_curves(tmp_path / "odd.npy")


def test_a_folder_without_the_authors_files_is_one_line(tmp_path):
    with pytest.raises(BadInput, match=r"published_curves: .* holds none of the authors' files \(.*npy"):
        rows_in(tmp_path, "baseline")
