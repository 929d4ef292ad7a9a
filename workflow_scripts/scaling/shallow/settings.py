"""Settings of the diagonal and the quadratic network."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from scaling.core.settings import Count, Distinct, Positive, Section, with_preset


def _not_one(g: float) -> float:
    if abs(g - 1) < 0.02:
        raise ValueError("g = 1, where the norm grows with a logarithm, has no exponents: take g at least 0.02 from it")
    return g


Decay = Annotated[float, Field(gt=0.5, le=4), AfterValidator(_not_one)]
Decays = Annotated[list[Decay], Distinct, Field(min_length=1)]
Counts = Annotated[list[Count], Distinct, Field(min_length=1)]
Positives = Annotated[list[Positive], Distinct, Field(min_length=1)]


class Maps(Section):
    """The plane of examples and weight decay, by state evolution."""

    g: Annotated[float, Field(gt=0.5, le=4)] = Field(1.0, description="decay of the target's features, k^-g")
    diagonal_d: int = Field(1000, ge=2, le=10**8, description="inputs of the diagonal network")
    quadratic_d: int = Field(100, ge=2, le=400, description="inputs of the quadratic network")
    points: int = Field(61, ge=8, description="grid points of n, or of the noise's width")
    thresholds: int = Field(70, ge=8, description="grid points of the threshold at each")


class Laws(Section):
    """The two laws in the norm, by state evolution."""

    g: Decays = Field([0.6, 0.75, 1.25, 1.5], description="decays of the target's features, k^-g")
    quadratic_d: int = Field(10**6, ge=10**5, le=10**7, description="inputs of the quadratic network")
    diagonal_d: int = Field(10**8, ge=10**6, le=10**12, description="inputs of the diagonal network")
    points: int = Field(9, ge=4, description="values of n on each range")


class Paths(Section):
    """Risk against norm at fixed n, by state evolution."""

    g: Decays = Field([0.75, 1.25], description="decays of the target's features, k^-g")
    quadratic_d: int = Field(100, ge=10, le=300, description="inputs of the quadratic network")
    quadratic_examples: Positives = Field(
        [10, 30, 100, 300], description="n of the quadratic network, in units of its inputs"
    )
    diagonal_d: int = Field(10**6, ge=10, le=10**7, description="inputs of the diagonal network")
    diagonal_examples: Positives = Field([1000, 3000, 10000, 30000, 100000], description="n of the diagonal network")


class Decayed(Section):
    """Networks of finite size at the minimum of their loss with weight decay, beside state evolution."""

    g: Decays = Field([0.75, 1.25], description="decays of the target's features, k^-g")
    diagonal_d: int = Field(400, ge=2, le=5000, description="inputs of the diagonal network")
    diagonal_n: Counts = Field([50, 100, 200, 400, 800, 1600], description="examples of the diagonal network")
    diagonal_samples: int = Field(20, ge=2, description="independent sets of examples for each n")
    diagonal_weight_decays: Positives = Field([0.3, 0.1, 0.03, 0.01], description="its weight decays")
    quadratic_d: int = Field(50, ge=2, le=150, description="inputs of the quadratic network")
    quadratic_n: Counts = Field([1000, 2500, 6000], description="examples of the quadratic network")
    quadratic_samples: int = Field(4, ge=2, description="independent sets of examples for each n")
    quadratic_weight_decays: Positives = Field([0.1, 0.03, 0.01], description="its weight decays")
    seed: int = Field(0, ge=0, description="seed of the examples")


class Spectra(Section):
    """Eigenvalues of trained quadratic networks."""

    g: Decays = Field([0.75, 1.25], description="decays of the target's features, k^-g")
    d: int = Field(60, ge=2, le=150, description="inputs")
    n: Count = Field(8000, description="examples")
    weight_decays: Positives = Field([0.15, 0.05, 0.02], description="weight decays")
    seed: int = Field(0, ge=0, description="seed of the examples")


class Undecayed(Section):
    """Networks trained without weight decay, from small weights."""

    g: Decays = Field([0.75, 1.25], description="decays of the target's features, k^-g")
    diagonal_d: int = Field(500, ge=2, le=5000, description="inputs of the diagonal network")
    diagonal_n: Counts = Field([100, 200, 400, 800], description="its examples")
    diagonal_samples: int = Field(5, ge=2, description="trainings for each n")
    quadratic_d: int = Field(32, ge=2, le=100, description="inputs of the quadratic network")
    quadratic_n: Counts = Field([200, 400, 800, 1600], description="its examples")
    quadratic_samples: int = Field(3, ge=2, description="trainings for each n")
    initial: Positive = Field(1e-4, le=1, description="size of the first weights")
    steps: Count = Field(20_000, description="largest number of steps")
    seed: int = Field(0, ge=0, description="seed of the examples")


class Shallow(Section):
    """Diagonal and quadratic networks that learn a target of features k^-g."""

    noise: float = Field(0.1, ge=1e-3, le=10, description="variance of the labels' noise; that of the target is 1")
    maps: Maps = Field(Maps(), description="the plane of examples and weight decay")
    laws: Laws = Field(Laws(), description="the two laws in the norm")
    paths: Paths = Field(Paths(), description="risk against norm at fixed n")
    samples: Decayed = Field(Decayed(), description="finite networks with weight decay")
    spectra: Spectra = Field(Spectra(), description="eigenvalues of trained networks")
    training: Undecayed = Field(Undecayed(), description="networks without weight decay")


#: What other presets than `quick`, whose values are the defaults, say of these keys.
LAPTOP = {
    "samples": {"diagonal_samples": 100, "quadratic_samples": 12, "quadratic_n": [400, 1000, 2500, 6000, 15000]},
    "training": {"diagonal_samples": 20, "quadratic_samples": 10},
}
PAPER = {
    "maps": {"points": 121, "thresholds": 140},
    "samples": LAPTOP["samples"],
    "training": {
        "diagonal_d": 2000,
        "diagonal_n": [100, 200, 400, 800, 1600],
        "diagonal_samples": 10,
        "quadratic_d": 50,
        "quadratic_n": [400, 1000, 2500, 6000],
        "quadratic_samples": 4,
        "steps": 200_000,
    },
}
PRESETS: dict[str, dict[str, Any]] = {"laptop": LAPTOP, "paper": PAPER}


class Settings(Section):
    """The keys of the shallow networks. Their presets stand here, so that the room leaves with its folders."""

    shallow: Shallow = Field(Shallow(), description="diagonal and quadratic networks")

    @model_validator(mode="before")
    @classmethod
    def _shallow_of_the_preset(cls, given: Any) -> Any:
        """The preset's values for what is not given. (All rooms' classes are joined: each method has its own name.)"""
        return with_preset(PRESETS, "shallow", given)
