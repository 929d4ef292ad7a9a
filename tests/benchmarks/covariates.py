"""Time and accuracy of the covariates' theory beside a plain solver of the same equations (`make bench-covariates`)."""

import time

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq, root
from scipy.special import expit, ndtr

from scaling.core.channel import STANDARD, Quadrature
from scaling.covariates import exponents, feature_scaling, finite_n, tables
from scaling.covariates.settings import QUICK, Covariates
from scaling.covariates.spectra import Spectrum, power_law
from scaling.covariates.theory import Path

FINER = Quadrature(nodes=32, width=1.0, kernel_panels=12, gauss_panels=6, reach=11, tail=30)
NS = np.geomspace(30, 1e8, 8)
NORMS = np.geomspace(0.01, 1e3, 125)


def plain(spectrum: Spectrum, n: float, norm: float) -> float:
    """epsilon by the six equations of the literature: quad over the field, a root for each proximal point, one of four.

    Unknowns: logarithms of the output's scale, of the proximal width, of tan(theta) and of the penalty.
    """

    def gauss(function) -> float:
        weighted = lambda x: function(x) * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)  # noqa: E731
        return quad(weighted, -8, 8, points=[0], epsabs=0, epsrel=1e-9, limit=200)[0]

    def equations(unknowns: np.ndarray) -> list[float]:
        lam, k, tangent, mu = np.exp(unknowns)
        theta = np.arctan(tangent)

        def prox(omega: float) -> float:
            return brentq(lambda z: z - omega - 2 * k * expit(-2 * z), omega - 1e-9, omega + 2 * k + 1e-9, xtol=1e-14)

        def response(x: float) -> float:
            curvature = 1 / np.cosh(prox(lam * x)) ** 2
            return 2 * ndtr(x / tangent) * curvature / (1 + k * curvature)

        v_hat = n * gauss(response)
        q_hat = n * gauss(lambda x: 2 * ndtr(x / tangent) * ((prox(lam * x) - lam * x) / k) ** 2)
        narrow = lam * np.sin(theta)
        m_hat = n * np.sqrt(2 / np.pi) * gauss(lambda x: (prox(narrow * x) - narrow * x) / k)
        om, ridge = spectrum.om, mu + v_hat * spectrum.om
        cov2 = spectrum.tau * om
        q = (om * m_hat**2 * cov2 / ridge**2).sum() + q_hat * (spectrum.g * om**2 / ridge**2).sum()
        norm2 = (m_hat**2 * cov2 / ridge**2).sum() + q_hat * (spectrum.g * om / ridge**2).sum()
        return [
            np.log((spectrum.g * om / ridge).sum() / k),
            np.log(q / lam**2),
            np.log(m_hat * (cov2 / ridge).sum() / (lam * np.cos(theta))),
            np.log(norm2) / 2 - np.log(norm),
        ]

    start = np.array([np.log(norm / 2), np.log(spectrum.g @ spectrum.om / n * 10), 0.0, np.log(n / 10 / norm)])
    found = root(equations, start, tol=1e-9)
    if not found.success:
        raise ArithmeticError(found.message)
    return np.arctan(np.exp(found.x[2])) / np.pi


def timed(what: str, function) -> object:
    """Run, print the processor time (of one thread), return the result."""
    start = time.process_time()
    result = function()
    print(f"{what}: {time.process_time() - start:.2f} s of processor time")
    return result


def thousand(spectrum: Spectrum, quadrature: Quadrature = STANDARD) -> np.ndarray:
    """epsilon at 8 n times 125 norms, as far as the paths go."""
    path = Path.follow(spectrum, NS, NORMS[-1], quadrature)
    which, log_norm = (values.ravel() for values in np.meshgrid(range(NS.size), np.log(NORMS), indexing="ij"))
    inside = log_norm <= path.end[which]
    return path.at_norm(which[inside], log_norm[inside]).epsilon


#: What the ratio compares with (tests/benchmarks/trends.py).
PEER = "quad for every integral, root for the equations"


def ratio() -> tuple[float, float]:
    """Processor seconds of a point: the peer's, ours."""
    spectrum = power_law(0.5, 0.8, 30)
    thousand(spectrum)  # imports and caches
    start = time.process_time()
    points = thousand(spectrum).size
    ours = (time.process_time() - start) / points
    start = time.process_time()
    plain(spectrum, 60, 2.0)
    return time.process_time() - start, ours


def main() -> None:
    """Print the benchmark's lines."""
    thousand(power_law(1, 1, 50))  # imports and caches
    for spectrum, name in ((power_law(0.5, 0.8, 1000), "1000 modes"), (power_law(0.5, 0.8), "infinitely many modes")):
        ours = timed(f"8 n x 125 norms, {name}", lambda spectrum=spectrum: thousand(spectrum))
        print(f"  {ours.size} points: the others lie beyond the ends of their paths")
        change = np.abs(ours / thousand(spectrum, FINER) - 1).max()
        print(f"  largest relative change of epsilon when the integrals are refined: {change:.1e}")
    settings = Covariates()
    laws, n = [law.key for law in settings.laws], settings.n
    timed("curves", lambda: tables.curves(laws, n, settings.norm_grid()))
    timed("optima", lambda: tables.optima(laws, n))
    timed("collapse", lambda: tables.collapse(0.5, 0.8, n))
    compared = [law.key for law in settings.exponents_of]
    timed("exponents", lambda: exponents.exponents(compared, settings.exponents_n))
    of_features = 0.5, 0.8, settings.activations
    timed("floors", lambda: feature_scaling.floors(*of_features, settings.sizes))
    ratios = np.geomspace(1e-3, 1e3, 13)
    timed("joint law", lambda: feature_scaling.joint(*of_features, settings.joint_sizes, ratios))
    n_over_d = np.geomspace(0.1, 1e5, 19)
    timed("isotropic inputs", lambda: feature_scaling.isotropic(settings.activations, settings.p_over_d, n_over_d))
    timed("flow", lambda: tables.flow(laws, settings.flow_norm))
    each = QUICK.n, QUICK.samples, QUICK.points, QUICK.lam_max, QUICK.seed
    timed("samples (quick)", lambda: finite_n.samples_table(power_law(0.5, 0.8, QUICK.size), *each))
    spectrum = power_law(0.5, 0.8, 30)
    for n, norm in ((60, 2.0), (300, 4.0)):
        reference = timed(
            f"plain quad + root, n = {n}, norm = {norm:g}", lambda n=n, norm=norm: plain(spectrum, n, norm)
        )
        ours = Path.follow(spectrum, [n], norm).at_norm(np.array([0]), np.log([norm])).epsilon[0]
        print(f"  relative difference {abs(ours / reference - 1):.1e}")


if __name__ == "__main__":
    main()
