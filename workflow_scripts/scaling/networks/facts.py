"""What the errors of a cell's runs are, from its task, its data set and the measure that is analysed."""

from collections.abc import Mapping
from math import nan
from typing import Any

from scaling.analysis.facts import facts
from scaling.networks.shape import KINDS
from scaling.networks.tasks import TASKS


def facts_of_runs(task: str, measure: str, floor: float, data: Mapping[str, Any]) -> dict[str, Any]:
    """The facts (scaling.analysis.facts) of the curves of one cell.

    Parameters
    ----------
    task : a file of scaling/networks/tasks. measure : "error" or "loss". floor : subtracted from it.
    data : the provenance of the data set (scaling.networks.data.arrays.describe); from one of an older recording,
        which says nothing of the targets, nothing follows for guessing.

    The curves of images and points begin at the error of one that has learned nothing. Those of a text do not: for some
    steps the error falls to it, where the commonest character is always the answer, and rests there.
    """
    chosen = TASKS.load(task)
    its, kind = chosen.MEASURES[measure], data.get("kind", "images")
    constant = chosen.guess(data["targets"])[measure] if "targets" in data else nan
    guess = nan if kind == "tokens" else constant
    return facts(its.label(floor), KINDS[kind], guess, floor, its.highest, constant)
