"""In: trajectories (or mean curves). Out: the robust exponents, the collapses, scales of each P, local slopes."""

from pathlib import Path

from scaling.analysis.exponents import identified, identity_of, long_form
from scaling.analysis.facts import with_facts
from scaling.analysis.remarks import remarks, with_remarks
from scaling.analysis.robust.procedure import robust_exponents
from scaling.core.command import command
from scaling.core.tidy import read_table, write_table


def main(
    trajectories: Path,
    resamples: int,
    confidence: float,
    seed: int,
    exponents: Path,
    collapse: Path,
    scales: Path,
    slopes: Path,
) -> None:
    """Fit all exponents of one norm over one P range that the data choose, with intervals from resampled seeds."""
    runs = read_table(trajectories)
    identity = identity_of(runs)
    result = robust_exponents(runs, resamples, confidence, seed)
    said = remarks(runs)
    noted = result.exponents.assign(note=[with_remarks(note, said) for note in result.exponents["note"]])
    write_table(with_facts(long_form(noted, identity), runs), exponents)
    write_table(identified(result.collapse, identity), collapse)
    write_table(identified(result.scales, identity), scales)
    write_table(identified(result.slopes, identity), slopes)


if __name__ == "__main__":
    command(main)
