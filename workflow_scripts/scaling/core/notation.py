"""Numbers as people write them: 0.59(6) for 0.59 with an uncertainty of 0.06."""

import math


def with_uncertainty(value: float, sigma: float = math.nan) -> str:
    """Write a value with its standard error in brackets, in units of the last digit given: 0.59(6), 18(2).

    The error keeps one significant digit, two where one would change it by much: 0.0112 becomes 0.011 and 0.25 stays,
    as does anything from 1 to 2.9 in its first digits but 2.0. Without a finite positive error the value has three
    significant digits; a value that is not finite is a dash.
    """
    if not math.isfinite(value):
        return "–"
    if not (math.isfinite(sigma) and sigma > 0):
        return f"{value:#.3g}".rstrip(".")
    leading, power = f"{sigma:.1e}".split("e")
    decimals = -int(power) + (leading[0] in "12" and leading != "2.0")
    if decimals <= 0:
        return f"{round(value, decimals):z.0f}({round(sigma, decimals):.0f})"
    return f"{value:z.{decimals}f}({round(sigma * 10**decimals)})"


def with_interval(value: float, low: float, high: float, digits: int = 2) -> str:
    """A value with its interval, to so many digits of half the interval's width: 0.583 [0.521, 0.660].

    Without an interval it has three significant digits; a value that is not finite is a dash.
    """
    if not math.isfinite(value):
        return "–"
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        return with_uncertainty(value)
    decimals = max(0, digits - 1 - math.floor(math.log10((high - low) / 2)))
    return f"{value:z.{decimals}f} [{low:z.{decimals}f}, {high:z.{decimals}f}]"  # z: 0 has no sign


def power_of_ten(value: float) -> str:
    """A positive number as TeX mathematics, the way settings are written: $10^{-4}$, $2.5\\times10^{-4}$, 0.3.

    From 0.01 to 1000 it stands as it is.
    """
    if 0.01 <= value < 1000:
        return f"{value:g}"
    digits, power = f"{value:.6e}".split("e")
    digits = f"{float(digits):g}"
    return f"$10^{{{int(power)}}}$" if digits == "1" else rf"${digits}\times10^{{{int(power)}}}$"
