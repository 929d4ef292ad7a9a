"""In: a power law and the samples' settings. Out: their minimisers and the theory at their norms; the mean ratios."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.covariates.finite_n import compare, samples_table
from scaling.covariates.settings import Samples
from scaling.covariates.spectra import power_law


def main(a: float, delta: float, settings: Samples, samples: Path, means: Path) -> None:
    """Minimise at finite n, and compare."""
    table = samples_table(
        power_law(a, delta, settings.size),
        settings.n,
        settings.samples,
        settings.points,
        settings.lam_max,
        settings.seed,
    )
    write_table(table, samples)
    write_table(compare(table), means)


if __name__ == "__main__":
    command(main)
