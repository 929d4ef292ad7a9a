"""The cluster that the other tests stand on: it comes up, hands out what is asked for, and leaves nothing behind."""

import os

from harness import cluster as module
from harness.cluster import Cluster, install
from harness.study import wait_for


def test_a_job_gets_its_gpu(cluster, tmp_path):
    script = f"echo $CUDA_VISIBLE_DEVICES; until [ -e {tmp_path}/seen ]; do sleep 0.1; done"
    submit = ["sbatch", "--parsable", "--gpus=1", "--mem=50", "--time=1", f"--output={tmp_path}/%j"]
    first, second = (cluster.run(*submit, "--wrap", script).strip() for _ in range(2))
    wait_for(lambda: len(cluster.jobs()) == 2, "both jobs to run")
    assert "gres/gpu=1" in cluster.show(first)["TRES"]
    (tmp_path / "seen").touch()
    wait_for(lambda: not cluster.jobs("RUNNING,COMPLETING"), "both jobs to end")
    assert {(tmp_path / job).read_text().strip() for job in (first, second)} == {"0", "1"}


def test_nothing_is_left_behind(cluster, tmp_path):
    with Cluster() as other:
        other.run("sbatch", "--mem=50", f"--output={tmp_path}/log", "--wrap", "sleep 100 & sleep 100")
        wait_for(other.jobs, "the job to run")
        wait_for(lambda: len(other.processes()) > 6, "daemons and the job")
    assert other.processes() == []
    assert cluster.jobs("RUNNING,PENDING") == []


def test_where_slurm_cannot_be_installed_there_is_a_reason(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "_missing", lambda: ["slurmctld"])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "slurmctld missing, and no apt-get" in install()
    apt = tmp_path / "apt-get"
    apt.write_text("#!/bin/sh\necho no route to the mirror >&2; exit 100\n")
    apt.chmod(0o755)
    assert install().endswith("no route to the mirror")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert install() == "starting a Slurm takes root"
