"""Lanes: runs of any P and seed side by side on one device, with no step, length or end in common.

One host thread. A lane is a stream of a GPU with one run on it at a time: each run is a generator of steps
(scaling.networks.training.loop.RunsInStep.steps), and the lanes take turns. A run has the operations, and on a CPU the
bits, that it has alone; nothing is padded, nothing waits for another lane, and a lane whose run has ended takes the
next one.
"""

import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import torch

from scaling.core.errors import BadInput
from scaling.networks.build import build_model
from scaling.networks.layers import draws_masks
from scaling.networks.training.checkpoints import Saved
from scaling.networks.training.loop import Job, RunsInStep, begin
from scaling.networks.training.stop import StopRequest


@dataclass
class Outcome:
    """What became of the jobs.

    Attributes
    ----------
    done : jobs whose run has ended and is sealed, in the order of their ends.
    left : all others, those that were interrupted first.
    seconds : for each job done, by its index in the list that was given, from its start to its end.
    """

    done: list[Job] = field(default_factory=list)
    left: list[Job] = field(default_factory=list)
    seconds: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Budget:
    """Until when runs may be trained, and how long they take.

    Attributes
    ----------
    deadline : as `clock` counts: no run is started that would end later, and none goes on.
    rate : examples per second that all lanes together are expected to train on; corrected by what is seen.
    alone : the same of a lane that has the device for itself; 0 if it is not known: then its share of `rate`.
    scored : what it costs to score an example, in units of what it costs to train on one.
    logged : what it costs to log a point besides its scores, in units of what it costs to train on an example.
    """

    deadline: float
    rate: float
    scored: float = 0.25
    logged: float = 0.0
    alone: float = 0.0

    def cost(self, job: Job) -> float:
        """Of a whole run, in examples trained on."""
        return self.remaining(job, 0, 0.0)

    def remaining(self, job: Job, step: int, epochs: float) -> float:
        """Of what is left of a run after so many steps, in examples trained on."""
        points = sum(logged > step for logged in job.steps)
        return (job.spec.epochs - epochs) * job.examples + points * self.point(job)

    def each(self, rate: float, running: int, lanes: int) -> float:
        """Examples per second of one of so many running lanes, where all together make `rate`."""
        alone = rate * max(self.alone / self.rate, 1 / lanes)
        return min(rate / running, alone)

    def point(self, job: Job) -> float:
        """Of a logged point, in examples trained on."""
        return self.logged + self.scored * (job.spec.scored(job.examples) + len(job.arrays.test_targets))


def train_lanes(
    jobs: Sequence[Job],
    outputs: int,
    lanes: int,
    stop: StopRequest,
    *,
    saved: Sequence[Saved | None] | None = None,
    budget: Budget | None = None,
    ahead: int = 64,
    now_and_then: Callable[[], None] = lambda: None,
    ended: Callable[[Job, float], None] = lambda job, seconds: None,
    clock: Callable[[], float] = time.monotonic,
) -> Outcome:
    """Train the run of each job (all of one spec, apart from its epochs; one seed each), `lanes` of them at a time.

    Call it inside `scaling.networks.training.arithmetic.arithmetic`, whose flags are the process's. Each run leaves a
    sealed record when it ends. On the way, and when `stop` is set, it is checkpointed as its job says
    (`checkpoint_seconds`; infinite: never).

    Parameters
    ----------
    jobs : the most wanted first. Jobs that share a data set are given the same `device_examples`.
    lanes : 1 or more.
    saved : for each job what its run continues from; all begin afresh where it is not given.
    stop : once it is set, no further step is launched.
    budget : none if all jobs are to be trained, however long it takes.
    ahead : how many steps of a lane are launched at most before the device has done the first of them. They keep the
        device busy while Python builds, records or logs a run of another lane.
    now_and_then : called between steps, once per round of the lanes: it looks at the clock itself.
    ended : called with each job that has ended and the seconds it took.
    clock : seconds, as `budget` counts them.

    Raises
    ------
    BadInput for several lanes of a network with dropout: one generator would draw the masks of all runs, in an order
    that depends on the lanes. Whatever training raises; the runs that have ended are sealed by then.
    """
    if lanes < 1:
        raise BadInput(f"lanes: must be 1 or more, got {lanes}")
    if lanes > 1 and jobs and has_dropout(jobs[0], outputs):
        raise BadInput("lanes: one at a time is allowed for a network with dropout, whose masks one generator draws")
    return _Lanes(jobs, outputs, lanes, stop, budget, ahead, now_and_then, ended, clock, saved).train()


class Lane:
    """A stream, the run on it, and the ends of the steps that were launched last."""

    def __init__(self, device: torch.device, ahead: int = 64) -> None:
        # A lane keeps its stream: the allocator's blocks and cuBLAS's workspaces belong to streams.
        self.stream = torch.cuda.Stream(device) if device.type == "cuda" else None
        if self.stream is not None:  # the shared images were sent on the current one
            self.stream.wait_stream(torch.cuda.current_stream(device))
        self.ahead, self.ends = ahead, deque()
        self.job: int | None = None
        self.runs: RunsInStep | None = None
        self.steps: Iterator[Any] | None = None
        self.start, self.saved_at, self.whole = 0.0, 0.0, True

    def current(self) -> AbstractContextManager[Any]:
        """Work inside goes onto the lane's stream."""
        return nullcontext() if self.stream is None else torch.cuda.stream(self.stream)

    def ready(self) -> bool:
        """Whether the next step may be launched."""
        while self.ends and self.ends[0].query():
            self.ends.popleft()
        return len(self.ends) < self.ahead

    def launched(self, waits: Any) -> None:
        """After a step, which may have given an event that the next one is to wait for."""
        if self.stream is None:
            return
        if waits is None:
            self.ends.append(self.stream.record_event())
        else:
            self.ends = deque([waits] * self.ahead)  # all in the way of the next one, and gone together


