"""How long 500 resamples of a cell of 10 P x 10 seeds take, all at once and one after the other."""

import time

import numpy as np
import pandas as pd

from scaling.analysis.robust.chain import Drawn, estimate, prepare
from scaling.analysis.robust.means import log10_mean_curves
from scaling.analysis.robust.procedure import robust_exponents
from scaling.analysis.robust.resampling import collapse_again, draw
from scaling.analysis.robust.runs import runs_on_grid
from scaling.validation.synthetic import Noise, Truth, synthetic_study

RESAMPLES = 500
LOOPED = 10
P = np.array([500, 1000, 2000, 4000, 6000, 8000, 12000, 16000, 32000, 48000])


def loop(study: pd.DataFrame) -> None:
    """Plainly: draw runs, put them on the grid again, run the chain for that one resample from the whole's solution."""
    rng = np.random.default_rng(0)
    sample = prepare(runs_on_grid(study))
    runs = {key: run for key, run in study.groupby(["P", "seed"])}
    for _ in range(LOOPED):
        seeds = rng.integers(0, 10, (P.size, 10))
        counts = np.concatenate([np.bincount(row, minlength=10) for row in seeds])[None]
        drawn = [
            runs[value, seed].assign(seed=new)
            for value, row in zip(P, seeds, strict=True)
            for new, seed in enumerate(row)
        ]
        curves = runs_on_grid(pd.concat(drawn))
        y = log10_mean_curves(curves)[0]
        known = np.isfinite(y)
        again = [
            np.interp(sample.curves.grid, curves.grid[good], row[good]) for row, good in zip(y, known, strict=True)
        ]
        y = np.stack(again)[None]
        centres = sample.collapsed.departure.draw_centres(1, rng)
        straight = collapse_again(sample, sample.collapsed, y, centres)
        estimate(sample, Drawn(counts, y, straight, straight, np.zeros(1)))


#: What the ratio compares with (tests/benchmarks/trends.py).
PEER = "one resample after the other"


def ratio() -> tuple[float, float]:
    """Processor seconds of a resample: the peer's, ours."""
    study = synthetic_study(Truth(), Noise(), P, 10, np.random.default_rng(0))
    sample = prepare(runs_on_grid(study))
    start = time.process_time()
    sample = draw(sample.curves, None, RESAMPLES, 0)
    estimate(sample, sample.drawn)
    ours = (time.process_time() - start) / RESAMPLES
    start = time.process_time()
    loop(study)
    return (time.process_time() - start) / LOOPED, ours


def main() -> None:
    """Print seconds and their ratio."""
    study = synthetic_study(Truth(), Noise(), P, 10, np.random.default_rng(0))
    start = time.perf_counter()
    robust_exponents(study, RESAMPLES)
    whole = time.perf_counter() - start
    sample = prepare(runs_on_grid(study))
    start = time.perf_counter()
    sample = draw(sample.curves, None, RESAMPLES, 0)
    estimate(sample, sample.drawn)
    at_once = time.perf_counter() - start
    start = time.perf_counter()
    loop(study)
    looped = (time.perf_counter() - start) / LOOPED * RESAMPLES
    print(f"10 P x 10 seeds, {RESAMPLES} resamples on one core")
    print(f"  the whole procedure, choice of the P range and collapse against epochs included: {whole:.1f} s")
    print(f"  the resamples alone, all at once: {at_once:.1f} s")
    print(f"  one after the other ({LOOPED} of them, scaled up): {looped:.1f} s, {looped / at_once:.0f} times as long")


if __name__ == "__main__":
    main()
