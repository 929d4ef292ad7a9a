"""How short can an interval be? The information bound (Cramér-Rao) of the exponents of a synthetic study.

Rao, Bull. Calcutta Math. Soc. 37, 81 (1945); Cramér, Mathematical Methods of Statistics (Princeton 1946), chapter 32.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from scaling.analysis.robust.thresholds import OFFSET_WIDTH, RISE
from scaling.core.errors import BadInput
from scaling.validation.scenarios import Scenario
from scaling.validation.synthetic import Noise, Truth, synthetic_study

#: What no estimate knows of the curves: parameters of Truth, and gamma_meas, the exponent of epsilon_opt(P). It is an
#: unknown of its own: Eq. 4 is not presumed.
UNKNOWNS = ("gamma_1", "gamma_2", "gamma_meas", "log10_k_1", "log10_k_2", "width", "rise")
QUANTITIES = ("gamma_1", "gamma_2", "gamma_pred", "gamma_meas")
PRIOR = 10**OFFSET_WIDTH - 1  # prior standard deviation of Truth.offset, a share of lambda_opt at the smallest P
STEP = 1e-6  # half the difference that gives a derivative, in the unknown's own unit or in decades of lambda


def half_widths(kind: Scenario, studies: int, seed: int, floor: bool, offset: bool) -> dict[str, float]:
    """The shortest half-widths that 95% intervals of unbiased estimates can have: medians over studies.

    An estimate knows the form of the curves and the noise, and sees the points that the robust procedure sees: up to
    where the error has risen by `RISE`. What the size of the scatter tells of the curves' slope is not counted; it
    shortens none by more than 1%.

    Parameters
    ----------
    kind : whose curves are a law with an elbow at every P, and whose noise is normal.
    seed : study i has the truth of the seeds (seed, i), as in `coverage.validate`.
    floor : whether the floor of the error, common to all P, is unknown as well; if not, it is known, zero or not.
    offset : the same of the offset of Eq. 3, of which the estimate knows a normal prior of width `PRIOR`. (The bound is
        then that of the mean over the prior: van Trees, Detection, Estimation, and Modulation Theory I, section 2.4.)

    Returns
    -------
    gamma_1, gamma_2, gamma_pred (gamma_1 gamma_2), gamma_meas: 1.96 standard deviations each.

    Raises
    ------
    BadInput for other kinds.
    """
    if reason := _not_covered(kind):
        raise BadInput(f"scenario: no information bound of studies with {reason} ({kind.description})")
    truths = [kind.truth(np.random.default_rng([seed, study])) for study in range(studies)]
    found = [_half_widths(truth, kind, floor, offset) for truth in truths]
    return {name: float(np.median([each[name] for each in found])) for name in QUANTITIES}


def has_bound(kind: Scenario) -> bool:
    """Whether `half_widths` covers the kind."""
    return _not_covered(kind) is None


def _not_covered(kind: Scenario) -> str | None:
    """What a kind has that is not in the model of the curves or of the noise."""
    reasons = {
        "power laws without an elbow": not kind.elbow,
        "a bend in place of the law": any(kind.bend),
        "guessing": kind.guess is not None,
        "small P off the law": any(kind.small_P_excess),
        "heavy tails": bool(kind.noise.tails),
        "stuck runs": bool(kind.noise.stuck),
        "no counting noise": not kind.noise.test_images,  # a smooth curve would then be known without error
    }
    return next((reason for reason, present in reasons.items() if present), None)


def _half_widths(truth: Truth, kind: Scenario, floor: bool, offset: bool) -> dict[str, float]:
    """The same of one study; gamma_pred to first order in the errors of its factors."""
    unknowns = _unknowns(truth, floor, offset)
    covariance = np.linalg.inv(_information(truth, kind, unknowns))
    factors = {"gamma_pred": {"gamma_1": truth.gamma_2, "gamma_2": truth.gamma_1}}
    found = {}
    for quantity in QUANTITIES:
        slopes = factors.get(quantity, {quantity: 1.0})
        weight = np.array([slopes.get(name, 0.0) for name in unknowns])
        found[quantity] = 1.96 * float(np.sqrt(weight @ covariance @ weight))
    return found


def _unknowns(truth: Truth, floor: bool, offset: bool) -> dict[str, float]:
    """The values of the unknowns at the truth."""
    further = [name for name, unknown in (("floor", floor), ("offset", offset)) if unknown]
    return {name: truth.gamma if name == "gamma_meas" else getattr(truth, name) for name in (*UNKNOWNS, *further)}


def _information(truth: Truth, kind: Scenario, unknowns: dict[str, float]) -> np.ndarray:
    """Fisher's information of a study and the prior's, [unknowns, unknowns]: the inverse of the least covariance.

    Each P adds J^T C^-1 J: J its curve's derivatives by the unknowns, C the covariance of the mean of its runs.
    """
    total = np.diag([PRIOR**-2 if name == "offset" else 0.0 for name in unknowns])
    for P, seeds, x in _seen(truth, kind):
        slopes = _derivatives(truth, unknowns, x, P, kind.P[0])
        covariance = _covariance(truth, kind.noise, x, P, kind.P[0]) / seeds
        total += slopes.T @ np.linalg.solve(covariance, slopes)
    return total


def _seen(truth: Truth, kind: Scenario) -> Iterator[tuple[float, int, np.ndarray]]:
    """Each P, its seeds, and log10 lambda [n] of the logged points up to where the error has risen by RISE."""
    quiet = replace(kind.noise, seed_scale=0.0, smooth=0.0, test_images=0, gaps=0.0)
    runs = synthetic_study(truth, quiet, np.array(kind.P), 1, np.random.default_rng(0))
    seeds = np.broadcast_to(kind.seeds, len(kind.P))
    for (P, run), number in zip(runs.groupby("P", sort=False), seeds, strict=True):
        y = np.log10(run["test_error"].to_numpy())
        falling = np.arange(y.size) < np.argmin(y)
        yield float(P), int(number), run["log10_norm"].to_numpy()[falling | (y <= y.min() + RISE)]


def _curve(truth: Truth, unknowns: dict[str, float], x: np.ndarray, P: float, smallest_P: float) -> np.ndarray:
    """log10 of the error at log10 lambda x, [n], if the unknowns have these values; at the truth Truth.log10_error."""
    changed = replace(truth, **{name: value for name, value in unknowns.items() if name != "gamma_meas"})
    # Eq. 4 would have the law's minima fall as P^-gamma.
    height = changed.log10_k_1 + (changed.gamma - unknowns["gamma_meas"]) * np.log10(P)
    return replace(changed, log10_k_1=height).log10_error(x, P, smallest_P)


def _derivatives(truth: Truth, unknowns: dict[str, float], x: np.ndarray, P: float, smallest_P: float) -> np.ndarray:
    """Of the curve by each unknown, [n, unknowns]. (A floor of 0 is no end: the curve goes on to floors below.)"""

    def beside(name: str, step: float) -> np.ndarray:
        return _curve(truth, unknowns | {name: unknowns[name] + step}, x, P, smallest_P)

    return np.stack([(beside(name, STEP) - beside(name, -STEP)) / (2 * STEP) for name in unknowns], axis=1)


def _covariance(truth: Truth, noise: Noise, x: np.ndarray, P: float, smallest_P: float) -> np.ndarray:
    """Of log10 of one run's error at log10 lambda x [n], to first order in the noise, [n, n].

    The run's norm scale moves its curve along its slope. A gap costs the counting of its point alone, since the rest of
    the noise is smooth. (The points that are there tell no more than that: intervals are up to 2% longer with them.)
    """
    error = 10.0 ** truth.log10_error(x, P, smallest_P)
    slope = (truth.log10_error(x + STEP, P, smallest_P) - truth.log10_error(x - STEP, P, smallest_P)) / (2 * STEP)
    smooth = np.exp(-((x[:, None] - x) ** 2) / (2 * noise.correlation**2))
    scatter = noise.seed_scale**2 * np.outer(slope, slope) + noise.smooth**2 * smooth
    images = noise.test_images * (1 - noise.gaps)
    counting = (1 - error) / (error * images * np.log(10) ** 2) if images else np.zeros_like(error)
    return (P / smallest_P) ** (2 * noise.growth) * scatter + np.diag(counting)
