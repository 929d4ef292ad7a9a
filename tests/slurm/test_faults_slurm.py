"""What a cluster does to a running study, each on the real scheduler, and that the bytes end up the same."""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from harness.study import BLOCK, BOTH, in_the_middle, log_of, wait_for

PROFILE = ("--profile", "slurm")


def none_left(study, cluster):
    """Cancel what a study has in the queue."""
    for job in cluster.jobs_in(study.folder, "RUNNING,PENDING,COMPLETING"):
        cluster.run("scancel", job)
    wait_for(lambda: not cluster.jobs_in(study.folder, "RUNNING,PENDING,COMPLETING"), "the jobs to go")


@pytest.fixture
def study(study, cluster, python):
    study.env, study.python = study.env | cluster.env, python
    yield study
    none_left(study, cluster)


@pytest.fixture(scope="module")
def hanging(prepared, cluster, python, tmp_path_factory):
    """A study whose job hangs until its time limit, and the Snakemake that runs it: started before the other faults."""
    study = prepared.copy(tmp_path_factory.mktemp("hanging") / "study", **cluster.env)
    study.python = python
    limit = ("--set-resources", "train_block:gpu=1", "train_block:runtime=attempt")
    with study.start(*PROFILE, *limit, "--show-failed-logs", "--", BLOCK) as run:
        in_the_middle(study)
        yield study, run
    none_left(study, cluster)


def start_now(cluster, job):
    """Slurm makes a job that it put back wait for two minutes: not here. The job, running again."""

    def runs():
        if cluster.show(job)["JobState"] == "PENDING":
            with suppress(RuntimeError):  # it may start by itself just now
                cluster.run("scontrol", "update", f"JobId={job}", "StartTime=now")
        return cluster.show(job)["JobState"] == "RUNNING" and int(cluster.show(job)["Restarts"]) >= 1

    wait_for(runs, "the job to run again")


def environment(process):
    with open(f"/proc/{process}/environ", "rb") as stream:
        return dict(word.split("=", 1) for word in stream.read().decode().split("\0") if "=" in word)


# The first three take one GPU of the two: a job hangs on the other, and a time limit is a minute at least.


@pytest.mark.usefixtures("hanging")
def test_a_memory_limit(study, cluster, told):
    limit = ("--set-resources", "train_block:gpu=1", "train_block:mem_mb=250 * attempt ** 4")
    with study.start(*PROFILE, *limit, "--", BLOCK) as run:
        assert run.wait() == 0
    (killed, *_) = sorted((study.folder / ".snakemake/slurm_logs").rglob("*.log"))  # of the failed job alone
    assert "Exceeded job memory limit" in killed.read_text()
    told("memory limit (250 MB, 4000 on retry)", f"{run.line('failed, SLURM')} {run.line('Trying to restart')}", study)


@pytest.mark.usefixtures("hanging")
def test_scancel(study, cluster, told):
    with study.start(*PROFILE, "--", BLOCK) as run:
        in_the_middle(study)
        cluster.run("scancel", cluster.job_in(study.folder))
        assert run.wait() == 0
    assert "CANCELLED" in run.said()
    told("scancel", f"{run.line('CANCELLED')} {run.line('Trying to restart')}", study)


@pytest.mark.usefixtures("hanging")
def test_requeue(study, cluster, told):
    with study.start(*PROFILE, "--", BLOCK) as run:
        in_the_middle(study)
        job = cluster.job_in(study.folder)
        cluster.run("scontrol", "requeue", job)
        start_now(cluster, job)
        assert run.wait() == 0
    assert "Trying to restart" not in run.said()
    told("scontrol requeue", f"no retry used: {run.line('(100%) done')}", study)


def test_a_time_limit(hanging, told):
    study, run = hanging
    assert run.wait() == 0
    stopped = run.line("stopped by SIGTERM; checkpoints are written")
    assert "continuing at step" in log_of(study)
    said = f"{run.line('TIMEOUT')} {run.line('Trying to restart')} (the training: {stopped})"
    told("time limit (1 minute, 2 on retry)", said, study)


def test_an_undisturbed_study_and_what_its_jobs_ask_for(study, cluster, told):
    with study.start(*PROFILE, "--", *BOTH) as run:
        processes = in_the_middle(study, 90, 180)
        devices = {environment(process)["CUDA_VISIBLE_DEVICES"] for process in processes}
        jobs = [cluster.show(job) for job in cluster.jobs_in(study.folder)]
        for process in processes:
            os.kill(process, signal.SIGCONT)
        assert run.wait() == 0
    assert devices == {"0", "1"}
    assert all("gres/gpu=1" in job["TRES"] and job["Requeue"] == "1" for job in jobs)
    asked = {(job["TimeLimit"], job["MinMemoryNode"]) for job in jobs}
    told(
        f"nothing (each job has one GPU, {sorted(devices)}; asks for {sorted(asked)})",
        run.line("(100%) done"),
        study,
        BOTH,
    )


def test_preemption_by_a_higher_partition(study, cluster, told, tmp_path):
    with study.start(*PROFILE, "--", BLOCK) as run:
        in_the_middle(study)
        job = cluster.job_in(study.folder)
        words = "--partition=high --gpus=2 --mem=100 --time=1 --parsable"
        urgent = cluster.run("sbatch", *words.split(), f"--output={tmp_path}/urgent", "--wrap", "sleep 1").strip()
        wait_for(lambda: cluster.show(urgent)["JobState"] in ("RUNNING", "COMPLETED"), "the urgent job to run")
        assert cluster.show(job)["JobState"] in ("PENDING", "COMPLETING", "REQUEUED")
        start_now(cluster, job)
        assert run.wait() == 0
    told("preemption by a higher partition", f"no retry used: {run.line('(100%) done')}", study)


def test_outages(study, cluster, told):
    """Of the controller, then of the accounting that Snakemake asks: a job ends in each, and Snakemake's polls fail."""
    outages = ("slurmctld", "slurmdbd")
    with study.start(*PROFILE, "--", *BOTH) as run:
        for daemon, process, output in zip(outages, in_the_middle(study, 90, 180), BOTH, strict=True):
            with cluster.without(daemon):
                os.kill(process, signal.SIGCONT)
                wait_for(lambda process=process: process not in study.trainers(), "the training to end in the outage")
                wait_for((study.folder / output).exists, "its output")
                assert run.process.poll() is None
        assert run.wait() == 0
    done = run.line("(100%) done")
    told("slurmctld, then slurmdbd stopped, and each started again when a job had ended", done, study, BOTH)


def test_snakemake_killed_and_started_again(study, cluster, told):
    with study.start(*PROFILE, "--", BLOCK) as run:
        in_the_middle(study)
        run.kill()
    job = cluster.job_in(study.folder)
    study.run(*PROFILE, "--unlock")
    cluster.run("scancel", job)  # the README: what the killed Snakemake had submitted
    study.run(*PROFILE, "--", BLOCK)
    told("kill -9 of Snakemake, --unlock, scancel of its job, started again", f"{log_of(study).splitlines()[0]}", study)


def test_a_python_whose_path_has_a_space_is_named(study, tmp_path):
    """Its jobs would end as "not found", one after another."""
    link = tmp_path / "an environment"
    link.symlink_to(sys.prefix)
    study.python = str(link / Path(sys.executable).relative_to(sys.prefix))
    with study.start(*PROFILE, "--", "results/plan.tsv") as run:
        assert run.wait() == 1
    assert f"Python is {study.python}: for a cluster Snakemake takes no path with a space" in run.said()
