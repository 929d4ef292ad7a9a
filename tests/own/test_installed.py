"""The library as `pip install .` leaves it, for `make test-own`; where it is not installed the tests are skipped."""

import subprocess
import sys
import sysconfig
from importlib.metadata import distributions
from pathlib import Path

import pytest

USER = """
import torch

from scaling.own import Fit, Number, Recorder, fit, plot, predict, read_curves

model: torch.nn.Module = torch.nn.Linear(4, 2)
recorder = Recorder(model, P=10, seed=1, example=torch.zeros(1, 4))
if recorder.due(1):
    row = recorder.log(step=1, test_error=torch.tensor(0.5), test_loss=0.7)
norms: dict[str, float] = recorder.log10_norms()
words: str = recorder.layers.in_words()
recorder.save("run.tsv")
Recorder(model, P=10, example=(torch.zeros(1, 4),), norms=["l2"]).resume("run.tsv", step=1)


def exponents(folder: str) -> Number:
    curves = read_curves(folder, norm="l2", measure="loss", guess=0.69)
    found: Fit = fit(curves, resamples=100)
    predict(curves, [4000], resamples=50)["value"].mean()
    plot(curves, found).savefig("laws.png")
    return found.gamma_1
"""


@pytest.fixture(scope="module", autouse=True)
def installed():
    """Skip where the package is not installed: what a build leaves in the checkout names it as well."""
    if not any(distributions(name="learning-curve-laws", path=[sysconfig.get_path("purelib")])):
        pytest.skip("learning-curve-laws is not installed here (make test-own)")


def python(*words, cwd):
    """Python without the checkout on its path."""
    done = subprocess.run([sys.executable, "-I", *words], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_page_runs_with_what_is_installed(tmp_path):
    from own.test_page import BLOCKS

    program = (
        "import matplotlib; matplotlib.use('agg')\n" + "\n".join(BLOCKS) + "\nimport scaling; print(scaling.__file__)"
    )
    (tmp_path / "page.py").write_text(program)
    where = python("page.py", cwd=tmp_path).splitlines()[-1]
    # Not from the checkout, in which the environment itself may lie.
    assert Path(where).is_relative_to(sysconfig.get_path("purelib"))
    assert (tmp_path / "laws.png").stat().st_size > 10_000


def test_a_users_program_is_typed(tmp_path):
    """By mypy, strictly; what is used wrongly is found."""
    pytest.importorskip("mypy")
    (tmp_path / "user.py").write_text(USER)
    assert "Success" in python("-m", "mypy", "--strict", "user.py", cwd=tmp_path)
    (tmp_path / "user.py").write_text(USER.replace("P=10, seed=1", 'P="10", seed=1').replace(".gamma_1", ".gamma1"))
    command = [sys.executable, "-I", "-m", "mypy", "--strict", "user.py"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout
    assert "[arg-type]" in said and "[attr-defined]" in said
