"""The kinds of synthetic studies on which the procedures are tried; the rules read their names here."""

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd

from scaling.validation.synthetic import Noise, Truth, synthetic_study

#: Numbers of training images of every study.
P = (500, 1000, 2000, 4000, 8000, 16000, 32000, 48000)


@dataclass(frozen=True)
class Scenario:
    """What a kind of study is like; the exponents and the shape of the master curve are drawn anew for each study.

    begin : law's error where the runs begin. floor : share of the smallest error that is floor. refused : quantities
    that the data do not bear, and that no procedure may give.
    """

    description: str
    noise: Noise = field(default_factory=Noise)
    seeds: int | tuple[int, ...] = 10
    P: tuple[int, ...] = P
    rise: tuple[float, float] = (0.08, 0.2)
    small_P_excess: tuple[float, float] = (0.0, 0.0)
    small_P_decay: tuple[float, float] = (1.0, 1.0)
    offset: tuple[float, float] = (0.0, 0.0)
    guess: float | None = None
    approach: float | Literal["exponential"] = 1.0
    begin: float = 0.7
    floor: tuple[float, float] = (0.0, 0.0)
    bend: tuple[float, float] = (0.0, 0.0)
    elbow: bool = True
    refused: tuple[str, ...] = ()

    def truth(self, rng: np.random.Generator) -> Truth:
        """gamma_1 in 0.2..0.6, gamma_2 in 0.4..1, elbow 0.15..0.3 wide; a law of 0.7 1.8 decades before lambda_opt."""
        gamma_1, gamma_2 = rng.uniform(0.2, 0.6), rng.uniform(0.4, 1.0)
        log10_k_2 = 1.0
        begin = log10_k_2 + gamma_2 * np.log10(self.P[0]) - 1.8
        truth = Truth(
            gamma_1=gamma_1,
            gamma_2=gamma_2,
            width=rng.uniform(0.15, 0.3),
            rise=rng.uniform(*self.rise),
            log10_k_2=log10_k_2,
            log10_k_1=np.log10(0.7) + gamma_1 * begin,
            small_P_excess=rng.uniform(*self.small_P_excess),
            small_P_decay=rng.uniform(*self.small_P_decay),
            guess=self.guess,
            approach=self.approach,
            start=1.8 + np.log10(self.begin / 0.7) / gamma_1,
            elbow=self.elbow,
        )
        # Drawn last: the kinds that have none of these are what they were.
        share, truth = rng.uniform(*self.floor), replace(truth, offset=rng.uniform(*self.offset))
        if not self.elbow:
            truth = replace(truth, log10_k_1=truth.log10_k_1 + truth.gamma * np.log10(self.P[0]))
        lowest = truth.log10_law(truth.log10_lambda_opt(self.P[-1]), self.P[-1], self.P[0])
        return replace(truth, floor=float(share / (1 - share) * 10**lowest), bend=rng.uniform(*self.bend))

    def study(self, seed: int, number: int) -> tuple[Truth, pd.DataFrame]:
        """The truth and the runs of one study: made from (seed, number), whatever other studies there are."""
        rng = np.random.default_rng([seed, number])
        truth = self.truth(rng)
        return truth, synthetic_study(truth, self.noise, np.array(self.P), self.seeds, rng)


SCENARIOS = {
    "plain": Scenario("10 seeds, 8 P, gaps, noise along the runs, 10,000 test images"),
    "few_seeds": Scenario("4 seeds", seeds=4),
    "noisy": Scenario("twice the noise", noise=Noise(seed_scale=0.1, smooth=0.04)),
    "flat": Scenario("a minimum as flat as a slope of 0.01 to 0.03 makes it", rise=(0.01, 0.03)),
    "censored": Scenario("runs of large P end before their optimum", noise=Noise(shortfall=0.6)),
    "small_P": Scenario(
        "the smallest P break the law (by 25% to 100% at the first, as 1/P)", small_P_excess=(0.1, 0.3)
    ),
    "small_P_other": Scenario("the same, as P^-1/2 to P^-2", small_P_excess=(0.1, 0.3), small_P_decay=(0.5, 2.0)),
    "plateau": Scenario("the early law bends into random guessing (error 0.9)", guess=0.9),
    "plateau_other": Scenario("the same, exponentially", guess=0.9, approach="exponential"),
    "guessing": Scenario("runs begin at guessing, harmonically", guess=0.9, begin=10.0),
    "guessing_sharp": Scenario("the same, eps^-2 = law^-2 + guess^-2", guess=0.9, approach=2.0, begin=4.0),
    "guessing_slow": Scenario("the same, eps^-1/2 = law^-1/2 + guess^-1/2", guess=0.9, approach=0.5, begin=20.0),
    "floor": Scenario("an irreducible error, 5 to 50% of the smallest error", floor=(0.05, 0.5)),
    "floor_guessing": Scenario("both: guessing, harmonically, and a floor", guess=0.9, begin=10.0, floor=(0.05, 0.5)),
    "offset": Scenario("Eq. 3 with an offset of 10 to 50% at the smallest P", offset=(0.1, 0.5)),
    "unequal_seeds": Scenario("10 seeds, falling to one at the largest P", seeds=(10, 10, 8, 6, 5, 3, 2, 1)),
    "four_P": Scenario("4 P", P=(500, 2000, 8000, 32000)),
    "heavy_tails": Scenario("Student's t of 3, scatter that grows as P^0.15", noise=Noise(tails=3, growth=0.15)),
    "thousand_images": Scenario("1,000 test images", noise=Noise(test_images=1000)),
    "hundred_classes": Scenario("guessing among a hundred classes", guess=0.99, begin=10.0),
    "half_stuck": Scenario("half the runs never leave guessing", guess=0.9, begin=10.0, noise=Noise(stuck=0.5)),
    "featureless": Scenario("power laws without an elbow: no gamma_2", elbow=False, refused=("gamma_2", "gamma_pred")),
    "no_law": Scenario(
        "the early curve bends all the way: no gamma_1", bend=(0.1, 0.2), refused=("gamma_1", "gamma_pred")
    ),
}

#: Kinds whose predictions are tried as well.
PREDICTED = ("plain", "few_seeds", "censored", "small_P", "guessing", "floor", "floor_guessing", "offset")
