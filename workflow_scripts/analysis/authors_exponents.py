"""In: mean curves and optima. Out: the exponents by the authors' procedure, and the local lines behind gamma_1."""

from pathlib import Path

from scaling.analysis.authors import authors_exponents
from scaling.analysis.exponents import identified, identity_of, long_form
from scaling.analysis.facts import with_facts
from scaling.analysis.settings import FitWindow
from scaling.core.command import command
from scaling.core.tidy import read_table, write_table


def main(curves: Path, optima: Path, window: FitWindow, exponents: Path, gamma_1: Path) -> None:
    """Fit gamma_1, gamma_2 and gamma_meas inside the given windows."""
    averaged = read_table(curves)
    minima = read_table(optima)
    identity = identity_of(averaged if len(averaged) else minima)  # where all runs diverged there is no curve
    fitted, local = authors_exponents(averaged, minima, window)
    write_table(with_facts(long_form(fitted, identity), minima), exponents)
    write_table(identified(local, identity), gamma_1)


if __name__ == "__main__":
    command(main)
