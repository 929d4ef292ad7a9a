"""Settings of the Gaussian covariates."""

from typing import Annotated, Literal

import numpy as np
from pydantic import AfterValidator, Field, model_validator

from scaling.core.settings import Count, Distinct, Positive, Section

# Where the solvers were tried; the closed laws go further.
Power = Annotated[float, Field(ge=0.1, le=10)]


class PowerLaw(Section):
    """Eigenvalues k^-(1+a), shares of the teacher k^-(1+delta), and label noise."""

    a: Power = Field(description="the eigenvalues of the covariance fall as k^-(1+a)")
    delta: Power = Field(description="the shares of the teacher fall as k^-(1+delta)")
    noise: float = Field(0.0, ge=0, le=10, description="variance of the label noise, relative to the teacher's")

    @property
    def key(self) -> tuple[float, float, float]:
        """a, delta, noise."""
        return self.a, self.delta, self.noise


def _all_different(laws: list[PowerLaw]) -> list[PowerLaw]:
    if len({law.key for law in laws}) < len(laws):
        raise ValueError("the power laws must all be different")
    return laws


PowerLaws = Annotated[list[PowerLaw], Field(min_length=1), AfterValidator(_all_different)]


def _laws(*powers: tuple[float, ...]) -> list[PowerLaw]:
    return [PowerLaw(**dict(zip(("a", "delta", "noise"), each, strict=False))) for each in powers]


class Samples(Section):
    """Minimisers at finite n and finite size, beside the theory."""

    size: Count = Field(description="p, number of features")
    n: Annotated[list[Count], Distinct] = Field(min_length=1, description="numbers of patterns")
    samples: int = Field(ge=2, description="independent data sets for each n")
    points: int = Field(16, ge=2, le=1000, description="penalties for each n")
    lam_max: float = Field(16.0, gt=0.1, le=16, description="largest standard deviation of the output, in theory")
    seed: int = Field(0, ge=0, description="seed of the data sets")


#: What the samples are where the configuration does not say it: of the preset "paper", and of all others.
FULL = Samples(size=400, n=[100, 400, 1600], samples=8)
QUICK = Samples(size=100, n=[50, 200, 800], samples=8)


class Covariates(Section):
    """Power-law features, and random features of them."""

    laws: PowerLaws = Field(
        _laws((0.5, 0.8), (0.5, 2), (2, 4), (0.5, 0.8, 0.1)),
        description="power laws whose curves are computed and drawn; the first must have delta < 1 + a and no noise",
    )
    n: Annotated[list[Annotated[float, Field(ge=10, le=1e10)]], Distinct] = Field(
        [1e2, 1e3, 1e4, 1e5, 1e6, 1e7], min_length=1, description="numbers of patterns of the curves"
    )
    norm_min: Positive = Field(0.01, description="smallest norm of the curves")
    norm_max: float = Field(1e5, gt=0, le=1e5, description="largest norm of the curves, where their paths go so far")
    norm_points: int = Field(150, ge=2, le=10_000, description="number of norms, evenly spaced in log norm")
    exponents_of: PowerLaws = Field(
        _laws(
            (0.5, 0.8),
            (1, 1),
            (2, 1),
            (2, 2),
            (0.5, 2),
            (0.5, 2.5),
            (0.5, 4),
            (2, 4),
            (2, 7),
            (0.5, 0.8, 0.1),
            (1, 1, 0.1),
            (0.5, 2, 0.1),
        ),
        description="power laws whose local exponents are compared with the predictions",
    )
    exponents_n: Annotated[list[Annotated[float, Field(ge=10, le=1e12)]], Distinct] = Field(
        [1e3, 1e5, 1e8], min_length=1, description="numbers of patterns at which exponents are measured"
    )
    sizes: Annotated[list[Annotated[int, Field(ge=2, le=100_000)]], Distinct] = Field(
        [10, 30, 100, 300, 1000, 3000, 10_000], min_length=2, description="numbers p of features"
    )
    joint_sizes: Annotated[list[Annotated[int, Field(ge=2, le=100_000)]], Distinct] = Field(
        [10, 100, 1000], min_length=1, description="numbers of features at which n is varied too"
    )
    p_over_d: Annotated[list[Annotated[float, Field(ge=0.01, le=1e8)]], Distinct] = Field(
        [0.5, 2, 8, 64, 1e6], min_length=1, description="random features of isotropic inputs: p over the dimension"
    )
    activations: Annotated[list[Literal["linear", "relu", "erf"]], Distinct] = Field(
        ["linear", "erf", "relu"], min_length=1, description="activations of the random features"
    )
    flow_norm: float = Field(3e3, gt=0, le=1e5, description="norm to which the population's gradient flow is followed")
    samples: Samples | None = Field(
        None, description="finite samples; if not given: 400 features in the preset paper, 100 in all others"
    )

    @model_validator(mode="after")
    def _possible(self) -> "Covariates":
        if self.norm_min >= self.norm_max:
            raise ValueError("norm_min must be smaller than norm_max")
        first = self.laws[0]
        if first.noise or first.delta >= 1 + first.a:
            raise ValueError(
                "laws: the first needs delta below 1 + a and no noise (its curves have a limit to collapse on)"
            )
        return self

    def norm_grid(self) -> list[float]:
        """The norms of the curves."""
        return np.geomspace(self.norm_min, self.norm_max, self.norm_points).tolist()

    def samples_of(self, preset: str) -> Samples:
        """The samples as given, or those that the preset has."""
        return self.samples or (FULL if preset == "paper" else QUICK)


class Settings(Section):
    """The covariates' keys of the configuration."""

    covariates: Covariates = Field(Covariates(), description="Gaussian covariates and random features at fixed norm")
