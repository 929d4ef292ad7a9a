"""The live picture: what it takes from Snakemake's lines, what it leaves visible, and that it changes no run."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from harness.paths import SCRIPTS
from progress import Progress

SCRIPT = SCRIPTS / "progress.py"
SNAKEFILE = """
rule all:
    input: "good.txt"

rule good:
    output: "good.txt"
    shell: "touch {output}"

rule bad:
    output: "bad.txt"
    log: "logs/bad.log"
    shell: "for i in $(seq 50); do echo line $i; done > {log}; echo the reason >> {log}; false"
"""
LINES = """Building DAG of jobs...
Provided cores: 2 (use --cores to define parallelism)
Job stats:
job            count
-----------  -------
draw_subset        3
train_block        2
total              5

Select jobs to execute...
Execute 2 jobs...
[Mon Nov 23 02:00:00 2026]
localrule draw_subset:
    jobid: 1
    wildcards: dataset=digits, P=90, seed=1
[Mon Nov 23 02:00:00 2026]
localrule train_block:
    input: results/data/digits.npz, results/subsets/digits/P90/seed1.npy, results/subsets/digits/P90/seed2.npy
    log: LOG
    jobid: 2
    wildcards: cell=CNN_digits, variant=baseline, P=90, block=0
[Mon Nov 23 02:00:10 2026]
Finished jobid: 1 (Rule: draw_subset)
1 of 5 steps (20%) done""".splitlines()


def fed(*lines: str) -> tuple[Progress, list[str]]:
    progress = Progress()
    return progress, [seen for line in lines for seen in progress.feed(line + "\n")]


def test_counts_jobs_runs_and_epochs(tmp_path):
    log = tmp_path / "block0.log"
    points = [
        "P 90  seed 1  epoch 60/60  train 0.1  test 0.3  log10 product of spectral norms 1",
        "P 90  seed 2  epoch 6.5/60",
    ]
    log.write_text(
        f"{points[0]}\n{points[1]}  train 0.2  test 0.4  log10 product of spectral norms 1  1,234 images/s\n"
    )
    progress, seen = fed(*(line.replace("LOG", str(log)) for line in LINES))
    assert seen == []
    head, training, job = progress.rows(progress.start + 30, 120)
    assert head.startswith("1 of 5 jobs [====                ]  20%  0:00:30 so far")
    assert training == "training: 0 of 2 blocks, 1 runs, 66 epochs done"
    assert (
        job
        == "  train_block  CNN_digits  baseline  P 90  block 0  runs 1/2  epoch 6.5/60  test error 0.4  1,234 images/s"
    )
    assert all(len(row) < 50 for row in progress.rows(progress.start + 30, 50))


def test_time_left_is_that_of_the_jobs_left():
    progress, _ = fed("Job stats:", "job count", "cook 7", "total 7")
    for job in range(3):
        progress.feed("[Mon Nov 23 02:00:00 2026]")
        progress.feed("rule cook:")
        progress.feed(f"    jobid: {job}")
        assert progress.left(progress.now) is None
        progress.feed(f"[Mon Nov 23 02:10:0{job} 2026]")
        progress.feed(f"Finished jobid: {job} (Rule: cook)")
    assert progress.left(progress.now) == pytest.approx(4 * 601)


@pytest.mark.parametrize(
    ("rule", "files", "looked_at"),
    [
        ("picture", "results/picture.png", "results/picture.png"),
        ("table", "results/table1.tsv, results/table1.md, results/table1.tex", "results/table1.md"),
        ("table", "results/table2.tsv, results/table2.md, results/table2.tex", None),
    ],
)
def test_a_person_is_told_when_the_picture_and_the_first_table_are_there(rule, files, looked_at):
    lines = ["[Fri Nov 27 08:00:00 2026]", f"localrule {rule}:", f"    output: {files}", "    jobid: 7"]
    progress = Progress()
    assert not any(progress.feed(line) for line in lines)
    said = progress.feed(f"Finished jobid: 7 (Rule: {rule})")
    assert said == ([f"{looked_at} can be looked at"] if looked_at else [])


def test_all_but_routine_stays_visible():
    words = ["Error in rule good:", "    jobid: 2", "    log: logs/good.log (check log file(s))", "WorkflowError: no"]
    progress, seen = fed(*LINES, "[Mon Nov 23 02:00:11 2026]", *words)
    assert seen == words
    assert progress.failed == 1 and progress.running == {}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "Snakefile").write_text(SNAKEFILE)
    return tmp_path


def command(*arguments: str) -> list[str]:
    return [sys.executable, str(SCRIPT), sys.executable, "-m", "snakemake", "--cores", "1", *arguments]


def in_a_terminal(words: list[str], folder: Path) -> tuple[int, str]:
    parent, child = pty.openpty()
    with subprocess.Popen(
        words, cwd=folder, stdout=child, stderr=child, stdin=child, start_new_session=True
    ) as process:
        os.close(child)
        said = b""
        try:
            while part := os.read(parent, 65536):
                said += part
        except OSError:  # the other end is closed
            pass
    os.close(parent)
    return process.returncode, said.decode()


def test_a_failed_job_in_a_terminal_shows_its_last_lines_and_its_log(folder):
    code, said = in_a_terminal(command("--show-failed-logs", "bad.txt"), folder)
    assert code == 1
    assert "Logfile logs/bad.log" in said and "the reason" in said and "line 50" in said
    assert "line 5\r" not in said, "the whole log instead of its end"
    assert "0 of 1 jobs" in said and "1 failed" in said
    assert "Job stats" not in said


def test_a_run_in_a_terminal_ends_with_all_jobs_done_and_can_be_watched_later(folder):
    code, said = in_a_terminal(command(), folder)
    assert code == 0 and (folder / "good.txt").exists()
    assert "2 of 2 jobs [====================] 100%" in said
    code, said = in_a_terminal([sys.executable, str(SCRIPT)], folder)
    assert code == 0 and "2 of 2 jobs" in said


def test_without_a_terminal_it_is_snakemake_itself(folder):
    run = subprocess.run(command("bad.txt", "--show-failed-logs"), cwd=folder, capture_output=True, text=True)
    assert run.returncode == 1
    assert "Job stats" in run.stderr and "line 5\n" in run.stderr and "\x1b" not in run.stdout
