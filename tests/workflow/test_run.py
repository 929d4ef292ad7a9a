"""How a step is run."""

import subprocess
import sys

from harness.paths import SCRIPTS

SCRIPT = """
import sys

sys.path.insert(0, {scripts!r})
import run

run.HERE = run.Path({here!r})
sys.argv = ["run.py", "room/step"]
run.main()
"""

STEP = """
import gc

print("imports", gc.isenabled())
if __name__ == "__main__":
    print("runs", gc.isenabled(), gc.get_freeze_count() > 1000)
"""


def test_garbage_is_looked_for_while_a_step_runs_and_not_among_its_modules(tmp_path):
    """A step's file is run twice, first to import, and what it does only once."""
    (tmp_path / "room").mkdir()
    (tmp_path / "room/step.py").write_text(STEP)
    script = SCRIPT.format(scripts=str(SCRIPTS), here=str(tmp_path))
    said = subprocess.check_output([sys.executable, "-c", script], text=True)
    assert said.splitlines() == ["imports False", "imports True", "runs True True"]
