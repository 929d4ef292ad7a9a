"""Settings of the interpolators. Their presets stand here, so that the room leaves with its folders."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from scaling.core.settings import Count, Distinct, Section, with_preset

SMALLEST_NOISE = 1e-6


def _none_or_some(sigma: float) -> float:
    if 0 < sigma < SMALLEST_NOISE:
        raise ValueError(f"0, or {SMALLEST_NOISE:g} or more, not {sigma:g}: nothing shows so little noise")
    return sigma


P = Annotated[float, Field(ge=1.05, le=2)]
Alpha = Annotated[float, Field(ge=1e-4, le=10)]
Kappa = Annotated[float, Field(gt=1, le=1000)]
Noise = Annotated[float, Field(ge=0, le=10), AfterValidator(_none_or_some)]
Ns = Annotated[list[Annotated[int, Field(ge=8, le=20_000)]], Distinct, Field(min_length=2)]
Sigmas = Annotated[list[Noise], Distinct, Field(min_length=1)]


class FixedDimension(Section):
    """More and more examples of one dimension d."""

    d: int = Field(5000, ge=16, le=1_000_000, description="dimension")
    n: Ns = Field([50, 100, 200, 400, 800], description="numbers of examples, below d")
    p: Annotated[list[P], Distinct] = Field([1.1, 1.5, 1.9], min_length=1, description="norms l_p that are minimised")
    alpha: Annotated[list[Alpha], Distinct] = Field(
        [0.00102, 0.0664, 0.229], min_length=1, description="initial weights of the diagonal networks"
    )
    sigma: Sigmas = Field([0, 0.1], description="label noise, relative to a spike")
    spikes: Count = Field(1, description="weights of the truth that are 1; all others are 0")
    seeds: int = Field(
        3,
        ge=2,
        description="independent data sets at the largest n; at smaller n up to four times as many, as they cost less",
    )

    def samples(self, n: int) -> int:
        """How many data sets of n examples."""
        return min(4, max(self.n) // n) * self.seeds

    @model_validator(mode="after")
    def _overparametrised(self) -> "FixedDimension":
        if max(self.n) >= self.d:
            raise ValueError(f"n: {max(self.n)} is not below d = {self.d}: there is no interpolator to choose")
        if 8 * self.spikes > self.d:
            raise ValueError(f"spikes: {self.spikes} is above an eighth of d = {self.d}: there is no elbow below d")
        return self


class FixedRatio(Section):
    """More and more examples, and the dimension d = kappa n with them."""

    p_kappa: Annotated[list[tuple[P, Kappa]], Distinct] = Field(
        [(1.75, 2), (1.5, 5), (1.25, 5)],
        min_length=1,
        description="norms l_p that are minimised, each with d/n, as [p, kappa]",
    )
    alpha_kappa: Annotated[list[tuple[Alpha, Kappa]], Distinct] = Field(
        [(0.0664, 5)], min_length=1, description="diagonal networks, each with d/n, as [alpha, kappa]"
    )
    n: Ns = Field([63, 125, 250, 500], description="numbers of examples")
    sigma: Sigmas = Field([0, 0.01, 0.1], description="label noise, relative to the spike")
    seeds: int = Field(12, ge=2, description="independent data sets for each n")

    @model_validator(mode="after")
    def _with_noise(self) -> "FixedRatio":
        if not max(self.sigma):
            raise ValueError("sigma: one value must be above 0, or nothing says what noise changes")
        for kappa in self.ratios():
            if round(kappa * min(self.n)) <= min(self.n):
                raise ValueError(
                    f"d/n = {kappa:g}: d is not above n = {min(self.n)}, there is no interpolator to choose"
                )
        if min(p for p, _ in self.p_kappa) == 2:
            raise ValueError("p_kappa: one p must be below 2, where spikes can win")
        return self

    def ratios(self) -> list[float]:
        """The values of d/n, each once."""
        return list(dict.fromkeys(kappa for _, kappa in [*self.p_kappa, *self.alpha_kappa]))


class Paths(Section):
    """Error against norm along the regularised path, by state evolution; true weights k^-a."""

    a_p: Annotated[list[tuple[Annotated[float, Field(gt=0.5, le=4)], P]], Distinct] = Field(
        [(1, 1.1), (0.75, 1.1), (0.6, 1.1), (1, 1.5), (1, 2)],
        min_length=1,
        description="decay of the true weights, and the norm l_p that is penalised, as [a, p]",
    )
    d: int = Field(1_000_000, ge=1000, description="dimension")
    n: Annotated[list[Annotated[float, Field(ge=10, le=1e9)]], Distinct] = Field(
        [1e3, 3e3, 1e4, 3e4, 1e5], min_length=3, description="numbers of examples"
    )
    sigma: Noise = Field(0.5, description="label noise, relative to the largest weight")
    points: int = Field(61, ge=8, description="penalties on each path")

    @model_validator(mode="after")
    def _overparametrised(self) -> "Paths":
        if max(self.n) >= self.d:
            raise ValueError(f"n: {max(self.n):g} is not below d = {self.d}: the path would not end at an interpolator")
        return self


class Interpolators(Section):
    """Interpolators of least norm, and diagonal networks."""

    fixed_d: FixedDimension = Field(FixedDimension(), description="norms against n at one dimension")
    fixed_ratio: FixedRatio = Field(FixedRatio(), description="norms against n at fixed d/n")
    paths: Paths = Field(Paths(), description="error against norm along regularised paths")
    r: Annotated[list[Annotated[float, Field(ge=1, le=2)]], Distinct] = Field(
        [1, 1.1, 1.25, 1.5, 1.75, 2], min_length=1, description="the norms l_r that are looked at"
    )
    theory_d: Annotated[list[Annotated[float, Field(ge=100, le=1e9)]], Distinct] = Field(
        [50_000], description="dimensions at which elbows are computed, besides that of fixed_d"
    )
    seed: int = Field(0, ge=0, description="seed of the data sets")

    @model_validator(mode="after")
    def _a_norm_for_each_potential(self) -> "Interpolators":
        least = min(p for p, _ in self.fixed_ratio.p_kappa)
        if min(self.r) > least:
            raise ValueError(f"r: one must be at most {least:g}, the least p of fixed_ratio.p_kappa")
        return self


#: What other presets than `quick`, whose values are the defaults, say of these keys.
LARGER = {
    "fixed_d": {
        "d": 10_000,
        "n": [50, 100, 200, 400, 800],
        "p": [1.05, 1.1, 1.25, 1.5, 1.75, 1.9],
        "sigma": [0, 0.1],
        "seeds": 10,
    },
    "fixed_ratio": {
        "p_kappa": [(1.75, 2), (1.6, 3), (1.5, 5), (1.25, 5)],
        "alpha_kappa": [(0.00102, 5), (0.0664, 5), (0.229, 5)],
        "n": [63, 125, 250, 500, 1000],
        "seeds": 30,
    },
    "paths": {"points": 121, "n": [1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5]},
}
PRESETS: dict[str, dict[str, Any]] = {"laptop": LARGER, "paper": LARGER}


class Settings(Section):
    """The interpolators' keys of the configuration."""

    interpolators: Interpolators = Field(Interpolators(), description="interpolators of least norm")

    @model_validator(mode="before")
    @classmethod
    def _interpolators_of_the_preset(cls, given: Any) -> Any:
        """The preset's values for what is not given. (All rooms' classes are joined: each method has its own name.)"""
        return with_preset(PRESETS, "interpolators", given)
