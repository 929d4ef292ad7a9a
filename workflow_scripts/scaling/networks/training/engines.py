"""The ways to train the runs of a block at once: an engine by its name."""

from collections.abc import Callable, Sequence
from typing import Any

from torch import nn

from scaling.core.errors import BadInput
from scaling.networks.training.graphs import Capture, GraphedSteps
from scaling.networks.training.images import DeviceImages
from scaling.networks.training.side_by_side import SideBySide
from scaling.networks.training.single import SingleRun
from scaling.networks.training.spec import TrainingSpec
from scaling.networks.training.stacked import StackedRuns

ENGINES = {"single": SingleRun, "stacked": StackedRuns}


def make_engine(
    name: str,
    spec: TrainingSpec,
    images: DeviceImages,
    classes: int,
    seeds: Sequence[int],
    capture: Callable[[], Capture] | None = None,
) -> Any:
    """The engine that trains one run for each seed (its methods: see SingleRun), with recorded steps if `spec` says so.

    Parameters
    ----------
    name : "single" (for one seed), "stacked" or "streams".
    capture : makes what records the steps of one run or stack (scaling.networks.training.graphs); CudaCapture if not given.

    Raises
    ------
    BadInput for recorded steps on streams of a network with dropout: recordings that are replayed at the same time
    would read the state of one random generator while it is written.
    """
    if name == "streams":
        runs = [make_engine("single", spec, images, classes, [seed], capture) for seed in seeds]
        if spec.cuda_graphs and draws_masks(runs[0].engine.model):
            raise BadInput(
                "engine: streams cannot record (cuda_graphs) the steps of a network with dropout; allowed for it: "
                "engine stacked or single, or cuda_graphs false"
            )
        return SideBySide(runs)
    engine = ENGINES[name](spec, images, classes, seeds)
    if not spec.cuda_graphs:
        return engine
    return GraphedSteps(engine) if capture is None else GraphedSteps(engine, capture())


def draws_masks(model: nn.Module) -> bool:
    """Whether the network has dropout."""
    return any(isinstance(module, nn.modules.dropout._DropoutNd) and module.p > 0 for module in model.modules())
