"""Settings of curves that are not trained here."""

import re

from pydantic import Field, field_validator

from scaling.analysis.settings import FitWindow
from scaling.core.settings import Section

#: What a study's name may be, as a regular expression and in words: folders are named after it.
STUDY_NAME = ("[A-Za-z0-9_.-]+", "letters, digits, _, . and -")


class ExternalStudy(Section):
    """Somebody else's learning curves: a table with columns P, [seed], epoch, norm or log10_norm, test_error."""

    file: str = Field(description="the table, .tsv or .parquet")
    guess: float | None = Field(
        None, gt=0, le=1, description="test error of random guessing, 0.9 for ten classes; not given: looked for"
    )
    fit: FitWindow = Field(FitWindow(), description="window of the authors' procedure")


class Settings(Section):
    """The sources' keys of the configuration."""

    published_curves: str | None = Field(
        None, description="folder of the authors' .npy files; fetched from their repository where it is not given"
    )
    external: dict[str, ExternalStudy] = Field({}, description="a name, and where its curves are")

    @field_validator("external")
    @classmethod
    def _names_of_folders(cls, section: dict[str, ExternalStudy]) -> dict[str, ExternalStudy]:
        pattern, in_words = STUDY_NAME
        for name in section:
            if not re.fullmatch(pattern, name):
                raise ValueError(f"{name!r} cannot be a name; allowed: {in_words}")
        return section
