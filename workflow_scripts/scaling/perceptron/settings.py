"""Settings of the perceptron's two branches."""

from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from scaling.core.settings import Count, Distinct, Positive, Section


class PerceptronTheory(Section):
    """The exact solution at fixed norm (N to infinity)."""

    alphas: Annotated[list[Annotated[float, Field(ge=0.1, le=1e6)]], Distinct] = Field(
        min_length=1, description="P/N, patterns per dimension"
    )
    lambdas: Annotated[list[Annotated[float, Field(ge=1e-4, le=1e4)]] | None, Distinct] = Field(
        None, min_length=1, description="the grid itself; if not given: lambda_points from lambda_min to lambda_max"
    )
    lambda_min: float = Field(1e-4, ge=1e-4, le=1e4, description="smallest norm of the grid")
    lambda_max: float = Field(1e4, ge=1e-4, le=1e4, description="largest norm of the grid")
    lambda_points: int = Field(200, ge=2, description="number of norms, evenly spaced in log lambda")

    @model_validator(mode="after")
    def _ordered(self) -> "PerceptronTheory":
        if self.lambda_min >= self.lambda_max:
            raise ValueError("lambda_min must be smaller than lambda_max")
        return self

    def lambda_grid(self) -> list[float]:
        """The grid in lambda: as given, or evenly spaced in log lambda."""
        if self.lambdas is not None:
            return self.lambdas
        return np.geomspace(self.lambda_min, self.lambda_max, self.lambda_points).tolist()


class PerceptronDynamics(Section):
    """Gradient descent at free norm (finite N)."""

    N: int = Field(ge=4, description="dimension of the patterns")
    alphas: Annotated[list[Positive], Distinct] = Field(min_length=1, description="P/N, patterns per dimension")
    samples: Count = Field(description="independent teachers and data sets per alpha")
    lambda_min: float = Field(1e-3, ge=1e-3, description="1e-3 is the Hebb rule to a few parts in 1e4")
    lambda_max: Positive = Field(300.0, description="largest norm that the paths reach")
    lambda_points: int = Field(110, ge=2, description="points of the logarithmic grid on which paths are recorded")
    tolerance: Annotated[float, Field(gt=0, lt=1)] = Field(
        1e-5, description="relative local tolerance of the stiff integrator"
    )
    seed: int = Field(0, ge=0, description="seed of the teachers and patterns")
    gamma_1_windows: list[tuple[Positive, Positive]] = Field(
        [
            (2, 0.15),
            (1, 0.05),
            (1, 0.1),
            (1, 0.15),
            (2, 0.05),
            (2, 0.1),
            (2, 0.2),
            (2, 0.3),
            (5, 0.1),
            (5, 0.15),
            (5, 0.2),
        ],
        min_length=1,
        description="fit windows a <= lambda <= b alpha as [a, b]; the first is the one of the table of exponents",
    )
    gamma_1_min_alpha: Positive = Field(25.0, description="smallest alpha of the gamma_1 of the table of exponents")
    gamma_2_min_alpha: Positive = Field(10.0, description="smallest alpha of gamma_2 and gamma")
    plain_alphas: Annotated[list[Positive], Distinct] = Field(
        [], description="alphas that plain gradient descent is run at as well"
    )
    plain_samples: Count = Field(1, description="how many of the samples plain gradient descent is run on")
    plain_steps: Count = Field(10_000, description="number of plain gradient descent steps")
    plain_learning_rate: float = Field(
        0.1, gt=0, lt=2, description="in units of 1 / (1 + sqrt(alpha))^2; stable below 2"
    )
    mse_alphas: Annotated[list[Positive], Distinct] = Field(
        min_length=1, description="alphas of the squared loss (Fig. 7)"
    )

    @model_validator(mode="after")
    def _ordered(self) -> "PerceptronDynamics":
        if self.lambda_min >= self.lambda_max:
            raise ValueError("lambda_min must be smaller than lambda_max")
        return self

    @model_validator(mode="after")
    def _at_least_one_pattern(self) -> "PerceptronDynamics":
        for key in ("alphas", "plain_alphas", "mse_alphas"):
            for alpha in getattr(self, key):
                if round(alpha * self.N) < 1:
                    raise ValueError(
                        f"{key}: alpha = {alpha:g} gives no pattern at N = {self.N}: alpha N must be 1 or more"
                    )
        return self


class PerceptronMeanField(Section):
    """Gradient descent at free norm for N to infinity (dynamical mean-field theory)."""

    alphas: Annotated[list[Annotated[float, Field(ge=0.5, le=1e4)]], Distinct] = Field(
        [5, 25], min_length=1, description="P/N, patterns per dimension"
    )
    lambda_max: float = Field(5.0, ge=0.5, le=200, description="largest norm")
    lambda_points: int = Field(40, ge=2, description="number of norms, from 0.05 on, evenly spaced in log lambda")
    patterns: int = Field(4096, ge=256, le=65536, description="effective patterns of each run, a power of 2")
    runs: int = Field(4, ge=2, description="runs of each alpha, on other samples and grids; their scatter is the error")
    plain_alphas: Annotated[list[Annotated[float, Field(ge=0.5, le=1e4)]], Distinct] = Field(
        [5], min_length=1, description="alphas of plain gradient descent"
    )
    plain_rates: Annotated[list[Annotated[float, Field(ge=1e-3, lt=2)]], Distinct] = Field(
        [1, 0.3, 0.1],
        min_length=1,
        description="learning rates of plain gradient descent, in units of 1 / (1 + sqrt(alpha))^2",
    )
    plain_steps: int = Field(60, ge=1, le=200, description="its steps; time and memory grow as their cube and square")
    seed: int = Field(0, ge=0, description="seed of the samples")

    @model_validator(mode="after")
    def _a_power_of_two(self) -> "PerceptronMeanField":
        if self.patterns & (self.patterns - 1):
            raise ValueError("patterns must be a power of 2")
        return self


class Settings(Section):
    """The perceptron's keys of the configuration."""

    perceptron_theory: PerceptronTheory = Field(description="the exact solution at fixed norm")
    perceptron_dynamics: PerceptronDynamics = Field(description="gradient descent at free norm")
    perceptron_mean_field: PerceptronMeanField = Field(
        PerceptronMeanField(), description="gradient descent at free norm for N to infinity"
    )
