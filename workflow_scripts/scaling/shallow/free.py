"""A fixed matrix plus Gaussian noise: the spectrum of S* + s W for large d, W symmetric with the semicircle on [-2, 2].

The free convolution with a semicircle in the form of Biane (1997). With the eigenvalues l_k of S*, each point a of the
real line with (s^2/d) sum 1/(l_k - a)^2 > 1 has one b(a) > 0 with (s^2/d) sum 1/((l_k - a)^2 + b^2) = 1, and gives the
point nu of the spectrum, its density rho and the density h of the target's trace, Tr S* delta(M - nu):

    nu = a - (s^2/d) sum (l_k - a) / ((l_k - a)^2 + b^2),   rho = b / (pi s^2),   h = (b/pi) sum l_k / ((l_k - a)^2 +
    b^2).
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import legendre
from scipy.optimize import elementwise

from scaling.shallow.teacher import Teacher

NODES = 32  # Gauss-Legendre nodes of a panel
#: Where neighbouring bumps of the spectrum nearly part, the panel is cut: closer than that, b(a) is smooth.
NEARLY_OPEN = 100.0
NEWTON_STEPS = 60


@dataclass(frozen=True)
class Spectrum:
    """The spectrum in panels, each with an angle theta: a runs over it as middle - half cos(theta).

    Attributes
    ----------
    nu : its points, [panels, nodes].
    low, high : where each panel begins and ends in nu, [panels]; between panels there may be gaps.
    nu_series : nu as a Legendre series of 2 theta/pi - 1 in each panel, [panels, nodes].
    upper : the moments above a point of the panel, as such series, [moments, panels, nodes + 1].
    above : the moments of all panels above, [moments, panels].
    """

    nu: np.ndarray
    low: np.ndarray
    high: np.ndarray
    nu_series: np.ndarray
    upper: np.ndarray
    above: np.ndarray

    def moments_above(self, tau: np.ndarray) -> np.ndarray:
        """Integrals of rho, rho nu, rho nu^2, h, h nu over nu > tau, [5, ...] for tau of any shape."""
        tau = np.asarray(tau, float)
        flat = tau.ravel()
        panel = np.minimum(np.searchsorted(self.high, flat), self.high.size - 1)
        inside = (flat > self.low[panel]) & (flat < self.high[panel])
        x = np.where(flat >= self.high[-1], 1.0, -1.0)  # nothing above, or the whole panel
        x[inside] = self._place(flat[inside], panel[inside])
        values = legendre.legvander(x, self.upper.shape[2] - 1)
        partial = np.einsum("tj,mtj->mt", values, self.upper[:, panel])
        return (partial + self.above[:, panel]).reshape(5, *tau.shape)

    def quantile(self, share: np.ndarray) -> np.ndarray:
        """The point of the spectrum below which this share of it lies, 0 < share < 1."""
        share = np.asarray(share, float)
        span = np.full(share.shape, self.low[0]), np.full(share.shape, self.high[-1])
        return elementwise.find_root(lambda nu, share: 1 - self.moments_above(nu)[0] - share, span, args=(share,)).x

    def _place(self, tau: np.ndarray, panel: np.ndarray) -> np.ndarray:
        """x = 2 theta/pi - 1 with nu(x) = tau, for points inside their panels."""

        def beyond(x, tau, panel):
            return np.einsum("...j,...j->...", legendre.legvander(x, self.nu.shape[1] - 1), self.nu_series[panel]) - tau

        if not tau.size:
            return tau
        edge = np.ones(tau.size)
        # The series may miss the ends of a panel by some 1e-14: then the root is the end.
        below, over = beyond(-edge, tau, panel) >= 0, beyond(edge, tau, panel) <= 0
        found = elementwise.find_root(beyond, (-edge, edge), args=(tau, panel)).x
        return np.where(below, -1.0, np.where(over, 1.0, found))


def spectrum(teacher: Teacher, s: float, nodes: int = NODES) -> Spectrum:
    """The spectrum of S* + s W.

    Moments converge exponentially with the nodes; at NODES they are good to some 1e-13.
    """
    values, counts = teacher.sizes[::-1], teacher.counts[::-1] * s * s / teacher.d
    left, right = _panels(values, counts, s)
    x, weights = legendre.leggauss(nodes)
    theta = np.pi * (1 + x) / 2
    half = (right - left)[:, None] / 2
    a = left[:, None] + 2 * half * np.sin(theta / 2) ** 2
    b_squared = _b_squared(values, counts, a.ravel()).reshape(a.shape)
    b = np.sqrt(b_squared)
    apart = values - a[..., None]
    kernel = counts / (apart**2 + b_squared[..., None])
    nu = a - np.einsum("pnk,pnk->pn", kernel, apart)
    h = b / np.pi * (kernel @ values) * teacher.d / s**2
    rho = b / np.pi / s**2
    derivative = 1 - np.sum(counts / (apart - 1j * b[..., None]) ** 2, axis=-1)
    jacobian = np.abs(derivative) ** 2 / derivative.real * half * np.sin(theta) * np.pi / 2  # d nu / d x
    integrands = np.array([rho, rho * nu, rho * nu**2, h, h * nu]) * jacobian
    to_series = (np.arange(nodes) + 0.5)[:, None] * weights * legendre.legvander(x, nodes - 1).T
    series = integrands @ to_series.T
    upper = -legendre.legint(series, axis=-1)
    upper[..., 0] -= upper.sum(axis=-1)  # 0 at the upper end
    whole = series[..., 0] * 2
    above = np.cumsum(whole[:, ::-1], axis=1)[:, ::-1] - whole
    nu_series = nu @ to_series.T
    ends = legendre.legval([-1.0, 1.0], nu_series.T)
    return Spectrum(nu, ends[:, 0], ends[:, 1], nu_series, upper, above)


def _b_squared(values: np.ndarray, counts: np.ndarray, a: np.ndarray) -> np.ndarray:
    """b(a)^2: the root u of sum counts / ((l - a)^2 + u) = 1.

    One over the sum grows with u and is concave, so that Newton's method from below never passes the root.
    """
    squares = (values - a[:, None]) ** 2
    u = np.maximum(0, np.max(counts - squares, axis=1))  # each term alone stays below 1
    for _ in range(NEWTON_STEPS):
        terms = counts / (squares + np.maximum(u, 1e-300)[:, None])
        total = terms.sum(axis=1)
        step = (1 - 1 / total) * total**2 / (terms**2 / counts).sum(axis=1)
        u = u + np.maximum(step, 0)
        if np.all(step <= 1e-15 * u):
            break
    return u


def _panels(values: np.ndarray, counts: np.ndarray, s: float) -> tuple[np.ndarray, np.ndarray]:
    """Left and right ends in a of the panels, rising: the support, cut where it is nearly open."""

    def inverse(a):
        """One over the sum of counts / (l - a)^2: 0 on each l, above 1 outside the support."""
        with np.errstate(divide="ignore"):
            return 1 / np.sum(counts / (values - a[..., None]) ** 2, axis=-1)

    def pull(a):
        """Grows between neighbouring l from -infinity to infinity, 0 where `inverse` is largest."""
        with np.errstate(divide="ignore", over="ignore"):
            return np.sum(counts / (values - a[..., None]) ** 3, axis=-1)

    ends = values[[0, -1]] + 1.01 * s * np.array([-1, 1])
    first = _crossing(inverse, ends[:1], values[:1])
    last = _crossing(inverse, ends[1:], values[-1:])
    if values.size == 1:
        return first, last
    gap = values[:-1], values[1:]
    width = gap[1] - gap[0]
    middle = elementwise.find_root(pull, (gap[0] + 1e-9 * width, gap[1] - 1e-9 * width)).x
    height = inverse(middle)
    is_open = height > 1
    is_cut = ~is_open & (height > 1 / NEARLY_OPEN)
    closing = _crossing(inverse, middle[is_open], gap[0][is_open])
    opening = _crossing(inverse, middle[is_open], gap[1][is_open])
    left = np.sort(np.concatenate([first, opening, middle[is_cut]]))
    right = np.sort(np.concatenate([closing, middle[is_cut], last]))
    return left, right


def _crossing(inverse, outside: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Where `inverse` crosses 1 between points outside the support and features."""
    if not outside.size:
        return outside
    low, high = np.minimum(outside, inside), np.maximum(outside, inside)
    return elementwise.find_root(lambda a: inverse(a) - 1, (low, high)).x
