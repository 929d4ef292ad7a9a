"""In: trajectories, mean curves, optima and exponents of some rows, of any studies. Out: the page that shows them."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.files import write_text
from scaling.core.tidy import read_table
from scaling.explorer.contents import Tables, contents
from scaling.explorer.page import page as page_of


def main(trajectories: list[Path], curves: list[Path], optima: list[Path], exponents: list[Path], page: Path) -> None:
    """The files of each kind stand row by row; exponents need not be those of both procedures."""
    rows = zip(trajectories, curves, optima, exponents, strict=True)
    write_text(page_of(contents(Tables(*map(read_table, files)) for files in rows)), page)


if __name__ == "__main__":
    command(main)
