"""In: the runs of a cell, and its published curves. Out: how well they agree, as a table and a figure."""

from pathlib import Path

from scaling.command import command
from scaling.curves.agreement import agreement
from scaling.figures.agreement import draw_agreement
from scaling.figures.style import save_figure
from scaling.tidy import read_table, write_table


def main(name: str, norm: str, trajectories: Path, curves: Path, table: Path, figures: list[Path]) -> None:
    """Compare them P by P, in the norm that the published curves have."""
    runs, published = read_table(trajectories), read_table(curves)
    runs = runs[runs["norm"] == norm]
    write_table(agreement(runs, published), table)
    save_figure(draw_agreement(name.replace("_", " "), runs, published), *figures)


if __name__ == "__main__":
    command(main)
