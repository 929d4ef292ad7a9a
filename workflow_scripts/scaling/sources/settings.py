"""Settings of curves that are not trained here."""

import re
from typing import Literal

from pydantic import Field, field_validator

from scaling.analysis.settings import FitWindow
from scaling.core.paths import expanded
from scaling.core.settings import Section

#: What a study's name may be, as a regular expression and in words: folders are named after it.
STUDY_NAME = ("[A-Za-z0-9_.-]+", "letters, digits, _, . and -")


class ExternalStudy(Section):
    """Somebody else's learning curves: a table with columns P, [seed], epoch, norm or log10_norm, test_error."""

    file: str = Field(
        description="the table: CSV, TSV, JSON lines, Parquet, also packed; an export of wandb; a folder of "
        "TensorBoard runs"
    )
    columns: dict[Literal["P", "seed", "epoch", "norm", "log10_norm", "test_error"], str] = Field(
        {}, description="the file's name of a column, where it is another one: {test_error: val_acc}"
    )
    given_as: Literal["error", "percent error", "accuracy", "percent accuracy", "loss"] = Field(
        "error", description="what the column test_error holds; a loss may be above 1"
    )
    guess: float | None = Field(
        None, gt=0, description="test error of guessing, 0.9 for ten classes; without it the curves' beginnings tell"
    )
    fit: FitWindow = Field(FitWindow(), description="window of the authors' procedure")

    @field_validator("file")
    @classmethod
    def _expanded(cls, file: str) -> str:
        return expanded(file)


class Settings(Section):
    """The sources' keys of the configuration."""

    published_curves: str | None = Field(
        None, description="folder of the authors' .npy files; fetched from their repository where it is not given"
    )
    external: dict[str, ExternalStudy] = Field({}, description="a name, and where its curves are")

    @field_validator("published_curves")
    @classmethod
    def _expanded(cls, folder: str | None) -> str | None:
        return None if folder is None else expanded(folder)

    @field_validator("external")
    @classmethod
    def _names_of_folders(cls, section: dict[str, ExternalStudy]) -> dict[str, ExternalStudy]:
        pattern, in_words = STUDY_NAME
        for name in section:
            if not re.fullmatch(pattern, name):
                raise ValueError(f"{name!r} cannot be a name; allowed: {in_words}")
        return section
