"""Random features sigma(F u) of Gaussian inputs u, by their deterministic equivalent.

p features, F with standard normal entries, inputs with eigenvalues psi of trace 1 and the teacher's shares tau. By the
Gaussian equivalence the features have the covariance k1 F Psi F^T + ks, with k1 = E[z sigma(z)]^2 and
ks = Var sigma - k1 (Mei and Montanari 2022; Loureiro et al. 2021); the mean of sigma drops out, as the features are
centred. Traces at a ridge kappa are those of the inputs at kappa2, which solves

    k1 kappa2 (p - df(kappa2)) = kappa + ks.
"""

from functools import cached_property

import numpy as np
from scipy.optimize import brentq

from scaling.core.errors import BadInput
from scaling.covariates.spectra import Features, Spectrum, Traces, isotropic

#: k1 and ks of the activations.
ACTIVATIONS = {
    "linear": (1.0, 0.0),
    "relu": (1 / 4, 1 / 4 - 1 / (2 * np.pi)),
    "erf": (4 / (3 * np.pi), 2 / np.pi * np.arcsin(2 / 3) - 4 / (3 * np.pi)),
}
CHEBYSHEV_NODES = 64
_TABLE = np.concatenate([np.geomspace(1e-16, 1, 161)[:-1], np.linspace(1, 240, 1200)])


