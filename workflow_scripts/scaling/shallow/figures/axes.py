"""Labels of logarithmic axes that span few decades."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from scaling.core.notation import power_of_ten

FEW_DECADES = 1.6  # 1, 2 and 5 of each decade are labelled below that


def label_few_decades(axes: Axes) -> None:
    """Label 1, 2 and 5 in each decade of a logarithmic axis that spans few, and only decades of others."""
    for axis in (axes.xaxis, axes.yaxis):
        if axis.get_scale() != "log":
            continue
        low, high = sorted(axis.get_view_interval())
        axis.set_minor_formatter(NullFormatter())
        if np.log10(high / low) < FEW_DECADES:
            axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axis.set_major_formatter(
                FuncFormatter(lambda value, _: f"{value:g}" if 1e-3 < value < 1e4 else power_of_ten(value))
            )
