"""In: mean curves, optima and exponents of cells trained by several losses. Out: their figure, and their table."""

from itertools import groupby
from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table, write_table
from scaling.paper.figures.tasks import draw_tasks
from scaling.paper.tables.tasks import tasks_table
from scaling.plotting.panels import read_panels
from scaling.plotting.style import save_figure


def main(
    tasks: list[str], curves: list[Path], optima: list[Path], exponents: list[Path], table: Path, figures: list[Path]
) -> None:
    """`tasks` says what was minimised in each of the files, which stand cell after cell."""
    best = [read_table(file) for file in optima]
    write_table(tasks_table(tasks, best, [read_table(file) for file in exponents]), table)
    panels = zip(tasks, read_panels(curves=curves, optima=optima), strict=True)
    cells = groupby(panels, lambda panel: tuple(panel[1].optima[["study", "cell"]].iloc[0]))
    rows = [[(task.replace("_", " "), panel) for task, panel in of_cell] for _, of_cell in cells]
    save_figure(draw_tasks(rows), *figures)


if __name__ == "__main__":
    command(main)
