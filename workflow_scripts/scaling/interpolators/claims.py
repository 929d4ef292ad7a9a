"""The claims of the abstract of "Closed-form l_r norm scaling ..." (Zhang and Louis 2025), each with a verdict.

The verdict follows from tables of state evolution, regime by regime, by the tolerances below; exact solutions stand
beside them in the evidence.
"""

import numpy as np
import pandas as pd

REGIMES = ("fixed d/n", "fixed d/n, noise", "fixed d", "fixed d, noise")
#: What is said of a claim that holds in these regimes alone.
VERDICTS = {
    frozenset(): "fails",
    frozenset({"fixed d/n"}): "holds only at fixed d/n and without noise",
    frozenset({"fixed d"}): "holds only at fixed d and without noise",
    frozenset({"fixed d/n", "fixed d"}): "holds only without noise",
    frozenset({"fixed d", "fixed d, noise"}): "holds only at fixed d",
    frozenset({"fixed d/n", "fixed d/n, noise"}): "holds only at fixed d/n",
}
SLOPE = 0.03  # how far an exponent may lie from the claimed one; a norm grows if its exponent is above this
RATIO = 0.05  # of norms and elbows in their limit
NETWORK_RATIO = 0.2  # of a network's elbow to that of its effective p: "the same elbow"
GROWTH = "results/figures/interpolators_fixed_ratio.pdf"
FIXED_D = "results/figures/interpolators_fixed_d.pdf"
NETWORK = "results/figures/interpolators_network.pdf"


def verdict(holds: dict[str, bool]) -> str:
    """In words: where a claim holds, of the regimes that it was looked at in."""
    if all(holds.values()):
        return "holds"
    where = frozenset(regime for regime, yes in holds.items() if yes)
    return VERDICTS.get(where, f"holds only at {'; '.join(regime for regime in REGIMES if regime in where)}")


def claims(limits: pd.DataFrame, elbows: pd.DataFrame, slopes: pd.DataFrame, network: pd.DataFrame) -> pd.DataFrame:
    """A row for each claim.

    Parameters
    ----------
    limits, elbows, slopes, network : as `limits.limit_table`, `elbows.elbow_table`, `slopes.slope_table` and
        `comparison.network_table` give them.

    Returns
    -------
    Columns claim, one for each regime ("yes", "no", or "-" where it does not apply), verdict, evidence, figure.
    """
    return pd.DataFrame(
        [
            _ray(limits),
            _elbow(limits, elbows),
            _threshold(limits),
            _exponent(limits, slopes),
            _universal(limits),
            _network_elbow(network),
            _network_threshold(network),
        ]
    )


def _row(claim: str, holds: dict[str, bool], evidence: str, figure: str, said: str | None = None) -> dict[str, str]:
    regimes = {regime: {True: "yes", False: "no", None: "-"}[holds.get(regime)] for regime in REGIMES}
    return {"claim": claim} | regimes | {"verdict": said or verdict(holds), "evidence": evidence, "figure": figure}


def _by_regime(limits: pd.DataFrame, holds: pd.Series) -> dict[str, bool]:
    """Whether all rows of each regime hold."""
    return {regime: bool(rows.all()) for regime, rows in holds.groupby(limits.loc[holds.index, "regime"])}


def _span(values: pd.Series) -> str:
    low, high = f"{values.min():.3g}", f"{values.max():.3g}"
    return low if low == high else f"{low} to {high}"


def _in(limits: pd.DataFrame, column: str, regime: str) -> str:
    return _span(limits.loc[limits["regime"] == regime, column].dropna())


def _ray(limits: pd.DataFrame) -> dict[str, str]:
    holds = _by_regime(limits, (limits["ray_over_bulk"] - 1).abs() < RATIO)
    found = "; ".join(f"{_in(limits, 'ray_over_bulk', regime)} at {regime}" for regime in REGIMES)
    return _row(
        "the dual ray gives the norms in closed form", holds, f"bulk norm, ray over exact limit: {found}", FIXED_D
    )


def _elbow(limits: pd.DataFrame, elbows: pd.DataFrame) -> dict[str, str]:
    known = limits.dropna(subset="elbow_law_over_elbow")
    holds = _by_regime(known, (known["elbow_law_over_elbow"] - 1).abs() < RATIO)
    found = "; ".join(f"{_in(limits, 'elbow_law_over_elbow', regime)} at {regime}" for regime in holds)
    mine = elbows[(elbows["kind"] == "p") & elbows["elbow"].notna()]
    finite = _span(mine["elbow_law"] / mine["elbow"])
    both = mine.dropna(subset="elbow_measured")
    measured = _span(both["elbow_measured"] / both["elbow"]) if len(both) else "none"
    evidence = (
        f"elbow, law over exact limit: {found}; at the dimensions of elbow.tsv {finite} (far off as p nears 2, where "
        f"the elbow is no longer far below d); exact solutions over state evolution: {measured}"
    )
    return _row("norms have an elbow n_star, given by the data", holds, evidence, FIXED_D)


