"""Single runs side by side, on a GPU each on a stream of its own, so that their kernels fill it together."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor

from scaling.core.errors import BadInput
from scaling.networks.layers import draws_masks
from scaling.networks.training.engines import single
from scaling.networks.training.examples import DeviceExamples
from scaling.networks.training.graphs import Capture
from scaling.networks.training.spec import TrainingSpec


class SideBySide:
    """Runs in step, each an engine of one run; the methods are those of SingleRun.

    Every run has the operations, and on a CPU the bits, that it has alone. The exception is dropout: one generator
    draws the masks of all runs. On a CPU, which has no streams, a step trains run after run.
    """

    def __init__(self, engines: Sequence[Any]) -> None:
        self.engines, self.runs, self.layers = list(engines), len(engines), engines[0].layers
        self.streams = [torch.cuda.Stream() for _ in engines] if engines[0].device.type == "cuda" else []

    def train_step(self, index: Tensor, draws: Tensor | None) -> None:
        """One optimizer step of every run on its examples `index` [R, batch], augmented by `draws` [R, batch, 3]."""
        # What the streams read was made on the main one, and what comes next there reads what they have made.
        main = torch.cuda.current_stream() if self.streams else None
        for stream in self.streams:
            stream.wait_stream(main)
        for run, engine in enumerate(self.engines):
            with torch.cuda.stream(self.streams[run]) if self.streams else nullcontext():
                engine.train_step(index[run : run + 1], None if draws is None else draws[run : run + 1])
        for stream in self.streams:
            main.wait_stream(stream)

    def evaluate(self, subset: Tensor) -> Tensor:
        """Errors and losses [R, 4]: train error, train loss (`subset` [R, n], not augmented), test error, test loss."""
        return torch.cat([engine.evaluate(subset[run : run + 1]) for run, engine in enumerate(self.engines)])

    def statistics(self) -> list[dict[str, Tensor]]:
        """Layer statistics, float64 [R] each (scaling.networks.norms.layers)."""
        each = [engine.statistics() for engine in self.engines]
        layers = zip(*each, strict=True)
        return [{name: torch.cat([run[name] for run in layer]) for name in layer[0]} for layer in layers]

    def state(self, run: int) -> dict:
        """Weights and optimizer of one run, and the generators that dropout draws from."""
        return self.engines[run].state(0)

    def load_state(self, run: int, state: dict) -> None:
        """Continue from what `state` gave."""
        self.engines[run].load_state(0, state)


def make(
    spec: TrainingSpec,
    examples: DeviceExamples,
    outputs: int,
    seeds: Sequence[int],
    capture: Callable[[], Capture] | None = None,
) -> Any:
    """As scaling.networks.training.engines.make_engine has it.

    Raises
    ------
    BadInput for recorded steps of a network with dropout: recordings that are replayed at the same time would read the
    state of one random generator while it is written.
    """
    runs = [single.make(spec, examples, outputs, [seed], capture) for seed in seeds]
    if spec.cuda_graphs and draws_masks(runs[0].engine.model):
        raise BadInput(
            "engine: streams cannot record (cuda_graphs) the steps of a network with dropout; allowed for it: "
            "engine stacked or single, or cuda_graphs false"
        )
    return SideBySide(runs)
