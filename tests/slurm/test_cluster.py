"""The cluster that the other tests stand on: it comes up, hands out what is asked for, and leaves nothing behind."""

from cluster import Cluster
from harness.study import wait_for


def test_a_job_gets_its_gpu(cluster, tmp_path):
    script = "echo $CUDA_VISIBLE_DEVICES; sleep 5"
    submit = ["sbatch", "--parsable", "--gpus=1", "--mem=50", "--time=1", f"--output={tmp_path}/%j"]
    first, second = (cluster.run(*submit, "--wrap", script).strip() for _ in range(2))
    wait_for(lambda: len(cluster.jobs()) == 2, "both jobs to run", 20)
    assert "gres/gpu=1" in cluster.show(first)["TRES"]
    wait_for(lambda: not cluster.jobs("RUNNING,COMPLETING"), "both jobs to end")
    assert {(tmp_path / job).read_text().strip() for job in (first, second)} == {"0", "1"}


def test_nothing_is_left_behind(cluster, tmp_path):
    with Cluster() as other:
        other.run("sbatch", "--mem=50", f"--output={tmp_path}/log", "--wrap", "sleep 100 & sleep 100")
        wait_for(other.jobs, "the job to run")
        wait_for(lambda: len(other.processes()) > 6, "daemons and the job", 10)
    assert other.processes() == []
    assert cluster.jobs("RUNNING,PENDING") == []
