"""Numbers as people write them in a configuration."""

import pytest
import yaml

from scaling.core.errors import BadInput
from scaling.core.written import as_yaml, check_files, check_words, with_numbers


def test_exponents_without_a_point_are_numbers():
    given = {"learning_rate": "1e-3", "P": ["1e2", "2.5E+3"], "epochs": {"1e2": "5e1"}, "sizes": {"dropout": "1e-1"}}
    found = with_numbers(given)
    assert found == {"learning_rate": 1e-3, "P": [100, 2500], "epochs": {100: 50}, "sizes": {"dropout": 0.1}}
    assert type(found["P"][0]) is int and type(next(iter(found["epochs"]))) is int
    assert with_numbers({"root": "1e5", "name": "1e5", "variants": ["1e5"]})["root"] == "1e5"
    assert with_numbers({"a": "e5", "b": "1e", "c": True, "d": None, "e": "1e999"})["e"] == float("inf")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("cells: {A_b: {P: [0100, 200]}}", "line 1: config key cells.A_b.P.0: 0100 is the octal number 64 in YAML"),
        ("a: 1\nseeds: 010\n", "line 2: config key seeds: 010 is the octal number 8 in YAML; write 10, or 8"),
        ("epochs: {0100: 5}", "0100 is the octal number 64"),
        ("minutes: 1:30", "1:30 is 90 in YAML"),
        ("seeds: 007", "007 is the octal number 7 in YAML; write 7"),
        (
            "{learning_rate: 0,001}",
            "001 is a value of its own in YAML, beside 0; numbers are written with a decimal p",
        ),
        ("P: [1,000, 2,000]", "000 is a value of its own in YAML, beside 1;"),
        ("cells: &a {b: *a}", "config key cells.b: its anchor stands inside itself"),
        ("cells: {a: 1, a: 2}", "config key cells.a is there twice"),
    ],
)
def test_what_yaml_reads_as_another_number_is_refused(tmp_path, text, line):
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(BadInput) as problem:
        check_files([tmp_path / "mine.yaml"])
    assert line in str(problem.value) and "mine.yaml" in str(problem.value)


def test_a_file_of_another_encoding_is_refused_with_its_line(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_bytes("preset: quick\n# größer\n".encode("latin-1"))
    with pytest.raises(BadInput, match=r"mine\.yaml, line 2: not UTF-8 \(byte 0xf6\); save the file in that encoding$"):
        check_files([file])
    file.write_bytes("preset: quick\n# größer\n".encode("utf-16"))
    with pytest.raises(BadInput, match=r"line 1: not UTF-8 \(byte 0xff\)"):
        check_files([file])


def test_what_is_as_it_is_written_passes(tmp_path):
    text = "\ufeffa: 100\r\nb: '010'\r\nc: 0\r\nd: 0.5\r\ne: [1.0e-3, -7]\r\nf: v010\r\n"
    (tmp_path / "mine.yaml").write_bytes(text.encode())
    (tmp_path / "broken.yaml").write_text("a: [")
    check_files([tmp_path / "mine.yaml", tmp_path / "broken.yaml", tmp_path / "not there.yaml"])


def test_settings_are_written_without_anchors_and_read_back_the_same():
    shared = {"P": [100, 200], "fit": {}}
    settings = {"cells": {"B_x": shared, "A_y": shared}, "name": "größer", "epochs": {100: 5}}
    text = as_yaml(settings)
    assert "&" not in text and text.index("B_x") < text.index("A_y") and "größer" in text
    assert yaml.safe_load(text) == settings


def test_settings_of_a_command_line_are_checked_as_those_of_a_file():
    check_words(["snakemake", "--cores", "08", "all", "--config", "preset=quick", "P=[100]", "--set-threads", "x=010"])
    for words, line in (
        (["--config", "seeds=010"], "--config, line 1: config key seeds: 010 is the octal number 8 in YAML"),
        (["-C", "a=1", "cells={A_b: {P: [0100]}}"], "config key cells.A_b.P.0: 0100 is the octal number 64"),
        (["--config", "cells={a: 1, a: 2}"], "config key cells.a is there twice"),
    ):
        with pytest.raises(BadInput) as problem:
            check_words(words)
        assert line in str(problem.value)