def _grows(limits: pd.DataFrame) -> pd.Series:
    """Whether what grows, and nothing else, has r < 2 (p - 1)."""
    return (limits["slope"] > SLOPE) == (limits["slope_rule"] > SLOPE)


def _threshold(limits: pd.DataFrame) -> dict[str, str]:
    holds = _by_regime(limits, _grows(limits))
    growing = []
    for regime in REGIMES:
        rows = limits[(limits["regime"] == regime) & (limits["p"] == limits["p"].max())]
        grown = rows.loc[rows["slope"] > SLOPE, "r"]
        growing.append(f"{'r up to ' + format(grown.max(), 'g') if len(grown) else 'none'} at {regime}")
    p = limits["p"].max()
    evidence = f"p = {p:g}, threshold {2 * (p - 1):g}: of the norms with r <= p there grow {'; '.join(growing)}"
    return _row("norms with r < r_star = 2(p-1) grow, the others reach a plateau", holds, evidence, GROWTH)


def _exponent(limits: pd.DataFrame, slopes: pd.DataFrame) -> dict[str, str]:
    holds = _by_regime(limits, (limits["slope"] - limits["slope_rule"]).abs() < SLOPE)
    off = "; ".join(
        f"{_span(rows['slope'] - rows['slope_rule'])} at {regime}"
        for regime, rows in ((regime, limits[limits["regime"] == regime]) for regime in REGIMES)
    )
    known = slopes[(slopes["kind"] == "p") & (slopes["slope_error"] > 0)]
    distance = (known["slope"] - known["slope_theory"]).abs()
    evidence = (
        f"exponent less 1/r - 1/(2(p-1)), in the limit: {off}; at the n of the exact solutions it is not reached: "
        f"their exponents differ from state evolution at the same n by {distance.median():.2g} (median), "
        f"from the rule by {(known['slope'] - known['rule_without_noise']).abs().median():.2g}"
    )
    return _row("the norms that grow do so as n^(1/r - 1/(2(p-1)))", holds, evidence, GROWTH)


def _universal(limits: pd.DataFrame) -> dict[str, str]:
    holds = _by_regime(limits, _grows(limits))
    steepest = limits[limits["regime"] == "fixed d/n, noise"]
    off = (steepest["slope"] - (1 / steepest["r"] - 1 / 2)).abs().max()
    evidence = (
        f"with noise, far enough out, the exponent at fixed d/n is 1/r - 1/2 for every p (to {off:.2g}): "
        "the threshold is 2; at fixed d it is 1/2 for every r"
    )
    said = "holds" if all(holds.values()) else "fails"
    return _row("the threshold is universal", holds, evidence, GROWTH, said)


def _network_elbow(network: pd.DataFrame) -> dict[str, str]:
    rows = network[network["quantity"] == "elbow"].dropna(subset=["network", "at_effective_p"])
    ratio = (rows["network"] / rows["at_effective_p"]).groupby(rows["alpha"])
    worst = np.exp(np.abs(np.log(rows["network"] / rows["at_effective_p"])).groupby(rows["alpha"]).max())
    good = [f"{alpha:g}" for alpha, each in worst.items() if each < 1 + NETWORK_RATIO]
    said = "holds" if len(good) == len(worst) else f"holds only for alpha = {', '.join(good)}" if good else "fails"
    found = "; ".join(f"{_span(values)} at alpha = {alpha:g}" for alpha, values in ratio)
    evidence = f"elbow, network over the norm of its effective p, at fixed d without noise: {found}"
    return _row("diagonal networks have the elbow of their effective p", {}, evidence, NETWORK, said)


def _network_threshold(network: pd.DataFrame) -> dict[str, str]:
    rows = network[network["quantity"] == "slope"]
    same = (rows["network"] - rows["at_effective_p"]).abs() < SLOPE
    found = "; ".join(
        f"{row.network:.3f} (rule {row.at_effective_p_law:.3f}) at alpha = {row.alpha:g}, d/n = {row.kappa:g}"
        for row in rows.itertuples()
    )
    evidence = (
        f"exponent of |bulk|_1 at fixed d/n without noise: {found}; small weights of a network cost like l_2, so its "
        "threshold is 2 for every alpha"
    )
    holds = {"fixed d/n": bool(same.all())}
    return _row("diagonal networks have the threshold of their effective p", holds, evidence, NETWORK)
