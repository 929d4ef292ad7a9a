"""In: mean curves, optima and trajectories of each row. Out: curves, their collapse, and the same against time."""

from pathlib import Path

from scaling.analysis.in_time import curves_in_time
from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.paper.figures.against_time import draw_against_time
from scaling.plotting.panels import read_panels
from scaling.plotting.style import save_figure


def main(curves: list[Path], optima: list[Path], trajectories: list[Path], figures: list[Path]) -> None:
    """Draw the figure; its rows stand in the order of the files."""
    in_time = [curves_in_time(read_table(file)) for file in trajectories]
    save_figure(draw_against_time(list(zip(read_panels(curves=curves, optima=optima), in_time, strict=True))), *figures)


if __name__ == "__main__":
    command(main)
