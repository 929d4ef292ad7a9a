"""A function's signature as a command line."""

from pathlib import Path

import pytest

from scaling.analysis.settings import FitWindow
from scaling.core.command import command
from scaling.core.errors import BadInput


def call(monkeypatch, function, *arguments):
    monkeypatch.setattr("sys.argv", ["script", *arguments])
    command(function)


def test_types_come_from_the_annotations(monkeypatch):
    seen = {}

    def main(
        data: Path,
        seeds: list[int],
        window: FitWindow,
        sizes: dict[str, int],
        rate: float = 0.5,
        name: str | None = None,
    ):
        """Help."""
        seen.update(locals())

    call(
        monkeypatch, main, "--data", "x.npz", "--seeds", "1", "2", "--window", '{"x_left": 0.1}', "--sizes", '{"a": 3}'
    )
    assert seen["data"] == Path("x.npz") and seen["seeds"] == [1, 2] and seen["sizes"] == {"a": 3}
    assert seen["window"] == FitWindow(x_left=0.1)
    assert seen["rate"] == 0.5 and seen["name"] is None


@pytest.mark.parametrize("text", ["{", '{"x_lift": 0.1}', '{"x_left": -1}'])
def test_bad_json_is_refused(monkeypatch, text):
    def main(window: FitWindow):
        raise AssertionError("must not be called")

    with pytest.raises(SystemExit) as stop:
        call(monkeypatch, main, "--window", text)
    assert stop.value.code == 2


def test_bad_input_is_one_line_without_a_traceback(monkeypatch):
    def main():
        raise BadInput("images.zip: no class")

    with pytest.raises(SystemExit) as stop:
        call(monkeypatch, main)
    assert stop.value.code == "error: images.zip: no class"
