"""In: the choices for each published row of Table 1. Out: what holds of it, as a table and a figure."""

from pathlib import Path

from scaling.analysis.choices import published_choices
from scaling.analysis.exponents import IDENTITY
from scaling.analysis.figures.choices import draw_choices
from scaling.core.command import command
from scaling.core.tidy import read_tables, write_table
from scaling.plotting.style import save_figure


def main(choices: list[Path], table: Path, figures: list[Path]) -> None:
    """Put the rows beside each other: the published choice, the same with one P range, and all choices together."""
    of_rows = read_tables(choices).groupby(IDENTITY, sort=False)
    tables = {"/".join(key[1:]): part.reset_index(drop=True) for key, part in of_rows}
    write_table(published_choices(tables), table)
    save_figure(draw_choices(tables), *figures)


if __name__ == "__main__":
    command(main)
