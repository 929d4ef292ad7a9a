"""Run one step of the workflow from any directory, installed or not.

    python workflow_scripts/run.py                            # the steps that there are
    python workflow_scripts/run.py ROOM/STEP --help           # what a step takes
    python workflow_scripts/run.py perceptron/theory --alphas 1 5 --lambdas 0.1 1 10 ...

A step is a file workflow_scripts/ROOM/STEP.py. Rules call steps in this way, and so does a person in a shell.
"""

import gc
import runpy
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def steps() -> list[str]:
    """All steps, as ROOM/STEP."""
    return sorted(f"{file.parent.name}/{file.stem}" for file in HERE.glob("*/*.py") if file.parent.name != "scaling")


def main() -> None:
    """Find the step and run it with the rest of the command line."""
    step = sys.argv[1] if len(sys.argv) > 1 else ""
    if step not in steps():
        asked = step in ("", "-h", "--help")
        listed = "".join(f"\n  {name}" for name in steps())
        sys.exit(f"{__doc__}\nSteps:{listed}" if asked else f"error: {step!r} is not a step; the steps are:{listed}")
    # The library is found beside this file, and this folder's rooms do not hide installed packages.
    sys.path[0] = str(HERE)
    sys.argv = [f"run.py {step}", *sys.argv[2:]]
    file = str(HERE / f"{step}.py")
    # Once to import and define: what that makes stays, and to look through it for garbage takes up to a quarter longer.
    gc.disable()
    runpy.run_path(file)
    gc.freeze()
    gc.enable()
    runpy.run_path(file, run_name="__main__")


if __name__ == "__main__":
    main()
