"""A copy of the workflow in a folder of its own, to run, disturb and change without touching the repository."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = ("Snakefile", "config.yaml", "rules", "workflow_scripts", "slurm")


class Study:
    """The workflow's sources copied to `folder`, and the ways to run them there."""

    def __init__(self, folder: Path, configuration: Path, env: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.env = (env or dict(os.environ)) | {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        folder.mkdir(parents=True, exist_ok=True)
        for name in SOURCES:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(ROOT / name, folder / name)
        shutil.copy2(configuration, folder / "study.yaml")

    def command(self, *arguments: str) -> list[str]:
        """Snakemake on this study; a preset of its own, so that `--profile slurm` may keep its."""
        return [sys.executable, "-m", "snakemake", "--configfile", "study.yaml", "--nocolor", *arguments]

    def start(self, *arguments: str, log: str = "snakemake.log") -> "Run":
        """Start Snakemake in the background, in a process group of its own."""
        return Run(self, self.command(*arguments), self.folder / log)

    def run(self, *arguments: str, timeout: float = 300) -> str:
        """Run Snakemake to its end; what it said. Fails if it fails."""
        with self.start(*arguments) as run:
            code = run.wait(timeout)
        assert code == 0, f"snakemake {' '.join(arguments)} ended {code}:\n{run.said()[-5000:]}"
        return run.said()

    def planned(self, *arguments: str) -> Counter:
        """How many jobs of each rule a dry run names; `all` and other rules without a command left out."""
        said = self.run("--dry-run", "--cores", "1", *arguments)
        jobs: Counter = Counter()
        if "Job stats:" in said:
            for line in said.split("Job stats:")[1].split("total")[0].splitlines():
                words = line.split()
                if len(words) == 2 and words[1].isdigit() and words[0] != "all":
                    jobs[words[0]] = int(words[1])
        return jobs

    def write(self, path: str, old: str, new: str) -> None:
        """Change a source file: `old`, which must be there once, becomes `new`."""
        file = self.folder / path
        text = file.read_text()
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {path}"
        file.write_text(text.replace(old, new))

    def bytes_of(self, pattern: str = "results/runs/**/*.parquet") -> dict[str, str]:
        """sha256 of every file that matches."""
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.glob(pattern))
        }

    def restore(self) -> None:
        """Take away everything that runs have made."""
        for name in ("results", "logs", ".snakemake"):
            shutil.rmtree(self.folder / name, ignore_errors=True)


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

    def wait(self, timeout: float = 300) -> int:
        """The exit status."""
        return self.process.wait(timeout)

    def said(self) -> str:
        """Everything that it printed so far."""
        return self.log.read_text(errors="replace")

    def line(self, *words: str) -> str:
        """The last printed line in which all the words stand; it must be there."""
        lines = [line.strip() for line in self.said().splitlines() if all(word in line for word in words)]
        assert lines, f"no line with {words} in:\n{self.said()[-5000:]}"
        return lines[-1]
