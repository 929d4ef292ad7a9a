"""Who may know whom: read from the imports, so that nothing has to run. And what a room is."""

import ast
from functools import cache
from pathlib import Path

import pytest
from harness.paths import LIBRARY, ROOT, SCRIPTS

from scaling.core import fingerprint

ROOMS = sorted(file.parent.name for file in LIBRARY.glob("*/__init__.py"))
FILES = sorted(LIBRARY.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LINES = 300  # of a file of the library, at most


@cache
def imports_of(file: Path) -> frozenset[str]:
    """The modules, and names inside modules, that a file itself imports, at its top or in a function."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are written in full"
            found |= {node.module} | {f"{node.module}.{name.name}" for name in node.names}
    return frozenset(found)


def imported_by(file: Path) -> set[str]:
    """The modules that a file imports, directly or through other files of the library."""
    found, files, waiting = set(), set(), [file]
    while waiting:
        files.add(here := waiting.pop())
        found |= imports_of(here)
        waiting += set(fingerprint._imported_files(here)) - files
    return found


def knows(file: Path, *modules: str) -> set[str]:
    return {name for name in imported_by(file) for module in modules if f"{name}.".startswith(f"{module}.")}


def who_know(pattern: str, *modules: str) -> dict[str, list[str]]:
    """The files of the library that match and import one of the modules, and which."""
    files = sorted(LIBRARY.glob(pattern))
    assert files, pattern
    found = {str(file.relative_to(LIBRARY)): sorted(knows(file, *modules)) for file in files}
    return {file: known for file, known in found.items() if known}


def all_rooms_but(*rooms: str) -> list[str]:
    assert set(rooms) <= set(ROOMS)
    return ["scaling.config", *(f"scaling.{room}" for room in ROOMS if room not in rooms)]


def test_the_imports_are_found():
    assert len(FILES) > 100 and len(ROOMS) > 7
    assert knows(LIBRARY / "networks/training/block.py", "torch", "scaling.networks.models")
    assert knows(LIBRARY / "paper/tables/ours.py", "scaling.analysis.settings")
    assert knows(LIBRARY / "networks/data/sources/digits.py", "sklearn"), "also what a function imports"


def test_the_library_does_not_know_snakemake():
    assert who_know("**/*.py", "snakemake") == {}


def test_the_core_knows_no_other_room():
    assert who_know("core/**/*.py", *all_rooms_but("core")) == {}


def test_the_analysis_knows_the_core_alone():
    """What it is given may come from anywhere. Its figures know how this study's figures look."""
    for pattern in ("analysis/*.py", "analysis/robust/*.py"):
        assert who_know(pattern, *all_rooms_but("analysis", "core")) == {}
    assert who_know("analysis/figures/*.py", *all_rooms_but("analysis", "core", "plotting")) == {}


@pytest.mark.parametrize("room", ["analysis", "perceptron", "paper", "sources", "validation", "report"])
def test_what_does_not_train_knows_neither_torch_nor_the_training(room):
    """But for what a training's settings are called; and a recording says which machine it was made on."""
    files = (file.relative_to(SCRIPTS).with_suffix("") for file in LIBRARY.glob("networks/training/**/[!_]*.py"))
    training = {".".join(file.parts) for file in files}
    known = who_know(f"{room}/**/*.py", "torch", *training - {"scaling.networks.training.spec"})
    assert known.pop("sources/record.py", ["torch"]) == ["torch"]
    assert known == {}


@pytest.mark.parametrize("pattern", ["networks/norms/definitions/*.py", "networks/norms/trajectories.py"])
def test_a_norm_of_a_trained_network_needs_no_torch(pattern):
    assert who_know(pattern, "torch", "scaling.networks.training") == {}


def test_a_solvable_model_knows_no_network():
    assert who_know("perceptron/**/*.py", *all_rooms_but("perceptron", "core", "plotting", "sources", "analysis")) == {}


#: Models that may leave: no other room needs them, and they need no other model.
FURTHER = sorted(
    set(ROOMS)
    - {"analysis", "core", "networks", "own", "paper", "perceptron", "plotting", "report", "sources", "validation"}
)


@pytest.mark.parametrize("room", FURTHER)
def test_a_further_model_stands_alone(room):
    known = who_know(f"{room}/**/*.py", *all_rooms_but(room, "core", "plotting", "analysis"))
    assert known == {}
    others = [pattern for other in ROOMS if other != room for pattern in (f"{other}/*.py", f"{other}/**/*.py")]
    assert {file for pattern in others for file in who_know(pattern, f"scaling.{room}")} == set()


def test_no_room_knows_the_library_by_itself():
    """It is the front for people: what they may ask for, not what the workflow is made of."""
    others = [f"{room}/**/*.py" for room in ROOMS if room != "own"]
    assert {file for pattern in others for file in who_know(pattern, "scaling.own")} == set()


@pytest.mark.parametrize("place", ["training", "models", "norms", "data"])
def test_networks_know_nothing_downstream_of_themselves(place):
    after_training = [f"scaling.networks.{name}" for name in ("audits", "benchmark", "plan")]
    assert who_know(f"networks/{place}/**/*.py", *all_rooms_but("networks", "core"), *after_training) == {}


@pytest.mark.parametrize("pattern", ["training/**/*.py", "models/*.py", "layers.py", "build.py", "norms/layers.py"])
def test_what_trains_needs_torch_and_numpy_alone(pattern):
    """So that a run by hand needs no more on the machine that trains."""
    assert who_know(f"networks/{pattern}", "pandas", "pydantic", "sklearn", "scipy", "matplotlib", "yaml") == {}


def test_the_whole_configuration_is_for_the_rules():
    """A step is given what it needs of it: a key more in another room's settings makes nothing stale.

    Apart from those that no rule calls, but a person at home.
    """
    inside = [file for file in FILES if knows(file, "scaling.config")]
    assert {str(file.relative_to(LIBRARY).parent) for file in inside} <= {"networks/benchmark"}
    steps = {file.name for file in SCRIPTS.glob("*/*.py") if knows(file, "scaling.config")}
    assert steps <= {"benchmark.py", "queue_write.py", "queue_adopt.py"}


def circles(edges: dict[str, set[str]]) -> list[set[str]]:
    """The strongly connected components: the sets of modules of which each leads to all others and back."""
    reached = {}
    for start in edges:
        seen, waiting = set(), [start]
        while waiting:
            new = edges[waiting.pop()] - seen
            seen |= new
            waiting += new
        reached[start] = seen
    found = {
        frozenset(other for other in reached[one] if one in reached[other]) for one in edges if one in reached[one]
    }
    return sorted(map(set, found), key=sorted)


def test_circles_are_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}) == [{"b", "c"}]
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []


