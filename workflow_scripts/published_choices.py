"""In: the choices for each published row of Table 1. Out: what holds of it, as a table and a figure."""

from pathlib import Path

from scaling.command import command
from scaling.exponents.choices import published_choices
from scaling.figures.choices import draw_choices
from scaling.figures.style import save_figure
from scaling.tidy import read_table, write_table


def main(names: list[str], choices: list[Path], table: Path, figures: list[Path]) -> None:
    """Put the rows beside each other: the published choice, the same with one P range, and all choices together."""
    tables = dict(zip(names, (read_table(path) for path in choices), strict=True))
    write_table(published_choices(tables), table)
    save_figure(draw_choices(tables), *figures)


if __name__ == "__main__":
    command(main)
