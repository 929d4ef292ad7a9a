"""Tidy tables of the fixed-norm perceptron: curves and optima."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scaling.perceptron import learning_rules
from scaling.perceptron.theory import optimum, solve


def curves(alphas: Sequence[float], lambdas: Sequence[float]) -> pd.DataFrame:
    """The generalization error as a function of lambda for each alpha, one row per (alpha, lambda).

    Columns: alpha, lambda, overlap (R = cos(pi epsilon); epsilon keeps its digits where R is 1), epsilon,
    epsilon_hebb (lambda -> 0), log10_x (x = beta (1 - q)), dlog_epsilon_dlog_lambda.
    """
    solution = solve(alphas, lambdas)
    alpha, lambda_ = np.meshgrid(solution.alphas, solution.lambdas, indexing="ij")
    return pd.DataFrame(
        {
            "alpha": alpha.ravel(),
            "lambda": lambda_.ravel(),
            "overlap": solution.overlap.ravel(),
            "epsilon": solution.epsilon.ravel(),
            "epsilon_hebb": learning_rules.hebb(alpha.ravel()),
            "log10_x": solution.log10_x.ravel(),
            "dlog_epsilon_dlog_lambda": solution.dlog_epsilon_dlog_lambda.ravel(),
        }
    )


def optima(alphas: Sequence[float]) -> pd.DataFrame:
    """The minimum over lambda and the errors of the classical rules, one row per alpha.

    Columns: alpha, lambda_opt, epsilon_opt, epsilon_bayes, epsilon_max_stability (lambda -> infinity), epsilon_hebb.
    """
    best = optimum(alphas)
    return pd.DataFrame(
        {
            "alpha": np.asarray(alphas, float),
            "lambda_opt": np.exp(best.log_lambda),
            "epsilon_opt": best.theta / np.pi,
            "epsilon_bayes": learning_rules.bayes_optimal(alphas),
            "epsilon_max_stability": learning_rules.max_stability(alphas),
            "epsilon_hebb": learning_rules.hebb(alphas),
        }
    )
