"""In: the paths of the squared loss. Out: figure 7."""

from pathlib import Path

from scaling.command import command
from scaling.figures.perceptron_dynamics import figure7
from scaling.figures.style import save_figure
from scaling.tidy import read_table


def main(mse: Path, figures: list[Path]) -> None:
    """Draw finite N over the large-N limit."""
    save_figure(figure7(read_table(mse)), *figures)


if __name__ == "__main__":
    command(main)
