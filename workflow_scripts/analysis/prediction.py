"""In: the trajectories of one norm. Out: predicted curves and optima at P that were not fitted, and their figure."""

from pathlib import Path

from scaling.analysis.exponents import identified, identity_of
from scaling.analysis.figures.prediction import draw_prediction
from scaling.analysis.prediction import predictions
from scaling.core.command import command
from scaling.core.tidy import read_table, write_table
from scaling.plotting.style import save_figure


def main(
    trajectories: Path,
    sizes: list[int],
    resamples: int,
    confidence: float,
    seed: int,
    table: Path,
    figures: list[Path],
) -> None:
    """Fit the smaller P and predict the larger ones, measured or not (`sizes`)."""
    runs = read_table(trajectories)
    identity = identity_of(runs)
    result = predictions(runs, sizes, resamples, confidence, seed)
    write_table(identified(result, identity), table)
    save_figure(draw_prediction(result), *figures)


if __name__ == "__main__":
    command(main)
