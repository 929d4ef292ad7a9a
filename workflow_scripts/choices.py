"""In: runs (or mean curves), mean curves and optima. Out: the exponents over a grid of choices."""

from pathlib import Path

from scaling.command import command
from scaling.config import Exponents, FitWindow
from scaling.exponents.choices import choices
from scaling.exponents.runs import runs_of
from scaling.figures.choices import draw_choices
from scaling.figures.style import save_figure
from scaling.tidy import read_table, write_table


def main(
    runs: Path,
    norm: str,
    curves: Path,
    optima: Path,
    window: FitWindow,
    settings: Exponents,
    name: str,
    table: Path,
    figures: list[Path],
) -> None:
    """Vary smallest P, window, estimator of the optimum and offset, and see what the exponents do."""
    of_norm = runs_of(read_table(runs), norm)
    result = choices(
        of_norm, read_table(curves), read_table(optima), window, settings.bootstrap_resamples, settings.seed
    )
    write_table(result, table)
    save_figure(draw_choices({name: result}), *figures)


if __name__ == "__main__":
    command(main)
