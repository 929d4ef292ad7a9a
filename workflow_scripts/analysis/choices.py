"""In: runs (or mean curves), mean curves and optima. Out: the exponents over a grid of choices."""

from pathlib import Path

from scaling.analysis.choices import choices
from scaling.analysis.exponents import identified, identity_of
from scaling.analysis.figures.choices import draw_choices
from scaling.analysis.settings import FitWindow
from scaling.core.command import command
from scaling.core.tidy import read_table, write_table
from scaling.plotting.style import save_figure


def main(
    trajectories: Path,
    curves: Path,
    optima: Path,
    window: FitWindow,
    resamples: int,
    seed: int,
    table: Path,
    figures: list[Path],
    guess: float | None = None,
) -> None:
    """Vary smallest P, window, estimator of the optimum and offset, and see what the exponents do."""
    runs = read_table(trajectories)
    identity = identity_of(runs)
    result = choices(runs, read_table(curves), read_table(optima), window, resamples, seed, guess)
    write_table(identified(result, identity), table)
    save_figure(draw_choices({"/".join(identity[key] for key in ("cell", "variant", "norm")): result}), *figures)


if __name__ == "__main__":
    command(main)
