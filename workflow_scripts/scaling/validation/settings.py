"""Settings of the validation on synthetic studies."""

from pydantic import Field

from scaling.core.settings import Count, Section


class Validation(Section):
    """Synthetic studies with known exponents, to see whether the procedures find them."""

    studies: Count = Field(200, description="studies of each kind")
    bootstrap_resamples: Count = Field(200, description="resamples of each study")
    seed: int = Field(0, description="seed of the studies")


class Settings(Section):
    """The validation's keys of the configuration."""

    validation: Validation = Field(Validation(), description="synthetic studies")
