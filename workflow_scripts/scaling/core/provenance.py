"""What made a result: software and code. (The machine: scaling.core.machine.)"""

import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("snakemake", "torch", "torchvision", "numpy", "scipy", "pandas", "matplotlib")


def software() -> dict[str, str]:
    """Versions of Python and of the packages that make the numbers."""
    return {"Python": platform.python_version()} | {name: version(name) for name in PACKAGES}


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
