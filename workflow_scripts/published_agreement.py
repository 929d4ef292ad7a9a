"""In: the runs of some cells, and their published curves. Out: how well they agree, as a table and a figure."""

from pathlib import Path

import pandas as pd

from scaling.command import command
from scaling.curves.agreement import agreement
from scaling.figures.agreement import draw_agreement
from scaling.figures.style import save_figure
from scaling.tidy import read_table, write_table


def main(
    names: list[str], norm: str, trajectories: list[Path], curves: list[Path], table: Path, figures: list[Path]
) -> None:
    """Compare them P by P, in the norm that the published curves have; `names` are those of the files, in order."""
    runs = [table[table["norm"] == norm] for table in map(read_table, trajectories)]
    cells = dict(zip(names, zip(runs, map(read_table, curves), strict=True), strict=True))
    found = pd.concat({name: agreement(*both) for name, both in cells.items()}, names=["cell", None])
    write_table(found.reset_index("cell"), table)
    save_figure(draw_agreement(cells), *figures)


if __name__ == "__main__":
    command(main)
