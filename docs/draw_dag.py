"""The picture of the stages in the README, docs/dag.png, from Snakemake's own graph of rules (`make docs-dag`).

In: the graph in the dot language, on standard input. Out: the picture. Every rule has its place in one of the boxes
below; which box feeds which is read from the graph, and a rule without a box is an error.
"""

import re
import sys
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, new_figure, save_figure  # noqa: E402

BLUE, ORANGE, GREEN, PINK, *_ = CATEGORIES
NETWORKS, THEORY, DYNAMICS, RESULT = BLUE, GREEN, ORANGE, "#444444"
#: What stands in a box: (column, row, colour, rules).
BOXES = {
    "images": (0, 1.3, NETWORKS, ["prepare_dataset"]),
    "random\nsubsets": (0, 2.7, NETWORKS, ["draw_subset"]),
    "training,\nin blocks": (1, 2, NETWORKS, ["train_block"]),
    "norms of\nthe layers": (2, 2, NETWORKS, ["trajectories"]),
    "mean\ncurves": (3, 1.6, NETWORKS, ["mean_curves"]),
    "authors'\nprocedure": (4, 1.6, NETWORKS, ["authors_exponents"]),
    "robust\nprocedure": (4, 2.6, NETWORKS, ["robust_exponents"]),
    "exponents": (5, 2.1, NETWORKS, ["exponents"]),
    "norm in time\nFig. 10": (6, 0, RESULT, ["figure10"]),
    "curves, collapse, fits, laws\nFigs. 3, 4, 11 to 21": (
        6,
        1.1,
        RESULT,
        ["figure", "figure_common_law", "figure_measures", "figure_against_time", "tasks", "picture"],
    ),
    "Tables 1 to 5": (6, 2.2, RESULT, ["table", "measures"]),
    "audits, predictions": (
        6,
        3.1,
        RESULT,
        ["norm_audit", "fragility_audit", "draw_audit", "prediction", "prediction_table"],
    ),
    "fixed norm:\ntheory": (0, 5.2, THEORY, ["perceptron_theory", "perceptron_theory_exponents"]),
    "free norm:\ndescent": (0, 6.4, DYNAMICS, ["perceptron_dynamics", "perceptron_plain", "perceptron_dynamics_table"]),
    "fixed norm,\nsame data": (
        *(0, 7.5, DYNAMICS),
        [f"perceptron_{name}{part}" for name in ("fixed_norm", "adiabatic") for part in ("", "_table")],
    ),
    "compared in\npairs": (2, 6.9, DYNAMICS, ["perceptron_free_norm"]),
    "squared\nloss": (4, 8.9, DYNAMICS, ["perceptron_mse"]),
    "free norm,\nN to infinity": (0, 8.6, DYNAMICS, ["perceptron_mean_field"]),
    "theory\nFigs. 2, 6, 8": (6, 4.4, RESULT, ["figure2", "figure6", "figure8"]),
    "theory and descent\nFig. 1": (6, 5.3, RESULT, ["figure1"]),
    "perceptron's exponents": (6, 6.2, RESULT, ["perceptron_exponents"]),
    "free norm\nFig. 9": (6, 7.1, RESULT, ["figure9"]),
    "squared loss\nFig. 7": (6, 8.9, RESULT, ["figure7"]),
    "free norm, N to infinity\nand samples": (
        *(6, 8, RESULT),
        ["perceptron_free_norm_limit", "perceptron_figure_free_norm"],
    ),
}
#: Not drawn: the target, a sketch that needs nothing, and what rooms tell the table of all models.
WITHOUT_BOX = {"all", "figure5", "network_laws", "perceptron_laws", "perceptron_known_curves"}
#: Nor are the rooms of further models, whose rules begin with their names: a room that arrives changes no shared file.
WITH_BOXES = {"analysis", "networks", "paper", "perceptron", "report", "sources", "validation"}
FURTHER = tuple(f"{room.name}_" for room in (ROOT / "rules").iterdir() if room.is_dir() and room.name not in WITH_BOXES)
COLUMNS = [0, 1.35, 2.7, 4.05, 5.4, 6.75, 8.7]  # where each is centred
HALF_WIDTH, HALF_HEIGHT, WIDE = 0.54, 0.33, 1.07
BOX_OF = {rule: box for box, (*_, rules) in BOXES.items() for rule in rules}


