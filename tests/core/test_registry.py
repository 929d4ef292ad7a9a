"""Things that are chosen by name: the files of a folder are the list."""

import sys

import pytest

from scaling.core import registry
from scaling.core.errors import BadInput
from scaling.core.registry import Registry


@pytest.fixture
def toys(tmp_path, monkeypatch):
    """A package of the library with three choices and what they share, in a folder of its own."""
    folder = tmp_path / "toys"
    folder.mkdir()
    for name in ("__init__", "_shared", "ball", "car", "broken"):
        (folder / f"{name}.py").write_text("colour = 'red'\n" if name != "broken" else "1 / 0\n")
    import scaling

    monkeypatch.setattr(registry, "SCALING", tmp_path)
    monkeypatch.setattr(scaling, "__path__", [*scaling.__path__, str(tmp_path)])
    yield Registry("toys", "toy")
    for name in [name for name in sys.modules if name.startswith("scaling.toys")]:
        del sys.modules[name]


def test_the_files_are_the_list_and_are_not_imported_to_read_it(toys):
    assert toys.names() == ["ball", "broken", "car"]
    assert toys.check("Ball") == "ball" and toys.module("CAR") == "scaling.toys.car"
    assert not any(name.startswith("scaling.toys") for name in sys.modules)


def test_what_is_chosen_is_imported_alone(toys):
    assert toys.load("Car").colour == "red"
    assert {name for name in sys.modules if name.startswith("scaling.toys")} == {"scaling.toys", "scaling.toys.car"}


@pytest.mark.parametrize("name", ["boat", "_shared", "__init__", "", "car.py", "../toys/car"])
def test_any_other_name_is_one_line_that_lists_what_there_is(toys, name):
    with pytest.raises(BadInput) as problem:
        toys.load(name)
    assert str(problem.value) == f"toy {name!r} is not one of ball, broken, car (files of scaling/toys)"