class _Lanes:
    def __init__(self, jobs, outputs, lanes, stop, budget, ahead, now_and_then, ended, clock, saved=None) -> None:
        self.saved = [None] * len(jobs) if saved is None else list(saved)
        self.jobs, self.outputs, self.stop, self.budget = list(jobs), outputs, stop, budget
        self.now_and_then, self.ended, self.clock = now_and_then, ended, clock
        self.waiting, self.outcome = deque(range(len(self.jobs))), Outcome()
        self.lanes = [Lane(torch.device(self.jobs[0].device), ahead) for _ in range(lanes)] if self.jobs else []
        self.rate = budget.rate if budget else 0.0
        self.images, self.since, self.asked = 0.0, clock(), -math.inf

    def train(self) -> Outcome:
        passed_over: list[int] = []
        while True:
            idle, now = True, time.monotonic()
            if ask := now >= self.asked + 1.0:  # of lanes without a run, whether one fits by now
                self.asked = now
            for lane in self.lanes:
                if lane.runs is None:
                    lane.job = self._next(passed_over) if ask else None
                    if lane.job is None:
                        continue
                    lane.start, lane.saved_at = self.clock(), time.monotonic()
                    job = self.jobs[lane.job]
                    with lane.current():
                        lane.runs = begin(job, self.outputs, dict.fromkeys(job.subsets, self.saved[lane.job]))
                        lane.steps = lane.runs.steps()
                if lane.ready():
                    idle = False
                    self._step(lane)
            self.now_and_then()
            running = [lane.job for lane in self.lanes if lane.runs is not None]
            over = self.budget is not None and self.clock() > self.budget.deadline
            if self.stop.number or over or not (running or self.waiting):
                break
            if idle:
                time.sleep(20e-6)
        if self.stop.number:
            for lane in self.lanes:
                self._checkpoint(lane)
        left = running + sorted(passed_over + list(self.waiting))
        self.outcome.left = [self.jobs[job] for job in left]
        return self.outcome

    def _next(self, passed_over: list[int]) -> int | None:
        """The first of the waiting jobs that ends in time beside those that run, which are to end in time as well.

        A job that would not end in time with the device for itself never will.
        """
        if self.budget is None:
            return self.waiting.popleft() if self.waiting else None
        running = [(self.jobs[lane.job], lane.runs) for lane in self.lanes if lane.runs is not None]
        longest = max(
            [self.budget.remaining(job, its.step, its.step / its.per_epoch) for job, its in running], default=0
        )
        left = self.budget.deadline - self.clock()
        alone, beside = (left * self.budget.each(self.rate, count, len(self.lanes)) for count in (1, len(running) + 1))
        costs = {job: self.budget.cost(self.jobs[job]) for job in self.waiting}
        passed_over += [job for job, cost in costs.items() if cost > alone]
        self.waiting = deque(job for job, cost in costs.items() if cost <= alone)
        found = next((job for job in self.waiting if max(costs[job], longest) <= beside), None)
        if found is not None:
            self.waiting.remove(found)
        return found

    def _step(self, lane: Lane) -> None:
        job, runs = self.jobs[lane.job], lane.runs
        with lane.current():
            try:
                waits = next(lane.steps)
            except StopIteration:
                seconds = self.clock() - lane.start
                self.outcome.done.append(job)
                self.outcome.seconds[lane.job], self.asked = seconds, -math.inf
                lane.job = lane.runs = lane.steps = runs = None
                lane.ends.clear()
                self.ended(job, seconds)
                return
            lane.launched(waits)
        lane.whole = waits is None
        if lane.whole and time.monotonic() - lane.saved_at >= job.checkpoint_seconds:
            self._checkpoint(lane)
        if self.budget and waits is None:
            self._count(job, runs)

    def _checkpoint(self, lane: Lane) -> None:
        """Save the run of a lane, if it is to be saved on its way."""
        if lane.runs is None or not math.isfinite(self.jobs[lane.job].checkpoint_seconds):
            return
        with lane.current():
            if not lane.whole:  # its scores have been launched, and not been logged yet
                next(lane.steps)
                lane.whole = True
            lane.runs.save()
        lane.saved_at = time.monotonic()

    def _count(self, job: Job, runs: RunsInStep) -> None:
        """Correct the rate every ten seconds: half of what it was, half of what was seen meanwhile."""
        place = (runs.step - 1) % runs.per_epoch
        self.images += min(job.spec.batch_size, job.examples - place * job.spec.batch_size)
        if runs.step in runs.logged_steps:
            self.images += self.budget.point(job)
        if (now := self.clock()) >= self.since + 10.0:
            self.rate = 0.5 * self.rate + 0.5 * self.images / (now - self.since)
            self.images, self.since = 0.0, now


def has_dropout(job: Job, outputs: int) -> bool:
    """Whether one generator of the process would draw the masks of all runs: only one lane is possible then."""
    with torch.device("meta"):
        return draws_masks(build_model(job.spec.family, job.spec.sizes, job.arrays.shape, outputs, seed=0))
