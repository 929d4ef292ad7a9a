"""In: the runs of a cell, and its published curves. Out: how well they agree, as a table and a figure."""

from pathlib import Path

from scaling.analysis.agreement import agreement
from scaling.analysis.exponents import identified, identity_of
from scaling.analysis.figures.agreement import draw_agreement
from scaling.core.command import command
from scaling.core.tidy import read_table, write_table
from scaling.plotting.style import save_figure


def main(trajectories: Path, curves: Path, table: Path, figures: list[Path]) -> None:
    """Compare them P by P, in the norm that the published curves have."""
    runs, published = read_table(trajectories), read_table(curves)
    identity = identity_of(runs)
    write_table(identified(agreement(runs, published), identity), table)
    save_figure(draw_agreement(identity["cell"].replace("_", " "), runs, published), *figures)


if __name__ == "__main__":
    command(main)
