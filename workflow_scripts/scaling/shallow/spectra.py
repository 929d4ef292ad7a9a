"""The eigenvalues of trained quadratic networks: a bulk of learned noise, and outliers, one for each learned feature.

A feature l above the noise's half edge s becomes the eigenvalue l + s^2/l of S* + s W, from which the weight decay
takes tau. To debias an eigenvalue, tau is put back and l + s^2/l solved for l.
"""

import numpy as np
import pandas as pd

from scaling.analysis.power_law import fit_power_law
from scaling.shallow import quadratic
from scaling.shallow.free import spectrum
from scaling.shallow.samples import minimum
from scaling.shallow.sensing import Sensing, matrices
from scaling.shallow.teacher import power_law

FITTED = 8  # outliers of a slope, at most
QUANTITIES = {
    "eigenvalue": "as trained",
    "restored": "weight decay put back",
    "debiased": "debiased",
    "feature": "target",
}


def trained_spectra(g: float, d: int, n: int, weight_decays: list[float], noise: float, seed: int) -> pd.DataFrame:
    """Eigenvalues of one trained network per weight decay.

    Columns: g, d, n, weight_decay, k (from the largest, from 1), eigenvalue, expected_count (of eigenvalues above this
    one, by state evolution), expected (the eigenvalue above which state evolution has k - 1/2), feature (the target's
    k-th), restored (eigenvalue + tau), debiased (nan inside the bulk), tau, s, bulk_edge (2 s - tau: where the bulk
    of learned noise ends; there is none if negative). Eigenvalues that are 0 are left out.
    """
    teacher = power_law(d, g)
    sensing = Sensing.draw(teacher.sizes, n, noise, np.random.default_rng([seed, 4, n]), "network")
    learned, _ = minimum(sensing, np.asarray(weight_decays, float))
    tables = []
    for weight_decay, matrix in zip(weight_decays, matrices(learned), strict=True):
        state = quadratic.at_weight_decay(teacher, n, weight_decay, noise)
        s, tau = float(state.width), float(state.tau)
        noisy = spectrum(teacher, s)
        eigenvalues = np.linalg.eigvalsh(matrix)[::-1]
        eigenvalues = eigenvalues[eigenvalues > 1e-9 * eigenvalues[0]]
        k = np.arange(1, eigenvalues.size + 1)
        restored = eigenvalues + tau
        outside = np.where(restored > 2 * s, restored, np.nan)
        table = {
            "k": k,
            "eigenvalue": eigenvalues,
            "expected_count": d * noisy.moments_above(restored)[0],
            "expected": noisy.quantile(1 - (k - 0.5) / d) - tau,
            "feature": teacher.sizes[: k.size],
            "restored": restored,
            "debiased": (outside + np.sqrt(outside**2 - 4 * s * s)) / 2,
        }
        where = {"g": g, "d": d, "n": n, "weight_decay": weight_decay}
        tables.append(pd.DataFrame(where | table).assign(tau=tau, s=s, bulk_edge=2 * s - tau))
    return pd.concat(tables, ignore_index=True)


def slopes(spectra: pd.DataFrame) -> pd.DataFrame:
    """The decay of the outliers with k: how well a spectrum of trained weights shows that of the target.

    Columns: g, weight_decay, quantity (eigenvalue, restored, debiased, feature), decay (minus the slope of its
    logarithm in ln k over the outliers, FITTED at most), sigma, outliers, largest_count_error (between the counted
    and the expected number of eigenvalues above any x).
    """
    rows = []
    for (g, weight_decay), table in spectra.groupby(["g", "weight_decay"]):
        outliers = table[table["debiased"].notna()].head(FITTED)
        error = np.maximum(
            np.abs(table["expected_count"] - table["k"]), np.abs(table["expected_count"] - table["k"] + 1)
        ).max()
        for quantity in QUANTITIES:
            decay, sigma = np.nan, np.nan
            if len(outliers) > 2:
                fit = fit_power_law(np.log10(outliers["k"]), np.log10(outliers[quantity]))
                decay, sigma = -fit.exponent, fit.sigma
            rows.append((g, weight_decay, quantity, decay, sigma, len(outliers), error))
    columns = ["g", "weight_decay", "quantity", "decay", "sigma", "outliers", "largest_count_error"]
    return pd.DataFrame(rows, columns=columns)
