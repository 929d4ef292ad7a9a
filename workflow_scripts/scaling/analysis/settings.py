"""Settings of the analysis: the authors' windows, the fits and their uncertainty."""

from pydantic import Field, model_validator

from scaling.core.settings import Count, Fraction, Positive, Section


class FitWindow(Section):
    """The authors' procedure's choices for one row of a table (no value: no bound)."""

    gamma_1_min_P: float | None = Field(None, description="smallest P of the gamma_1 fit")
    x_left: Positive | None = Field(None, description="smallest lambda/lambda_opt of the gamma_1 fit")
    x_right: Positive | None = Field(None, description="largest lambda/lambda_opt of the gamma_1 fit")
    gamma_2_min_P: float | None = Field(None, description="smallest P of the gamma_2 fit")
    gamma_meas_min_P: float | None = Field(None, description="smallest P of the gamma_meas fit")

    @model_validator(mode="after")
    def _ordered(self) -> "FitWindow":
        if self.x_left is not None and self.x_right is not None and self.x_left >= self.x_right:
            raise ValueError("x_left must be smaller than x_right")
        return self


class Exponents(Section):
    """Fits and their uncertainty."""

    grid_points: int = Field(50, ge=5, description="points of the lambda grid of mean curves (authors' procedure)")
    bootstrap_resamples: int = Field(
        500, ge=0, description="resamples of the seeds (robust procedure); 0: no intervals"
    )
    confidence: Fraction = Field(0.95, description="confidence level of the intervals")
    seed: int = Field(0, description="seed of the resamples")


class Settings(Section):
    """The analysis's keys of the configuration."""

    exponents: Exponents = Field(Exponents(), description="fits and their uncertainty")
    predict: list[Count] = Field(
        [], description="P that are not trained, for which the fits predict the learning curve"
    )
