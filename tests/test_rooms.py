"""Who may know whom in the library: read from the imports, so that nothing has to run."""

import ast
from pathlib import Path

import fingerprint
import pytest

LIBRARY = fingerprint.ROOT / "scaling"
ANALYSIS = ["exponents/*", "curves/*", "norms/definitions", "norms/trajectories", "perceptron/*", "tables/*"]


def imported_by(file: Path) -> set[str]:
    """The modules that a file imports, directly or through other files of the library."""
    found, files, waiting = set(), set(), [file]
    while waiting:
        files.add(here := waiting.pop())
        for node in ast.walk(ast.parse(here.read_text())):
            if isinstance(node, ast.Import):
                found |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                found |= {node.module} | {f"{node.module}.{name.name}" for name in node.names}
        waiting += set(fingerprint._imported_files(here)) - files
    return found


def knows(file: Path, *modules: str) -> set[str]:
    return {name for name in imported_by(file) for module in modules if f"{name}.".startswith(f"{module}.")}


@pytest.mark.parametrize("pattern", ANALYSIS)
def test_the_analysis_does_not_know_torch(pattern):
    files = list(LIBRARY.glob(f"{pattern}.py"))
    assert files
    assert [file.name for file in files if knows(file, "torch", "scaling.training")] == []


def test_the_library_does_not_know_snakemake():
    files = list(LIBRARY.rglob("*.py"))
    assert len(files) > 50
    assert [file.name for file in files if knows(file, "snakemake")] == []


def test_training_knows_nothing_downstream_of_itself():
    downstream = [f"scaling.{room}" for room in ("curves", "exponents", "figures", "perceptron", "tables")]
    assert [file.name for file in (LIBRARY / "training").glob("*.py") if knows(file, *downstream)] == []


def test_the_imports_are_found():
    assert knows(LIBRARY / "training/block.py", "torch", "scaling.models")
    assert knows(LIBRARY / "tables/paper.py", "scaling.norms.definitions")