def test_no_modules_import_each_other_in_a_circle():
    """A package's __init__ is no part of a circle through the modules in it: whoever imports one of those runs it."""
    edges = {}
    for file in FILES:
        named = {path for name in imports_of(file) if (path := _file_of(name)) and path != file}
        edges[str(file.relative_to(LIBRARY))] = {str(path.relative_to(LIBRARY)) for path in named}
    assert circles(edges) == []


def _file_of(name: str) -> Path | None:
    """The module of the library that a name is, if it is one."""
    place = SCRIPTS.joinpath(*name.split("."))
    if not name.startswith("scaling"):
        return None
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None)


def test_no_file_of_the_library_is_long():
    lengths = {str(file.relative_to(LIBRARY)): len(file.read_text().splitlines()) for file in FILES}
    assert {name: lines for name, lines in lengths.items() if lines > LINES} == {}


def test_tests_import_no_test_module():
    """What tests share stands in tests/harness, where it is looked for."""
    modules = {file.stem for file in TESTS if file.name.startswith("test_")}
    modules |= {file.stem for file in (ROOT / "tests/benchmarks").glob("*.py")} | {"conftest"}
    found = {}
    for file in TESTS:
        words = {word for name in imports_of(file) for word in name.split(".")[:1]}
        if known := sorted(words & modules):
            found[str(file.relative_to(ROOT))] = known
    assert found == {}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_one_name_everywhere(room):
    """Its rules, its steps, its library, its tests; what is called by others alone has no rules and no steps."""
    without_rules, without_steps = {"core", "own", "plotting"}, {"own", "plotting"}
    assert list((ROOT / "tests" / room).rglob("test_*.py"))
    assert bool(list((ROOT / "rules" / room).glob("*.smk"))) == (room not in without_rules)
    assert bool(list((SCRIPTS / room).glob("*.py"))) == (room not in without_steps)


def test_there_are_no_other_rooms():
    known = set(ROOMS)
    assert {file.parent.name for file in ROOT.glob("rules/*/*.smk")} <= known
    assert {file.parent.name for file in SCRIPTS.glob("*/*.py")} - {"scaling"} <= known
    others = {"benchmarks", "harness", "slurm", "workflow"}  # of the workflow as a whole
    assert {file.parent.relative_to(ROOT / "tests").parts[0] for file in TESTS if file.parent != ROOT / "tests"} == (
        known | others
    )
