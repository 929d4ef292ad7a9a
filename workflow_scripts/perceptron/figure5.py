"""Figure 5: sketch of the combination of the two power laws.

In: nothing. Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.perceptron.figures.theory import figure_5
from scaling.plotting.style import save_figure


def main(pdf: Path, png: Path) -> None:
    """Draw figure 5."""
    save_figure(figure_5(), pdf, png)


if __name__ == "__main__":
    command(main)
