"""What a cluster does to a running study, each on the real scheduler, and that the bytes end up the same."""

import os
import signal

import pytest
from harness.study import BLOCK, BOTH, in_the_middle, log_of, wait_for

PROFILE = ("--profile", "slurm")


@pytest.fixture
def study(study, cluster):
    study.env = study.env | cluster.env
    yield study
    for job in cluster.jobs("RUNNING,PENDING,COMPLETING"):
        cluster.run("scancel", job)
    wait_for(lambda: not cluster.jobs("RUNNING,PENDING,COMPLETING"), "the jobs to go")


def start_now(cluster, job):
    """Slurm makes a job that it put back wait for two minutes: not here. The job, running again."""

    def runs():
        if cluster.show(job)["JobState"] == "PENDING":
            cluster.run("scontrol", "update", f"JobId={job}", "StartTime=now")
        return cluster.show(job)["JobState"] == "RUNNING" and int(cluster.show(job)["Restarts"]) >= 1

    wait_for(runs, "the job to run again")


def environment(process):
    with open(f"/proc/{process}/environ", "rb") as stream:
        return dict(word.split("=", 1) for word in stream.read().decode().split("\0") if "=" in word)


def test_an_undisturbed_study_and_what_its_jobs_ask_for(study, cluster, told):
    with study.start(*PROFILE, "--", *BOTH) as run:
        processes = in_the_middle(study, 90, 180)
        devices = {environment(process)["CUDA_VISIBLE_DEVICES"] for process in processes}
        jobs = [cluster.show(job) for job in cluster.jobs()]
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


def test_scancel(study, cluster, told):
    with study.start(*PROFILE, "--", BLOCK) as run:
        in_the_middle(study)
        cluster.run("scancel", cluster.job_in(study.folder))
        assert run.wait() == 0
    assert "CANCELLED" in run.said()
    told("scancel", f"{run.line('CANCELLED')} {run.line('Trying to restart')}", study)


def test_a_time_limit(study, cluster, told):
    limit = ("--set-resources", "train_block:gpu=1", "train_block:runtime=attempt")
    with study.start(*PROFILE, *limit, "--", BLOCK) as run:
        in_the_middle(study)  # it hangs
        assert run.wait() == 0
    assert "continuing at step" in log_of(study), "SIGTERM at the limit was to leave a checkpoint"
    told("time limit (1 minute, 2 on retry)", f"{run.line('TIMEOUT')} {run.line('Trying to restart')}", study)


def test_a_memory_limit(study, cluster, told):
    limit = ("--set-resources", "train_block:gpu=1", "train_block:mem_mb=250 * attempt ** 4")
    with study.start(*PROFILE, *limit, "--", BLOCK) as run:
        assert run.wait() == 0
    (killed, *_) = sorted((study.folder / ".snakemake/slurm_logs").rglob("*.log"))  # of the failed job alone
    assert "Exceeded job memory limit" in killed.read_text()
    told("memory limit (250 MB, 4000 on retry)", f"{run.line('failed, SLURM')} {run.line('Trying to restart')}", study)


def test_requeue(study, cluster, told):
    with study.start(*PROFILE, "--", BLOCK) as run:
        in_the_middle(study)
        job = cluster.job_in(study.folder)
        cluster.run("scontrol", "requeue", job)
        start_now(cluster, job)
        assert run.wait() == 0
    assert "Trying to restart" not in run.said()
    told("scontrol requeue", f"no retry used: {run.line('(100%) done')}", study)


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


@pytest.mark.parametrize("daemon", ["slurmctld", "slurmdbd"])
def test_an_outage(study, cluster, told, daemon):
    """Of the controller, or of the accounting that Snakemake asks: the job ends meanwhile, Snakemake's polls fail."""
    with study.start(*PROFILE, "--", BLOCK) as run:
        (process,) = in_the_middle(study)
        with cluster.without(daemon):
            os.kill(process, signal.SIGCONT)
            wait_for(lambda: not study.trainers(), "the training to end during the outage")
            wait_for(lambda: (study.folder / BLOCK).exists(), "its output")
            assert run.process.poll() is None
        assert run.wait() == 0
    told(f"{daemon} stopped, and started again when the job had ended", run.line("(100%) done"), study)


def test_snakemake_killed_and_started_again(study, cluster, told):
    with study.start(*PROFILE, "--", BLOCK) as run:
        in_the_middle(study)
        run.kill()
    job = cluster.job_in(study.folder)
    study.run(*PROFILE, "--unlock")
    cluster.run("scancel", job)  # the README: what the killed Snakemake had submitted
    study.run(*PROFILE, "--", BLOCK)
    told("kill -9 of Snakemake, --unlock, scancel of its job, started again", f"{log_of(study).splitlines()[0]}", study)
