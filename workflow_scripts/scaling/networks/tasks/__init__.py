"""Kinds of run, one file each: what a network's outputs are compared with, and how.

EXAMPLES : the kinds of examples it can be of (scaling.networks.shape.KINDS).
TARGETS : "classes", which are whole numbers, or "numbers".
MEASURES : what "error" and "loss" are called (scaling.networks.measures.Measure).
loss(scores, targets, reduction) : what training minimises; scores [n, ..., outputs], targets [n, ...], or [n, m] of
    numbers; reduction "mean" or "sum" over all targets, or "none", as in torch.
error(scores, targets) : the error of each target, scores [..., outputs], targets [...]; what the paper's curves show.
guess(facts) : error and loss of a network that has learned nothing, by the name of the measure; `facts` as
    scaling.networks.data.arrays.target_facts has them.

A file imports torch in its functions alone: names and guesses are asked for where nothing is trained.
"""

from scaling.core.errors import BadInput
from scaling.core.registry import Registry
from scaling.networks.shape import KINDS

TASKS = Registry("networks.tasks", "task")


def check_task(task: str, kind: str, of_classes: bool | None) -> None:
    """Raise BadInput unless a task can be of such a data set.

    Parameters
    ----------
    kind : of its examples. of_classes : whether its targets are classes; None where that is not known yet.
    """
    if _fits(task, kind, of_classes):
        return
    allowed = ", ".join(name for name in TASKS.names() if _fits(name, kind, of_classes)) or "none"
    answers = {None: "", True: " with classes", False: " with numbers as targets"}[of_classes]
    raise BadInput(f"task: {task} cannot be of {KINDS[kind]}{answers}; allowed: {allowed}")


def _fits(task: str, kind: str, of_classes: bool | None) -> bool:
    chosen = TASKS.load(task)
    return kind in chosen.EXAMPLES and of_classes in (None, chosen.TARGETS == "classes")
