"""What machines and people do to a running study, and that its bytes end up the same as those of an undisturbed one.

Real kills, real full disks; those that need a scheduler are in tests/slurm.
"""

import os
import shutil
import signal
import subprocess
from contextlib import contextmanager

import numpy as np
import pytest
from harness.study import BLOCK, BOTH, CHECKPOINTS, in_the_middle, log_of

pytestmark = pytest.mark.faults


def test_kill_9_of_a_training_process(study, told):
    with study.start("--cores", "1", "--retries", "1", "--", BLOCK) as run:
        os.kill(*in_the_middle(study), signal.SIGKILL)
        sealed = (study.folder / CHECKPOINTS / "P180/seed1.pt").stat().st_mtime_ns
        assert run.wait() == 0
    assert (study.folder / CHECKPOINTS / "P180/seed1.pt").stat().st_mtime_ns == sealed, "a finished run was repeated"
    told("kill -9 of the training process", run.line("Trying to restart job"), study)


def test_snakemake_killed_and_started_again(study, told):
    with study.start("--cores", "1", "--", BLOCK) as run:
        (orphan,) = in_the_middle(study)
        run.kill()
        with study.start("--cores", "1", "--", BLOCK, log="second.log") as second:
            assert second.wait() != 0
        locked = second.line("Directory cannot be locked")
        study.run("--unlock")
        os.kill(orphan, signal.SIGCONT)  # what Snakemake had started does not disturb the next one
        study.run("--cores", "1", "--rerun-incomplete", "--", BLOCK)
    told("kill -9 of Snakemake, --unlock, started again", locked, study)


def test_two_snakemakes_on_one_directory(study, told):
    with study.start("--cores", "1", "--", BLOCK) as first:
        (at_work,) = in_the_middle(study)
        with study.start("--cores", "1", "--", BLOCK, log="second.log") as second:
            assert second.wait() != 0
        os.kill(at_work, signal.SIGCONT)
        assert first.wait() == 0
    told("a second Snakemake in the same directory", second.line("Directory cannot be locked"), study)


@contextmanager
def small_disk(folder, kilobytes):
    """A full-able disk of its own at `folder`."""
    folder.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode != 0:  # not root, or a container whose root may not mount
        pytest.skip(f"no small disk to fill: {mounted.stderr.strip()}")
    try:
        yield lambda: subprocess.run(["mount", "-o", "remount,size=64m", str(folder)], check=True)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize(
    ("what", "folder", "message"),
    [
        ("an output", "results/runs", "No space left on device"),
        ("a checkpoint", "results/checkpoints", "the checkpoint cannot be written: No space left on device"),
    ],
)
def test_the_disk_full_while_writing(study, told, what, folder, message):
    with small_disk(study.folder / folder, 8) as make_room:
        with study.start("--cores", "1", "--", BLOCK) as run:
            assert run.wait() == 1
        assert message in run.said() + log_of(study)
        assert not (study.folder / BLOCK).exists(), "half an output was left"
        failed = run.line("Error in rule train_block")
        make_room()
        study.run("--cores", "1", "--", BLOCK)
        told(f"the disk full while writing {what}", f"{failed} ({message})", study)


@pytest.fixture(scope="module")
def half_way(prepared, tmp_path_factory):
    """A study whose two jobs were ended by SIGTERM half way: each left a checkpoint of a run that is not done."""
    study = prepared.copy(tmp_path_factory.mktemp("half_way") / "study")
    with study.start("--cores", "2", "--", *BOTH) as run:
        for process in in_the_middle(study, 90, 180):
            os.kill(process, signal.SIGTERM)
            os.kill(process, signal.SIGCONT)
        assert run.wait() == 1
    return study


@pytest.fixture
def interrupted(half_way, tmp_path):
    """Such a study of one's own."""
    return half_way.copy(tmp_path / "interrupted")


def test_a_checkpoint_cut_short_and_one_of_another_config(interrupted, told):
    study = interrupted
    half, other = [study.folder / CHECKPOINTS / f"P{P}/seed2.pt" for P in (90, 180)]
    half.write_bytes(half.read_bytes()[:1000])
    shutil.copy(half.with_name("seed1.pt"), other)  # that run's own, but of another P
    study.run("--cores", "2", "--", *BOTH)
    logs = [log_of(study, P) for P in (90, 180)]
    for done, log, why in zip(
        ("cut short", "of another configuration"), logs, ("cannot be read", "of other"), strict=True
    ):
        (line,) = [line for line in log.splitlines() if "refused" in line]
        assert why in line
        assert "starting afresh" in line
        told(f"a checkpoint {done}", line.split(CHECKPOINTS)[-1], study, BOTH)


def test_a_checkpoint_of_another_code_version(interrupted, told):
    study = interrupted
    study.write(
        "workflow_scripts/scaling/networks/training/schedule.py",
        "return -(-P // spec.batch_size)",
        "return 0 - (-P // spec.batch_size)",
    )
    study.run("--cores", "1", "--", BLOCK)
    log = log_of(study)
    refused = [line for line in log.splitlines() if "refused" in line]
    assert len(refused) == 2  # of both runs: the finished one's records are of another code as well
    told("a checkpoint of another version of the code", refused[0].split(CHECKPOINTS)[-1], study)


def test_an_interrupted_run_continues_from_its_checkpoint(interrupted, told):
    study = interrupted
    study.run("--cores", "2", "--", *BOTH)
    log = log_of(study)
    (line,) = [line for line in log.splitlines() if "continuing at step" in line]
    told("SIGTERM to the training process (what a scheduler sends first)", line.split(CHECKPOINTS)[-1], study, BOTH)


def test_a_job_that_fails_for_good(study, told):
    subset = study.folder / "results/subsets/digits/P90/seed1.npy"
    good = subset.read_bytes()
    np.save(subset, np.full(90, 10**6, np.int32))
    with study.start("--cores", "1", "--keep-going", "--", *BOTH) as run:
        assert run.wait() == 1
    assert (study.folder / BLOCK).exists(), "the rest did not go on"
    missing = run.said().split("Not made")[1]
    assert BOTH[0] in missing
    subset.write_bytes(good)
    study.run("--cores", "1", "--", *BOTH)
    named = next(line for line in missing.splitlines() if BOTH[0] in line)
    told(
        "a job that fails for good",
        f"the rest done; at the end: Not made{missing.splitlines()[0]} {named.strip()}",
        study,
        BOTH,
    )
