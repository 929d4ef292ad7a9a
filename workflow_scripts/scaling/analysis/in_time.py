"""Mean curves against training time, which the curves against the norm are compared with (paper, Fig. 10)."""

import pandas as pd


def curves_in_time(trajectories: pd.DataFrame) -> pd.DataFrame:
    """Test error and norm at each logged epoch, averaged over the runs of each P.

    Parameters
    ----------
    trajectories : columns P, seed, epoch, log10_norm, test_error (fraction), diverged; what diverged is left out. The
        norm's logarithm is averaged, since runs of a ViT differ by orders of magnitude.

    Returns
    -------
    One row per P and epoch above 0: P, epoch, error_mean, error_sem, log10_norm_mean, log10_norm_sem (means and their
    standard errors over runs; nan for one run).
    """
    shown = ~trajectories["diverged"].astype(bool) & (trajectories["epoch"] > 0)
    points = trajectories[shown].groupby(["P", "epoch"])
    return points.agg(
        error_mean=("test_error", "mean"),
        error_sem=("test_error", "sem"),
        log10_norm_mean=("log10_norm", "mean"),
        log10_norm_sem=("log10_norm", "sem"),
    ).reset_index()