class RandomFeatures(Features):
    """p random features of inputs that are themselves given by their modes.

    Parameters
    ----------
    inputs : modes of trace 1 (see `unit_trace`); its u0 is the label noise.
    size : p.
    activation : a name of ACTIVATIONS.
    """

    def __init__(self, inputs: Spectrum, size: float, activation: str):
        if activation not in ACTIVATIONS:
            raise BadInput(f"activation {activation!r}: allowed are {', '.join(ACTIVATIONS)}")
        if not (np.isfinite(size) and size > 0):
            raise BadInput(f"size = {size:g}: a finite number of random features above 0")
        self.inputs, self.u0, self.size = inputs, inputs.u0, size
        self.k1, self.ks = ACTIVATIONS[activation]

    def traces(self, log_kappa: np.ndarray) -> Traces:
        x = np.exp(log_kappa) + self.ks
        log_kappa2 = self._input_ridge(np.log(x))
        t, free = self.inputs.traces(log_kappa2), x / (self.k1 * np.exp(log_kappa2))  # free = p - df
        q, r = self.ks / x, np.exp(log_kappa) / x
        a = t.N1 / free
        rho = r / (1 + a)  # d log kappa2 / d log kappa
        rest = (q + a) / (1 + a)  # 1 - rho
        slope = t.in_log_kappa
        in_rho = rho * (q - rho * (slope["N1"] / free - a**2) / (1 + a))
        return Traces(
            df=q * self.size + r * t.df,
            df2=q**2 * self.size + r * q * t.df + r * t.df2 + r * t.N1 * rest,
            N1=r * q * free + r * t.N1 * rho,
            T1=t.T1,
            e=t.e,
            N2=rho * t.N2,
            D=t.D + rest * t.N2,
            in_log_kappa={
                "N1": r * q * ((q - r) * free + 2 * t.N1 * rho) + r * (rho**2 * slope["N1"] + t.N1 * in_rho),
                "N2": in_rho * t.N2 + rho**2 * slope["N2"],
                "D": rho * slope["D"] - in_rho * t.N2 + rest * rho * slope["N2"],
            },
        )

    def moments(self) -> tuple[float, float, float, float]:
        s1, s2, f1, f2 = self.inputs.moments()
        k1, ks, p = self.k1, self.ks, self.size
        return (
            p * (k1 * s1 + ks),
            (k1 * p) ** 2 * s2 + p * (k1 * s1 + ks) ** 2,
            k1 * p * f1,
            k1 * p * f1 * (k1 * s1 + ks) + (k1 * p) ** 2 * f2,
        )

    @cached_property
    def missed(self) -> float:
        if self.ks:
            log_kappa2 = self._input_ridge(np.log([self.ks]))
        elif self._few:
            log_kappa2 = np.array([self._lowest])
        else:
            return self.u0
        return float(self.u0 + self.inputs.traces(log_kappa2).e[0])

    @cached_property
    def _few(self) -> bool:
        """Whether there are fewer features than inputs: then kappa2 has a lowest value, where df = p."""
        return self.size < self.inputs.g.sum()

    @cached_property
    def _lowest(self) -> float:
        """log kappa2 at which df = p (fewer features than inputs), or one so low that nothing is below it."""
        if not self._few:
            return np.log(self.inputs.om.min()) - 80
        top, count = np.log(self.inputs.om.max()), self.inputs.g
        excess = lambda y: np.log((self.inputs.om / (self.inputs.om + np.exp(y))) @ count / self.size)  # noqa: E731
        return brentq(excess, np.log(self.inputs.om.min()) - 80, top + np.log(count.sum()), xtol=1e-15, rtol=1e-15)

    def _log_x(self, above: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """log of k1 kappa2 (p - df) at log kappa2 = lowest + above, and its derivative in `above`."""
        om, g = self.inputs.om, self.inputs.g
        low, kappa2 = np.exp(self._lowest), np.exp(self._lowest + above)[:, None]
        # df(lowest) - df(kappa2), which a subtraction would lose
        u = om / (om + kappa2)
        free = low * np.expm1(above) * (u @ (g / (om + low)))
        if not self._few:
            free += self.size - (om / (om + low)) @ g
        slope = 1 + (u * (1 - u)) @ g / free
        return self._lowest + above + np.log(self.k1 * free), slope

    @cached_property
    def _table(self) -> tuple[np.ndarray, np.ndarray]:
        return np.log(_TABLE), self._log_x(_TABLE)[0]

    def _input_ridge(self, log_x: np.ndarray) -> np.ndarray:
        """log kappa2 at each log(kappa + ks): from a table, then Newton's method in log(log kappa2 - lowest)."""
        log_above, known = self._table
        y = np.interp(log_x, known, log_above)
        for _ in range(6):
            value, slope = self._log_x(np.exp(y))
            y -= (value - log_x) / (slope * np.exp(y))
        return self._lowest + np.exp(y)


def unit_trace(spectrum: Spectrum) -> Spectrum:
    """The same modes with eigenvalues that sum to 1, as inputs of random features must have."""
    return Spectrum(spectrum.om / (spectrum.g @ spectrum.om), spectrum.g, spectrum.tau, spectrum.u0, spectrum.size)


def isotropic_inputs(dimension: float, noise_share: float = 0.0) -> Spectrum:
    """Inputs of unit trace with all eigenvalues equal, 1 / dimension."""
    return unit_trace(isotropic(dimension, noise_share))


def marchenko_pastur(dimension: float, size: float, activation: str, nodes: int = CHEBYSHEV_NODES) -> Spectrum:
    """Random features of isotropic inputs as modes: Gauss-Chebyshev nodes of the Marchenko-Pastur law.

    An independent way to the traces of `RandomFeatures`. The modes that no input reaches have the eigenvalue ks.
    """
    k1, ks = ACTIVATIONS[activation]
    ratio = size / dimension
    angle = np.arange(1, nodes + 1) * np.pi / (nodes + 1)
    x = 1 + ratio + 2 * np.sqrt(ratio) * np.cos(angle)
    weight = np.sin(angle) ** 2 * 2 * ratio / ((nodes + 1) * x)
    om = k1 * x + ks
    tau = weight * k1 * x / om
    rest = ratio - weight.sum()
    if ks or rest > 1e-12:
        om, weight, tau = np.append(om, ks), np.append(weight, rest), np.append(tau, 0.0)
    return Spectrum(om, dimension * weight, tau, 1 - tau.sum(), size)
