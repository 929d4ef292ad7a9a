"""In: the settings of the study at fixed d/n. Out: exponents, ray and elbow of each regime in its limit."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.interpolators.limits import limit_table
from scaling.interpolators.settings import FixedRatio


def main(fixed_ratio: FixedRatio, r: list[float], output: Path) -> None:
    """Follow every regime to its limit."""
    write_table(limit_table(fixed_ratio.p_kappa, max(fixed_ratio.sigma), r), output)


if __name__ == "__main__":
    command(main)
