"""In: nothing but a scenario. Out: what both procedures find on synthetic studies of known exponents."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.validation.coverage import validate
from scaling.validation.settings import Validation


def main(scenario: str, settings: Validation, studies: Path) -> None:
    """Make synthetic studies of one scenario and run both procedures on each."""
    write_table(validate(scenario, settings.studies, settings.bootstrap_resamples, settings.seed), studies)


if __name__ == "__main__":
    command(main)
