"""The kinds of synthetic studies on which the procedures are tried; the rules read their names here."""

from dataclasses import dataclass, field, replace

import numpy as np

from scaling.validation.synthetic import Approach, Noise, Truth

#: Numbers of training images of every study.
P = np.array([500, 1000, 2000, 4000, 8000, 16000, 32000, 48000])


@dataclass(frozen=True)
class Scenario:
    """What a kind of study is like; the exponents and the shape of the master curve are drawn anew for each study."""

    description: str
    noise: Noise = field(default_factory=Noise)
    seeds: int = 10
    rise: tuple[float, float] = (0.08, 0.2)
    small_P_excess: tuple[float, float] = (0.0, 0.0)
    small_P_decay: tuple[float, float] = (1.0, 1.0)
    guess: float | None = None
    approach: Approach = "harmonic"
    #: The floor, in parts of the law's error at the optimum of the largest P.
    floor: tuple[float, float] | None = None

    def truth(self, rng: np.random.Generator) -> Truth:
        """gamma_1 in 0.2..0.6, gamma_2 in 0.4..1, elbow 0.15..0.3 decades wide.

        The law's error is 0.7 where 1.8 decades are left to lambda_opt of the smallest P.
        """
        gamma_1, gamma_2 = rng.uniform(0.2, 0.6), rng.uniform(0.4, 1.0)
        log10_k_2 = 1.0
        begin = log10_k_2 + gamma_2 * np.log10(P[0]) - 1.8
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
        )
        if self.floor is None:
            return truth
        smallest = 10.0 ** truth.log10_error(truth.log10_lambda_opt(P[-1]), P[-1])
        return replace(truth, floor=rng.uniform(*self.floor) * smallest)


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
    "guessing": Scenario(
        "runs begin three decades earlier, near random guessing (error 0.9)", Noise(start=4.8), guess=0.9
    ),
    "guessing_sharp": Scenario("the same, and leave it sharply", Noise(start=4.8), guess=0.9, approach="sharp"),
    "floor": Scenario("a floor that all P share (5% to 50% of the law's smallest error)", floor=(0.05, 0.5)),
}
