"""In: the settings of the spectra. Out: eigenvalues of trained networks beside state evolution, and their decay."""

from pathlib import Path

import pandas as pd

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.shallow.spectra import slopes, trained_spectra


def main(
    decays: list[float], d: int, n: int, weight_decays: list[float], noise: float, seed: int, spectra: Path, decay: Path
) -> None:
    """Train one network per g and weight decay, and write its spectrum."""
    table = pd.concat([trained_spectra(g, d, n, weight_decays, noise, seed) for g in decays], ignore_index=True)
    write_table(table, spectra)
    write_table(slopes(table), decay)


if __name__ == "__main__":
    command(main)
