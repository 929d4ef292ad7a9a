"""A copy of the workflow in a folder of its own, to run, disturb and change without touching the repository."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from harness.paths import ROOT

SOURCES = ("Snakefile", "config.yaml", "CITATION.cff", "rules", "workflow_scripts", "recorded", "examples")
SOURCES += ("slurm", "workstation", "envs")  # profiles and environments
#: Two jobs of the tiny study, of two runs each, and where their checkpoints go.
BOTH = [f"results/runs/CNN_digits/baseline/P{P}/block0.epochs.parquet" for P in (90, 180)]
BLOCK = BOTH[1]
FIRST_DONE = re.compile(r"seed 1  epoch (\d+)/\1 ")
CHECKPOINTS = "results/checkpoints/CNN_digits/baseline"
TINY = Path(__file__).with_name("study.yaml")


class Study:
    """The workflow's sources copied to `folder`, and the ways to run them there."""

    def __init__(self, folder: Path, configuration: Path = TINY, preset: str | None = "tiny") -> None:
        self.folder, self.preset = folder, preset  # no preset: the configuration file's own
        self.python = sys.executable
        self.env = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        folder.mkdir(parents=True, exist_ok=True)
        for name in SOURCES:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(ROOT / name, folder / name)
        shutil.copy2(configuration, folder / "study.yaml")

    def command(self, *arguments: str) -> list[str]:
        """Snakemake on this study."""
        preset = ["--config", f"preset={self.preset}"] if self.preset else []
        return [self.python, "-m", "snakemake", "--nocolor", "--configfile", "study.yaml", *preset, *arguments]

    def start(self, *arguments: str, log: str = "snakemake.log") -> "Run":
        """Start Snakemake in the background, in a process group of its own."""
        return Run(self, self.command(*arguments), self.folder / log)

    def run(self, *arguments: str, timeout: float = 900) -> str:
        """Run Snakemake to its end; what it said. Fails if it fails."""
        with self.start(*arguments) as run:
            code = run.wait(timeout)
        assert code == 0, f"snakemake {' '.join(arguments)} ended {code}:\n{run.said()[-5000:]}"
        return run.said()

    def planned(self, *arguments: str) -> tuple[Counter, Counter]:
        """How many jobs of each rule a dry run names: those with a reason of their own, and those that follow them."""
        said = self.run("--dry-run", "--cores", "1", *arguments)
        jobs: tuple[Counter, Counter] = Counter(), Counter()
        rule = ""
        for line in said.splitlines():
            if line.startswith(("rule ", "localrule ")):
                rule = line.split()[1].rstrip(":")
            elif line.startswith("    reason: ") and rule != "all":
                jobs[line.startswith("    reason: Input files updated by another job")][rule] += 1
        return jobs

    def write(self, path: str, old: str, new: str) -> None:
        """Change a source file: `old`, which must be there once, becomes `new`."""
        file = self.folder / path
        text = file.read_text()
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {path}"
        file.write_text(text.replace(old, new))

    def add(self, files: dict[str, str]) -> None:
        """Add source files, by their paths; none of them may be there."""
        for path, text in files.items():
            file = self.folder / path
            assert not file.exists(), f"{path} would be changed, not added"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def trainers(self) -> list[int]:
        """Process ids of the training scripts at work in this study's folder, the oldest first."""
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if entry.name.isdigit() and Path(os.readlink(entry / "cwd")) == self.folder.resolve():
                    words = (entry / "cmdline").read_bytes().split(b"\0")
                    if b"networks/train_block" in words and b"-c" not in words:
                        found.append(int(entry.name))
        return sorted(found)

    def bytes_of(self, pattern: str = "results/runs/**/*.parquet") -> dict[str, str]:
        """sha256 of every file that matches."""
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.glob(pattern))
        }

    def copy(self, folder: Path, **environment: str) -> "Study":
        """The same study elsewhere, with all that has been made so far."""
        shutil.copytree(self.folder, folder)
        twin = object.__new__(Study)
        twin.__dict__.update(vars(self), folder=folder, env=self.env | environment)
        return twin


class Run:
    """A running Snakemake; as a context manager it leaves no process of its group behind."""

    def __init__(self, study: Study, command: list[str], log: Path) -> None:
        self.log = log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                command, cwd=study.folder, env=study.env, stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, *_) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def wait(self, timeout: float = 900) -> int:
        """The exit status."""
        return self.process.wait(timeout)

    def kill(self) -> None:
        """Kill -9 Snakemake itself, not what it has started."""
        self.process.kill()
        self.process.wait()

    def said(self) -> str:
        """Everything that it printed so far."""
        return self.log.read_text(errors="replace")

    def line(self, *words: str) -> str:
        """The last printed line in which all the words stand; it must be there."""
        lines = [line.strip() for line in self.said().splitlines() if all(word in line for word in words)]
        assert lines, f"no line with {words} in:\n{self.said()[-5000:]}"
        return lines[-1]


def wait_for(condition: Callable[[], object], what: str, seconds: float = 900, pause: float = 0.1):
    """The first true value of condition(), asked every `pause` seconds; TimeoutError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} seconds for {what}")
        time.sleep(pause)
    return value


def in_the_middle(study: Study, *numbers: int) -> list[int]:
    """Wait until the first of two runs is done in the job of each P (180), and hold the second: the processes, stopped.

    Stopped (SIGSTOP), they cannot end before the fault strikes, however slow or fast the machine is.
    """
    held: dict[int, int] = {}

    def hold() -> bool:
        for P in set(numbers or (180,)) - set(held):
            # A machine that pauses for a minute saves the first run half way as well: it must be at its end.
            if (study.folder / CHECKPOINTS / f"P{P}/seed1.pt").exists() and FIRST_DONE.search(log_of(study, P)):
                (held[P],) = [process for process in study.trainers() if f"/P{P}/" in _command(process)]
                os.kill(held[P], signal.SIGSTOP)
                assert not (study.folder / CHECKPOINTS / f"P{P}/seed2.pt").exists(), "too late to hold the second run"
        return len(held) == len(numbers or (180,))

    wait_for(hold, "the first run to end", pause=0.02)
    return [held[P] for P in sorted(held)]


def _command(process: int) -> str:
    return Path(f"/proc/{process}/cmdline").read_text()


def log_of(study: Study, P: int = 180) -> str:
    """What the training script of one of BOTH said."""
    return (study.folder / f"logs/train_block/CNN_digits/baseline/P{P}/block0.log").read_text()
