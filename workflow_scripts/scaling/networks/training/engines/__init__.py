"""The ways to train the runs of a block at once, one file each: an engine by its name.

An engine's file has a function `make(spec, examples, outputs, seeds, capture)`, which gives what trains one run for
each seed; its methods are those of single.SingleRun.
"""

from collections.abc import Callable, Sequence
from typing import Any

from scaling.networks.training.examples import DeviceExamples
from scaling.networks.training.graphs import Capture
from scaling.networks.training.spec import ENGINES, TrainingSpec


def make_engine(
    name: str,
    spec: TrainingSpec,
    examples: DeviceExamples,
    outputs: int,
    seeds: Sequence[int],
    capture: Callable[[], Capture] | None = None,
) -> Any:
    """The engine that trains one run for each seed, with recorded steps if `spec` says so.

    Parameters
    ----------
    name : a file of this folder; "single" and "lanes" are for one seed.
    capture : makes what records the steps of one run or stack (scaling.networks.training.graphs); CudaCapture if not
        given.

    Raises
    ------
    BadInput for an engine that there is not, and for what an engine cannot train.
    """
    return ENGINES.load(name).make(spec, examples, outputs, seeds, capture)
