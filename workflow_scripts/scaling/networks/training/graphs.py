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
from torch.utils._pytree import tree_leaves, tree_map

from scaling.networks.training.spec import TrainingSpec

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
        before = _copied([engine.state(run) for run in range(self.runs)], self.device)
        try:
            replay = self.capture(lambda: engine.train_step(index, draws))
        finally:
            for run, state in enumerate(before):
                engine.load_state(run, state)
        return buffers, replay


def _copied(states: Any, device: torch.device) -> Any:
    """A copy of all tensors, where they are; on the host if a GPU has not ten times their bytes free."""
    tensors = [leaf for leaf in tree_leaves(states) if isinstance(leaf, Tensor)]
    crowded = device.type == "cuda" and 10 * sum(leaf.nbytes for leaf in tensors) > torch.cuda.mem_get_info(device)[0]

    def copy(value: Any) -> Any:
        if not isinstance(value, Tensor):
            return value
        return value.to("cpu", copy=True) if crowded else value.clone()

    return tree_map(copy, states)


class CudaCapture:
    """Records with torch.cuda.graph, after steps on the same stream in which libraries and the allocator settle.

    That is the current stream, or, if that is the default one, which cannot be recorded, a stream beside it. cuBLAS
    has a workspace for each stream, and a recording uses that of the stream on which it was made: recordings that are
    replayed at the same time must be made on different ones. (PyTorch has 32, and gives them out in turn: a new one
    for each recording would soon be another recording's as well. Since 2.12 or so it also drops a stream's workspaces
    when a recording that was made there is deleted: those of a run go together, before the next run's are made.)

    All graphs of one engine share a pool of memory: they never run at the same time, and between two steps nothing in
    it is needed.

    Python launches up to `ahead` steps before the device has done the first of them. It could launch a thousand, and
    a signal to stop would then be answered, and a checkpoint written, minutes late.
    """

    def __init__(self, warm_up: int = 3, ahead: int = 32) -> None:
        self.warm_up, self.ahead = warm_up, ahead
        self.pool, self.beside = torch.cuda.graph_pool_handle(), None

    def __call__(self, step: Callable[[], None]) -> Callable[[], None]:
        """Record `step`, which must not wait for the device; gives what replays it on the current stream."""
        main = torch.cuda.current_stream()
        stream = main
        if main == torch.cuda.default_stream():
            self.beside = stream = self.beside or torch.cuda.Stream()
            stream.wait_stream(main)
        with torch.cuda.stream(stream):
            for _ in range(self.warm_up):
                step()
        if stream is not main:
            main.wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        # "thread_local": what another thread does meanwhile (pinning memory for a loader) is no error.
        with torch.cuda.graph(graph, pool=self.pool, stream=stream, capture_error_mode="thread_local"):
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


def recorded_if_asked(engine: Any, spec: TrainingSpec, capture: Callable[[], Capture] | None) -> Any:
    """The engine, with its steps recorded where `spec` says so."""
    if not spec.cuda_graphs:
        return engine
    return GraphedSteps(engine) if capture is None else GraphedSteps(engine, capture())
