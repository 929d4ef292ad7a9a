"""In: nothing but a scenario. Out: predictions of the largest P of synthetic studies, and the truth."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.validation.predictions import validate_predictions
from scaling.validation.settings import Validation


def main(scenario: str, settings: Validation, predictions: Path) -> None:
    """Make synthetic studies of one scenario and predict their largest P from smaller ones."""
    rows = validate_predictions(scenario, settings.studies, settings.bootstrap_resamples, settings.seed)
    write_table(rows, predictions)


if __name__ == "__main__":
    command(main)
