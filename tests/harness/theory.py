"""An independent slow solver of the fixed-norm perceptron, and what it gives at the corners of the grid and inside it.

It shares nothing with the library but the equations: the unknowns are theta and log x, the integrals run over t itself
by mpmath's tanh-sinh rule at 25 digits (15 in the test that runs it), and the proximal point is solved for at every
node.
"""

import mpmath

# (alpha, lambda): epsilon, by `reference` below (some seconds each).
REFERENCE = {
    (0.1, 1e-4): 0.421326756682034965,
    (0.1, 1.0): 0.420003279975842044,
    (0.1, 30.0): 0.420405245943590945,
    (0.1, 1e4): 0.420428239927770587,
    (0.5, 1000.0): 0.328834468802604652,
    (5.0, 4.5): 0.0839803599987673392,
    (100.0, 10.0): 0.00757581461704400783,
    (1000.0, 1000.0): 0.000442578843862787678,
    (1000.0, 1e4): 0.0004894302433930533,
    (1e6, 1e-4): 0.000398910241327423051,
    (1e6, 1e4): 2.23256447584616095e-6,
}


def q_of_t(t, lambda_, x):
    """q = x (1 - tanh(lambda (t + q))), by Newton's method from above in y = log q."""
    log_2x = mpmath.log(2 * x)
    y = min(log_2x, mpmath.log(max(1, (log_2x - 2 * lambda_ * t) / 2) / lambda_))
    for _ in range(200):
        u = 2 * lambda_ * (t + mpmath.exp(y))
        softplus = u + mpmath.log1p(mpmath.exp(-u)) if u > 0 else mpmath.log1p(mpmath.exp(u))
        step = (y + softplus - log_2x) / (1 + 2 * lambda_ * mpmath.exp(y) / (1 + mpmath.exp(-u)))
        y -= step
        if abs(step) < mpmath.mpf(10) ** (-mpmath.mp.dps // 2 - 2):
            return mpmath.exp(y)
    raise ArithmeticError(f"no proximal point at t = {t}")


def residuals(alpha, lambda_, theta, log_x):
    """Logarithms of right over left side of the two saddle-point equations."""
    x, R, s = mpmath.exp(log_x), mpmath.cos(theta), mpmath.sin(theta)
    elbow = max(mpmath.mpf(0), mpmath.log(2 * x * lambda_) / (2 * lambda_))  # where q turns from linear to falling
    turn = [elbow + c / lambda_ for c in (-20, -10, -5, -2, -1, 0, 1, 2, 3, 5, 8, 12, 18, 30)]
    kernel = [s * c for c in range(-12, 13, 2)]
    order_one = [mpmath.mpf(c) for c in (1, 2, 3, 4, 6, 8, 10, 12)]
    breaks = sorted({t for t in kernel + order_one + turn if -12 * s <= t <= min(12, elbow + 30 / lambda_)})
    first = mpmath.quad(
        lambda t: mpmath.npdf(t) * q_of_t(t, lambda_, x) ** 2 * mpmath.erfc(-t * R / s / mpmath.sqrt(2)) / 2, breaks
    )
    breaks = sorted({t / s for t in kernel + turn if -12 * s <= t <= 12 * s})
    second = mpmath.quad(lambda v: mpmath.npdf(v) * q_of_t(s * v, lambda_, x), breaks)
    return [mpmath.log(2 * alpha * first / s**2), mpmath.log(alpha * mpmath.sqrt(2 / mpmath.pi) * second / R)]


def reference(alpha, lambda_, theta, log_x, digits=25):
    """epsilon after one step of Newton's method with a difference Jacobian, from a good guess."""
    with mpmath.workdps(digits):
        alpha, lambda_ = mpmath.mpf(alpha), mpmath.mpf(lambda_)
        steps = mpmath.mpf("1e-6"), mpmath.mpf("1e-6") * (1 + lambda_)
        unknowns = mpmath.log(mpmath.tan(mpmath.mpf(theta))), mpmath.mpf(log_x)

        def at(first, second):
            return residuals(alpha, lambda_, mpmath.atan(mpmath.exp(first)), second)

        here = at(*unknowns)
        moved = at(unknowns[0] + steps[0], unknowns[1]), at(unknowns[0], unknowns[1] + steps[1])
        jacobian = mpmath.matrix(2, 2)
        for i in range(2):
            for j in range(2):
                jacobian[i, j] = (moved[j][i] - here[i]) / steps[j]
        step = mpmath.lu_solve(jacobian, -mpmath.matrix(here))
        return mpmath.atan(mpmath.exp(unknowns[0] + step[0])) / mpmath.pi
