"""CUDA graphs: a whole training step is recorded once and then replayed, for the price of a single launch.

A step on a batch of small images is many short kernels, and Python launches them one by one. A recorded step reads its
images' numbers from buffers that stay where they are, and does all the rest on the device: gathering, augmentation,
normalisation, forward, backward and optimizer.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_map

#: Takes a function of no arguments, may call it any number of times to warm up, and gives one that repeats it.
Capture = Callable[[Callable[[], None]], Callable[[], None]]


class GraphedSteps:
    """An engine (SingleRun, StackedRuns) whose training steps are replayed; all other methods are the engine's own.

    There is one graph for each shape of a batch: an epoch's last batch may be smaller.
    """

    def __init__(self, engine: Any, capture: Capture | None = None) -> None:
        self.engine, self.runs, self.layers, self.device = engine, engine.runs, engine.layers, engine.device
        self.evaluate, self.statistics = engine.evaluate, engine.statistics
        self.state, self.load_state = engine.state, engine.load_state
        self.capture = CudaCapture() if capture is None else capture
        self.graphs: dict[tuple[int, ...], tuple[list[Tensor], Callable[[], None]]] = {}

    def train_step(self, index: Tensor, draws: Tensor | None) -> None:
        """One optimizer step of every run on the images `index` [R, batch], augmented by `draws` [R, batch, 3].

        Raises
        ------
        RuntimeError if a step cannot be recorded; the engine's state is then what it was before.
        """
        given = [index] if draws is None else [index, draws]
        if tuple(index.shape) not in self.graphs:
            self.graphs[tuple(index.shape)] = self._graph([tensor.clone() for tensor in given])
        buffers, replay = self.graphs[tuple(index.shape)]
        for buffer, tensor in zip(buffers, given, strict=True):
            buffer.copy_(tensor)
        replay()

    def _graph(self, buffers: list[Tensor]) -> tuple[list[Tensor], Callable[[], None]]:
        """The buffers, and what replays a step on what they hold; training has not moved by making it."""
        engine, index, draws = self.engine, buffers[0], buffers[1] if len(buffers) == 2 else None
        # What a checkpoint holds is what steps change: weights, statistics, moments, step count, random states.
        # Kept on the host: the device needs its memory for the steps.
        before = [tree_map(_on_host, engine.state(run)) for run in range(self.runs)]
        try:
            replay = self.capture(lambda: engine.train_step(index, draws))
        finally:
            for run, state in enumerate(before):
                engine.load_state(run, state)
        return buffers, replay


def _on_host(value: Any) -> Any:
    return value.to("cpu", copy=True) if isinstance(value, Tensor) else value


class CudaCapture:
    """Records with torch.cuda.graph, after steps on the same side stream in which libraries and the allocator settle.

    All graphs of one engine share a pool of memory: they never run at the same time, and between two steps nothing in
    it is needed.

    Python launches up to `ahead` steps before the device has done the first of them. It could launch a thousand, and
    a signal to stop would then be answered, and a checkpoint written, minutes late.
    """

    def __init__(self, warm_up: int = 3, ahead: int = 32) -> None:
        self.warm_up, self.ahead = warm_up, ahead
        self.pool, self.stream = torch.cuda.graph_pool_handle(), torch.cuda.Stream()

    def __call__(self, step: Callable[[], None]) -> Callable[[], None]:
        """Record `step`, which must not wait for the device; gives what replays it on the current stream."""
        self.stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self.stream):
            for _ in range(self.warm_up):
                step()
        torch.cuda.current_stream().wait_stream(self.stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self.pool, stream=self.stream):
            step()
        return self._not_too_far(graph.replay)

    def _not_too_far(self, launch: Callable[[], None]) -> Callable[[], None]:
        ends: deque[torch.cuda.Event] = deque()

        def replay() -> None:
            launch()
            ends.append(torch.cuda.current_stream().record_event())
            if len(ends) > self.ahead:
                ends.popleft().synchronize()

        return replay
