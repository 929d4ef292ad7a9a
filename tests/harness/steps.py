"""Steps of the workflow, called as a person in a shell calls them."""

import subprocess
import sys
from pathlib import Path

from harness.paths import SCRIPTS


def run_step(step: str, *arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """`python workflow_scripts/run.py STEP ...` in the folder `cwd`: its exit status and what it said."""
    command = [sys.executable, str(SCRIPTS / "run.py"), step, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)
