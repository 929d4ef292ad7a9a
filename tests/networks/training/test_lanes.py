"""Runs on lanes against the same runs alone. A CPU has no streams: what is tested is the order of things."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from harness.training import (
    CNN,
    RESNET,
    RUNS,
    VIT,
    Recorder,
    bits,
    images,
    jobs_of,
    recorders,
    results,
    subsets,
)

from scaling.core.errors import BadInput
from scaling.networks.training import lanes
from scaling.networks.training.arithmetic import arithmetic
from scaling.networks.training.block import train_block
from scaling.networks.training.images import DeviceImages
from scaling.networks.training.lanes import Budget, train_lanes
from scaling.networks.training.loop import begin, train_runs
from scaling.networks.training.stop import StopRequest

PLAIN_CNN = replace(CNN, sizes={"stages": [[4], [4]], "fully_connected": [8]})


def alone(spec, folder, **options):
    jobs = jobs_of(spec, folder, **options)
    for job in jobs:
        train_runs(job, 3, dict.fromkeys(job.subsets), StopRequest())
    return results(jobs)


def together(jobs, count, spec, **options):
    with arithmetic(spec, "cpu"):
        return train_lanes(jobs, 3, count, StopRequest(), **options)


@pytest.mark.parametrize("count", [1, 2, 3, 9])
@pytest.mark.parametrize("spec", [PLAIN_CNN, RESNET, VIT, replace(PLAIN_CNN, optimizer="SGD", augmentation="affine")])
def test_runs_on_lanes_have_the_bits_of_the_runs_alone(tmp_path, spec, count):
    shared = DeviceImages(images(), spec, torch.device("cpu"))
    jobs = jobs_of(spec, tmp_path / "lanes", device_examples=shared)
    outcome = together(jobs, count, spec)
    assert outcome.left == [] and sorted(outcome.seconds) == [0, 1, 2, 3, 4]
    found = results(outcome.done)
    assert found == alone(spec, tmp_path / "alone") and len(found) == len(RUNS)
    assert all("Saved(step=" in run for run in found.values())


def test_recorded_steps_on_lanes_have_them_too(tmp_path, monkeypatch):
    made = recorders(monkeypatch)
    jobs = jobs_of(replace(PLAIN_CNN, cuda_graphs=True), tmp_path / "lanes")
    outcome = together(jobs, 3, PLAIN_CNN)
    found, expected = results(outcome.done), alone(PLAIN_CNN, tmp_path / "alone")
    assert found == expected and len(made) == len(RUNS)
    assert {recorder.recorded for recorder in made} == {1, 2}  # P = 7 and 16 have one size of batch


def test_each_job_records_as_it_says(tmp_path, monkeypatch):
    monkeypatch.setattr("scaling.networks.training.block._refuse_graphs_without_a_gpu", lambda spec, device: None)
    made = []

    def capture():
        made.append(Recorder())
        return made[-1]

    (job,) = jobs_of(replace(PLAIN_CNN, cuda_graphs=True), tmp_path, [(40, 1)], capture=capture)
    together([job], 1, PLAIN_CNN)
    assert [recorder.recorded for recorder in made] == [2]


def test_a_lane_that_ends_takes_the_next_run_and_ends_are_told(tmp_path):
    told = []
    jobs = jobs_of(PLAIN_CNN, tmp_path, [(90, 1), (7, 1), (7, 2), (7, 3)])
    together(jobs, 2, PLAIN_CNN, ended=lambda job, seconds: told.append((job.P, next(iter(job.subsets)), seconds > 0)))
    assert told == [(7, 1, True), (7, 2, True), (7, 3, True), (90, 1, True)]  # 4, 4, 4 and 24 steps


class Clock:
    """Seconds that pass by being asked for."""

    def __init__(self, each=0.0):
        self.now, self.each = 0.0, each

    def __call__(self):
        self.now += self.each
        return self.now


def test_runs_that_would_not_end_in_time_are_passed_over(tmp_path):
    jobs = jobs_of(PLAIN_CNN, tmp_path)
    budget = Budget(deadline=10.0, rate=100.0, scored=0.5, logged=2.0)
    costs = [budget.cost(job) for job in jobs]
    points = len(jobs[0].steps)
    assert costs[0] == 4 * 40 + points * (2 + 0.5 * (40 + 30))
    longest = sorted(costs)[2]  # two lanes: each trains on 50 images a second
    outcome = together(jobs, 2, PLAIN_CNN, clock=Clock(), budget=replace(budget, deadline=longest / 50 + 1e-6))
    expected = [run for run, cost in zip(RUNS, costs, strict=True) if cost <= longest]
    assert sorted((job.P, *job.subsets) for job in outcome.done) == sorted(expected)
    assert [(job.P, *job.subsets) for job in outcome.left] == [run for run in RUNS if run not in expected]


def test_fewer_lanes_run_what_would_not_end_in_time_on_all_of_them(tmp_path):
    """One lane alone is faster than its share: two runs one after another, where two at once would both be late."""
    runs = [(90, 1), (90, 2), (16, 3)]
    jobs = jobs_of(PLAIN_CNN, tmp_path, runs)
    budget = Budget(deadline=0.0, rate=100.0, scored=0.5, alone=80.0)
    long, _, short = (budget.cost(job) for job in jobs)
    assert budget.each(100.0, 1, 4) == 80 and budget.each(100.0, 2, 4) == 50 and budget.each(50.0, 1, 4) == 40
    assert replace(budget, alone=0.0).each(100.0, 2, 4) == 25
    outcome = together(jobs, 4, PLAIN_CNN, clock=Clock(), budget=replace(budget, deadline=long / 60))
    assert outcome.done == [jobs[0], jobs[1], jobs[2]]  # the clock stands still: all fit, but no two long ones at once
    outcome = together(jobs, 4, PLAIN_CNN, clock=Clock(), budget=replace(budget, deadline=short / 60))
    assert outcome.done == [jobs[2]] and outcome.left == jobs[:2]


def test_the_deadline_ends_what_has_not_ended(tmp_path):
    jobs = jobs_of(replace(PLAIN_CNN, epochs=1000), tmp_path, [(40, 1), (90, 2)])
    outcome = together(jobs, 1, PLAIN_CNN, clock=Clock(1.0), budget=Budget(50.0, 1e9))
    assert outcome.done == [] and outcome.left == jobs
    assert not list(tmp_path.rglob("*.pt"))


def test_a_signal_ends_them_too(tmp_path):
    stop = SimpleNamespace(number=0)
    jobs = jobs_of(PLAIN_CNN, tmp_path)
    with arithmetic(PLAIN_CNN, "cpu"):
        outcome = train_lanes(
            jobs, 3, 1, stop, ended=lambda job, seconds: setattr(stop, "number", 15 if job.P == 7 else 0)
        )
    assert outcome.done == jobs[:2] and outcome.left == jobs[2:]


def test_the_rate_follows_what_is_seen(tmp_path):
    """Too high a rate would admit runs that do not end, too low a one none at the end."""
    made = lanes._Lanes([], 3, 1, None, Budget(100.0, 1000.0, scored=0.5), 4, None, None, clock := Clock())
    (job,) = jobs_of(PLAIN_CNN, tmp_path, [(40, 1)])
    runs = SimpleNamespace(step=3, per_epoch=3, logged_steps={3})
    made._count(job, runs)
    assert made.images == 8 + 0.5 * 70  # the last batch of an epoch, and a logged point
    clock.now = 20.0
    runs.step = 4
    made._count(job, runs)
    assert made.rate == 500 + 0.5 * (8 + 35 + 16) / 20 and made.images == 0


class Event:
    def __init__(self):
        self.happened = False

    def query(self):
        return self.happened


def test_a_lane_is_not_launched_too_far_ahead_and_waits_for_its_scores(monkeypatch):
    made = []
    stream = SimpleNamespace(wait_stream=lambda other: None, record_event=lambda: made.append(Event()) or made[-1])
    monkeypatch.setattr(torch.cuda, "Stream", lambda device: stream)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda device: None)
    lane = lanes.Lane(torch.device("cuda"), ahead=2)
    lane.launched(None)
    assert lane.ready()
    lane.launched(None)
    assert not lane.ready()
    made[0].happened = True
    assert lane.ready()
    scores = Event()
    lane.launched(scores)
    assert not lane.ready()
    scores.happened = True
    assert lane.ready()


def test_events_of_logged_steps_are_waited_for_by_the_plain_loop(tmp_path, monkeypatch):
    waited = []
    (job,) = jobs_of(PLAIN_CNN, tmp_path / "some", [(40, 1)])
    event = SimpleNamespace(synchronize=lambda: waited.append(1))

    class Interrupted(type(begin(job, 3, {1: None}))):
        def steps(self):
            for item in super().steps():
                if item is None and self.step in self.logged_steps:
                    yield event
                yield item

    monkeypatch.setattr("scaling.networks.training.loop.RunsInStep", Interrupted)
    assert alone(PLAIN_CNN, tmp_path / "other")
    assert len(waited) == sum(len(job.steps) for job in jobs_of(PLAIN_CNN, tmp_path))


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_dropout_on_several_lanes_is_refused(tmp_path, device):
    jobs = [replace(job, device=device) for job in jobs_of(CNN, tmp_path)]
    with pytest.raises(BadInput, match="dropout"):
        train_lanes(jobs, 3, 2, StopRequest())
    with pytest.raises(BadInput, match="1 or more"):
        train_lanes(jobs, 3, 0, StopRequest())
    plain = [replace(job, device=device) for job in jobs_of(PLAIN_CNN, tmp_path)]
    assert not lanes.has_dropout(plain[0], 3)


def test_a_block_on_lanes_with_dropout_has_the_bits_of_the_runs_one_by_one(tmp_path):
    side_by_side, single = (
        train_block(images(), subsets(1, 2, 3), replace(CNN, engine=engine), tmp_path / engine, device="cpu")
        for engine in ("lanes", "single")
    )
    assert bits(side_by_side) == bits(single)


def test_no_jobs_are_done_at_once():
    assert train_lanes([], 3, 2, StopRequest()) == lanes.Outcome()


def test_an_error_of_one_run_keeps_those_that_have_ended(tmp_path):
    jobs = jobs_of(PLAIN_CNN, tmp_path, [(7, 1), (90, 1)])
    told = []

    def fails():
        if told:
            raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        together(jobs, 2, PLAIN_CNN, ended=lambda job, seconds: told.append(job), now_and_then=fails)
    assert told == jobs[:1] and jobs[0].path(1).exists()