def edges_between_boxes(dot: str) -> set[tuple[str, str]]:
    """Which box feeds which, from the graph of rules; KeyError for a rule that has no box."""
    names = dict(re.findall(r'(\d+)\[label = "(\w+)"', dot))
    pairs = [(names[a], names[b]) for a, b in re.findall(r"(\d+) -> (\d+)", dot)]
    drawn = [pair for pair in pairs if not any(rule in WITHOUT_BOX or rule.startswith(FURTHER) for rule in pair)]
    return {(BOX_OF[a], BOX_OF[b]) for a, b in drawn if BOX_OF[a] != BOX_OF[b]}


def draw(dot: str):
    """The figure."""
    figure, axes = new_figure(width=PAGE_WIDTH, panel_height=4.8)
    axis = axes[0, 0]
    for tail, head in sorted(edges_between_boxes(dot)):
        _arrow(axis, tail, head)
    for text, (column, row, colour, _) in BOXES.items():
        half = WIDE if column == 6 else HALF_WIDTH
        corner = COLUMNS[column] - half, row - HALF_HEIGHT
        style = "round,pad=0,rounding_size=0.12"
        filled = colour != RESULT
        box = FancyBboxPatch(
            corner, 2 * half, 2 * HALF_HEIGHT, style, fc=colour if filled else "white", ec=colour, lw=0.9, zorder=3
        )
        axis.add_patch(box)
        axis.text(
            COLUMNS[column], row, text, color="white" if filled else "black", fontsize=6.8, ha="center", va="center",
            linespacing=1.15, zorder=4,
        )  # fmt: skip
    for text, row, colour in (("networks", -0.5, NETWORKS), ("perceptron", 4.4, THEORY)):
        axis.text(COLUMNS[0] - HALF_WIDTH, row, text, color=colour, fontsize=9, fontweight="bold", va="center")
    axis.set(xlim=(-0.6, COLUMNS[-1] + WIDE + 0.1), ylim=(9.4, -1))
    axis.axis("off")
    return figure


def _arrow(axis: Axes, tail: str, head: str) -> None:
    (from_column, from_row, colour, _), (to_column, to_row, *_) = BOXES[tail], BOXES[head]
    down = 1 if to_row > from_row else -1
    end = COLUMNS[to_column] - (WIDE if to_column == 6 else HALF_WIDTH), to_row
    start, bend = (COLUMNS[from_column] + HALF_WIDTH, from_row), 0.08 * down
    if from_column == to_column:
        end, bend = (COLUMNS[to_column], to_row - down * HALF_HEIGHT), 0.0
    elif colour == NETWORKS and from_column and to_column - from_column > 1:
        bend = 0.2 * down  # around what stands between
    if from_column == to_column or abs(bend) > 0.1:
        start = COLUMNS[from_column], from_row + down * HALF_HEIGHT
    if from_row == to_row:
        start, bend = (COLUMNS[from_column] + HALF_WIDTH, from_row), 0.0
    arrow = FancyArrowPatch(
        start, end, connectionstyle=f"arc3,rad={bend}", arrowstyle="-|>", mutation_scale=6, lw=0.8, color=colour,
        alpha=0.75, shrinkA=0, shrinkB=0, zorder=2,
    )  # fmt: skip
    axis.add_patch(arrow)


if __name__ == "__main__":
    save_figure(draw(sys.stdin.read()), ROOT / "docs" / "dag.png")
