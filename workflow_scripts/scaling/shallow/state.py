"""What state evolution says of a trained network: one row for each number of examples and weight decay."""

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class States:
    """Trained networks in the limit of many features; all attributes are arrays of one shape.

    Attributes
    ----------
    n : number of training examples.
    weight_decay : lambda, in front of the norm, beside half the mean squared error.
    t : the threshold in units of the effective noise, tau / width.
    width : of the effective noise; for the quadratic network half the edge of its semicircle, s.
    tau : the threshold below which features are cut off.
    risk : excess risk R, the squared distance to the target (1 for the network that is zero).
    dof : degrees of freedom, the divergence of the trained function.
    norm : sum of the learned features' sizes (l1 or nuclear norm), N; the squared length of the weights.
    rank : number of features that are not zero.
    train : mean squared error on the training examples.
    """

    n: np.ndarray
    weight_decay: np.ndarray
    t: np.ndarray
    width: np.ndarray
    tau: np.ndarray
    risk: np.ndarray
    dof: np.ndarray
    norm: np.ndarray
    rank: np.ndarray
    train: np.ndarray

    def table(self) -> pd.DataFrame:
        """One row each."""
        return pd.DataFrame({field.name: np.ravel(getattr(self, field.name)) for field in fields(self)})
