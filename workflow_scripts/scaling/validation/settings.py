"""Settings of the validation, on synthetic studies and on public learning curves."""

from pydantic import Field, field_validator

from scaling.core.paths import expanded
from scaling.core.settings import Count, Section


class Validation(Section):
    """Synthetic studies with known exponents, to see whether the procedures find them."""

    studies: Count = Field(200, description="studies of each kind")
    bootstrap_resamples: Count = Field(200, description="resamples of each study")
    seed: int = Field(0, description="seed of the studies")


class Settings(Section):
    """The validation's keys of the configuration."""

    validation: Validation = Field(Validation(), description="synthetic studies")
    validation_predictions: Validation = Field(
        Validation(studies=40), description="synthetic studies whose largest P are predicted from smaller ones"
    )
    learning_curves: str | None = Field(
        None, description="folder of public learning curves (CSV), on which our law is compared with published forms"
    )

    @field_validator("learning_curves")
    @classmethod
    def _expanded(cls, folder: str | None) -> str | None:
        return None if folder is None else expanded(folder)
