"""In: the trajectories of one cell in one norm. Out: its test error and its norm against training time."""

from pathlib import Path

from scaling.analysis.exponents import identity_of
from scaling.analysis.facts import with_facts
from scaling.analysis.in_time import curves_in_time
from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.paper.figures.trajectories import draw_trajectories
from scaling.plotting.style import save_figure


def main(trajectories: Path, pdf: Path, png: Path) -> None:
    """Draw figure 10."""
    runs = read_table(trajectories)
    title = identity_of(runs)["cell"].replace("_", ", ")
    save_figure(draw_trajectories(with_facts(curves_in_time(runs), runs), title), pdf, png)


if __name__ == "__main__":
    command(main)
