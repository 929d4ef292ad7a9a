"""How long a dry run of the paper's whole study takes, and how much memory, at its number of seeds and at ten times it.

python tests/benchmarks/dag.py [factor ...]
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))
from harness.paths import ROOT
from harness.study import Study

SECONDS, MEGABYTES = 20, 500  # what the paper's own number of seeds may take


def more_seeds(factor: int) -> dict:
    """The overrides that multiply every number of seeds of the paper's study."""
    paper = yaml.safe_load((ROOT / "config.yaml").read_text())["presets"]["paper"]
    return {
        section: {name: {"seeds": factor * keys["seeds"]} for name, keys in paper[section].items() if "seeds" in keys}
        for section in ("cells", "variants")
    }


def measure(factor: int, folder: Path) -> dict[str, float]:
    """Jobs, seconds (wall and CPU) and megabytes of `snakemake --profile slurm -n all`, nothing made yet."""
    settings = folder / "more_seeds.yaml"
    settings.write_text(json.dumps(more_seeds(factor)))
    study = Study(folder / f"x{factor}", settings, preset="paper")
    start = time.monotonic()
    with study.start("--profile", "slurm", "--dry-run", "--quiet", "all") as run:
        _, status, used = os.wait4(run.process.pid, 0)
        run.process.returncode = os.waitstatus_to_exitcode(status)
    if run.process.returncode:
        raise SystemExit(run.said()[-3000:])
    stats = run.said().split("Job stats:")[1]
    total = next(int(line.split()[1]) for line in stats.splitlines() if line.startswith("total"))
    return {
        "factor": factor,
        "jobs": total,
        "wall_seconds": round(time.monotonic() - start, 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "megabytes": round(used.ru_maxrss / 1024),
    }


#: What the ratio compares with (tests/benchmarks/trends.py).
PEER = "as many jobs of rules with nothing but file names"
BARE = """
rule all:
    input: "all.txt"
rule gather:
    input: expand("parts/{{number}}.txt", number=range({jobs}))
    output: "all.txt"
    shell: "cat {{input}} > {{output}}"
rule part:
    output: "parts/{{number}}.txt"
    log: "logs/{{number}}.log"
    shell: "echo {{wildcards.number}} > {{output}} 2> {{log}}"
"""


def ratio() -> tuple[float, float]:
    """Processor seconds of a dry run of the paper's study: the peer's, ours."""
    folder = Path(tempfile.mkdtemp(prefix="bench-dag-"))
    try:
        ours = measure(1, folder)
        (folder / "Snakefile").write_text(BARE.format(jobs=int(ours["jobs"]) - 2))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "snakemake", "--cores", "1", "--dry-run", "--quiet", "--scheduler", "greedy"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
    finally:
        shutil.rmtree(folder)
    return used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime, ours["cpu_seconds"]


def main(factors: list[int]) -> None:
    folder = Path(tempfile.mkdtemp(prefix="bench-dag-"))
    try:
        for factor in factors:
            row = measure(factor, folder)
            print("  ".join(f"{key} {value}" for key, value in row.items()), flush=True)
            if factor == 1 and (row["cpu_seconds"] > SECONDS or row["megabytes"] > MEGABYTES):
                sys.exit(f"the paper's dry run takes more than {SECONDS} seconds of CPU or {MEGABYTES} MB")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [1, 10])
