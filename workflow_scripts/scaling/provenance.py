"""What made a result: software and code, and the time that jobs took. (The machine: scaling.machine.)"""

import json
import platform
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("snakemake", "torch", "torchvision", "numpy", "scipy", "pandas", "matplotlib")


def software() -> dict[str, str]:
    """Versions of Python and of the packages that make the numbers."""
    return {"Python": platform.python_version()} | {name: version(name) for name in PACKAGES}


# ------------------------------------------------------------------------------------------------ jobs


@dataclass(frozen=True)
class JobRecord:
    """A job that Snakemake ran to its end: its rule, input and log files, and when it began and ended (Unix time, s).

    Of a job that was interrupted and continued it is the last part.
    """

    rule: str
    inputs: tuple[str, ...]
    log: tuple[str, ...]
    start: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.end - self.start


def job_records(folder: str | Path) -> list[JobRecord]:
    """The jobs in the records (JSON) that Snakemake keeps of every file it made (`.snakemake/metadata`)."""
    jobs = {}
    for file in sorted(Path(folder).rglob("*")):
        with suppress(OSError, ValueError, KeyError, TypeError):  # a folder, or not one of them
            job = json.loads(file.read_text())
            inputs, log = tuple(job.get("input") or ()), tuple(job["log"])
            # A job has a log of its own, and a record for each file that it made.
            jobs[job["rule"], log] = JobRecord(job["rule"], inputs, log, float(job["starttime"]), float(job["endtime"]))
    return list(jobs.values())


# ------------------------------------------------------------------------------------------------ code


def commit(folder: str | Path) -> str | None:
    """The commit that the git checkout `folder` is at, with "+" if its code was changed since; None: no checkout."""
    folder = Path(folder).resolve()
    top, head = _git(folder, "rev-parse", "--show-toplevel"), _git(folder, "rev-parse", "--verify", "HEAD")
    if top is None or head is None or Path(top).resolve() != folder:
        return None
    code = ("Snakefile", "config.yaml", "rules", "workflow_scripts")
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no", "--", *code)
    return f"{head}{'+' if changed else ''}"


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
