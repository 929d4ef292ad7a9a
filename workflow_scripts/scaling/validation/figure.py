"""The figure of the validation: coverage and bias of both procedures, scenario by scenario."""

import pandas as pd
from matplotlib.figure import Figure

from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, new_figure

LABELS = {
    "gamma_1": r"$\gamma_1$",
    "gamma_2": r"$\gamma_2$",
    "gamma_pred": r"$\gamma_\mathrm{pred}$",
    "gamma_meas": r"$\gamma_\mathrm{meas}$",
    "difference": r"$\gamma_\mathrm{pred}-\gamma_\mathrm{meas}$",
}


def draw_validation(table: pd.DataFrame) -> Figure:
    """Draw the coverage table (scaling.validation.coverage.coverage_table).

    Above: the share of the 95% intervals that contain the truth, with its own 95% interval; grey: 90 to 98%. Below:
    the bias in units of the scatter. One column of panels per quantity, one line of the axis per scenario.
    """
    scenarios = list(dict.fromkeys(table["scenario"]))
    figure, axes = new_figure(2, len(LABELS), width=PAGE_WIDTH, panel_height=0.6 + 0.2 * len(scenarios), sharey=True)
    for column, (quantity, label) in enumerate(LABELS.items()):
        above, below = axes[0, column], axes[1, column]
        above.set_title(label)
        above.axvspan(0.90, 0.98, color="0.88", linewidth=0)
        below.axvline(0, color="0.7", linewidth=0.6)
        for offset, (procedure, colour) in enumerate(zip(["robust", "authors"], CATEGORIES, strict=False)):
            part = table[(table["quantity"] == quantity) & (table["procedure"] == procedure)].set_index("scenario")
            part = part.reindex(scenarios)
            height = [index + 0.24 * (2 * offset - 1) / 2 for index in range(len(scenarios))]
            error = [part["coverage"] - part["coverage_low"], part["coverage_high"] - part["coverage"]]
            above.errorbar(part["coverage"], height, xerr=error, fmt="o", color=colour, label=procedure, clip_on=False)
            relative = part["bias"] / part["scatter"]
            below.errorbar(relative, height, xerr=part["sigma_bias"] / part["scatter"], fmt="o", color=colour)
        above.set_xlim(0, 1)
        above.set_xlabel("coverage of 95%")
        below.set_xlabel("bias / scatter")
    for row in axes:
        row[0].set_yticks(range(len(scenarios)), [name.replace("_", " ") for name in scenarios])
        row[0].invert_yaxis()
        for axis in row:
            axis.tick_params(axis="y", length=0)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure
