"""Mean curves of the runs of each P, their standard errors, and the scatter that P with few runs borrow."""

import numpy as np

from scaling.analysis.robust.run_curves import RunCurves, anchor_of


def log10_mean_curves(curves: RunCurves, counts: np.ndarray | None = None) -> np.ndarray:
    """log10 of the mean test error of each P, for many resamples at once.

    A mean over runs that come and go would jump; this one goes on as the mean of those does that are still there: from
    one grid point to the next it changes by the factor by which the mean of the runs changes that reach both. The chain
    begins where most runs are, and is the plain mean wherever all of them are.

    Parameters
    ----------
    counts : [B, runs] how often each run is drawn; None: every run once (B = 1).

    Returns
    -------
    [B, n_P, G], NaN outside `mask`. Where a resample holds none of the runs that reach a point, or only zero errors, it
    goes on as the whole sample does.
    """
    counts = np.ones((1, curves.owner.size)) if counts is None else counts
    present = np.isfinite(curves.errors)
    filled = np.where(present, curves.errors, 0.0)
    result = np.full((len(counts), *curves.mask.shape), np.nan)
    for index, mask in enumerate(curves.mask):
        if not mask.any():
            continue
        mine = curves.owner == index
        errors, there = filled[np.ix_(mine, mask)], present[np.ix_(mine, mask)].astype(float)
        anchor = anchor_of(there.sum(axis=0))
        every_run_once = np.ones((1, mine.sum()))
        whole, drawn = (
            _links(errors, there, weights, anchor) for weights in (every_run_once, counts[:, mine].astype(float))
        )
        start, steps = (
            np.where(np.isfinite(ours), ours, all_of_them) for ours, all_of_them in zip(drawn, whole, strict=True)
        )
        before = start[:, None] - np.cumsum(steps[:, :anchor][:, ::-1], axis=1)[:, ::-1]
        after = start[:, None] + np.cumsum(steps[:, anchor:], axis=1)
        result[:, index, mask] = np.concatenate([before, start[:, None], after], axis=1)
    result[~np.isfinite(result)] = np.nan
    return result


def _links(errors: np.ndarray, there: np.ndarray, weights: np.ndarray, anchor: int) -> tuple[np.ndarray, np.ndarray]:
    """log10 of the mean at the anchor [B] and its steps from each point to the next [B, G - 1]; not finite: unknown."""
    both = there[:, 1:] * there[:, :-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        start = np.log10((weights @ errors[:, anchor]) / (weights @ there[:, anchor]))
        return start, np.log10((weights @ (errors[:, 1:] * both)) / (weights @ (errors[:, :-1] * both)))


def log10_standard_errors(curves: RunCurves) -> np.ndarray:
    """Standard error of log10 of the mean error of each P, root mean square along its curve, [n_P].

    From the scatter of the runs (delta method) where there are two or more; where there are few, from that of the
    nearest P with enough (`donors`). For mean curves from the scatter of neighbouring points,
    sigma^2 = mean of (y_{i-1} - 2 y_i + y_{i+1})^2 / 6 (Gasser, Sroka and Jennen-Steinmetz, Biometrika 73, 625, 1986;
    the median in place of the mean, so that a jump does not count).
    """
    mean = log10_mean_curves(curves)[0]
    result = np.full(curves.P.size, np.nan)
    for index, mask in enumerate(curves.mask):
        mine = curves.errors[curves.owner == index][:, mask]
        if len(mine) > 1:
            number = np.isfinite(mine).sum(axis=0)
            spread = np.nanstd(mine, axis=0) * np.sqrt(1 / np.maximum(number - 1, 1))
            result[index] = np.sqrt(np.nanmean((spread / (10 ** mean[index, mask] * np.log(10))) ** 2))
        else:
            second = np.diff(mean[index, mask], 2) if mask.sum() > 2 else np.zeros(1)
            result[index] = 1.4826 * np.median(np.abs(second)) / np.sqrt(6)
    donors = curves.donors
    return result[donors] * np.sqrt(curves.runs[donors] / curves.runs)


def borrowed_deviations(curves: RunCurves, resamples: int, rng: np.random.Generator) -> np.ndarray:
    """What a resample adds to log10 of the mean curves of P with few runs, [B, n_P, G]; 0 where there are enough.

    The mean of as many runs of the P that lends its scatter (`donors`), drawn by chance, minus the mean of all of them,
    at the same norm (beyond its ends: as at its end), stretched by sqrt(n/(n - 1)).
    """
    result = np.zeros((resamples, *curves.mask.shape))
    mean = log10_mean_curves(curves)[0]
    for index, donor in enumerate(curves.donors):
        if donor == index:
            continue
        runs = curves.errors[curves.owner == donor]
        with np.errstate(divide="ignore", invalid="ignore"):
            deviations = np.log10(runs) - mean[donor]
        filled = np.stack([_filled(row) for row in deviations]) * np.sqrt(len(runs) / (len(runs) - 1))
        result[:, index] = filled[rng.integers(len(runs), size=(resamples, curves.runs[index]))].mean(axis=1)
    return result


def _filled(row: np.ndarray) -> np.ndarray:
    """The same with its gaps interpolated; 0 if nothing is known."""
    known = np.flatnonzero(np.isfinite(row))
    return np.interp(np.arange(row.size), known, row[known]) if known.size else np.zeros_like(row)
