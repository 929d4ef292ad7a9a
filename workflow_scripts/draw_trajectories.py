"""In: the trajectories of one cell. Out: its test error and its norm against training time."""

from pathlib import Path

from scaling.command import command
from scaling.curves.in_time import curves_in_time
from scaling.figures.style import save_figure
from scaling.figures.trajectories import draw_trajectories
from scaling.tidy import read_table


def main(trajectories: Path, norm: str, title: str, pdf: Path, png: Path) -> None:
    """Draw figure 10."""
    save_figure(draw_trajectories(curves_in_time(read_table(trajectories), norm), title), pdf, png)


if __name__ == "__main__":
    command(main)
