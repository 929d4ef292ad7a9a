"""In: somebody's own learning curves (a file of any of the usual forms). Out: a trajectories table, checked."""

from pathlib import Path

from scaling.analysis.exponents import identified
from scaling.analysis.facts import facts, with_facts
from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.sources.external import NORM, read_external_curves


def main(
    file: Path,
    study: str,
    cell: str,
    trajectories: Path,
    columns: dict[str, str] | None = None,
    given_as: str = "error",
    guess: float | None = None,
) -> None:
    """Check the curves and write them in the study's form."""
    identity = {"study": study, "cell": cell, "variant": "baseline", "norm": NORM}
    runs = identified(read_external_curves(file, columns, given_as), identity)
    if given_as == "loss":
        runs = with_facts(runs, facts("test loss", "images"))
    write_table(runs if guess is None else runs.assign(guess=guess), trajectories)


if __name__ == "__main__":
    command(main)
