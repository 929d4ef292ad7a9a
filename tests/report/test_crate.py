"""A finished study in a crate: every file with its hash, and everything that is referred to is there."""

import hashlib
import json

import pytest
import yaml
from harness.paths import ROOT

from scaling.core.errors import BadInput
from scaling.report.crate import crate

CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text())


@pytest.fixture
def described(tmp_path):
    files = [tmp_path / "table1.tsv", tmp_path / "figures/fig3.pdf"]
    settings = tmp_path / "study.yaml"
    (tmp_path / "figures").mkdir()
    for number, file in enumerate([*files, settings]):
        file.write_bytes(b"x" * (number + 1))
    # a file that two rules ask for is one file
    return crate(tmp_path, [*files, files[0]], settings, CITATION, {"numpy": "2.4.6"}, "abc+", "quick")


def entity(described, name):
    (found,) = (each for each in described["@graph"] if each["@id"] == name)
    return found


def references(value):
    """The @id of every reference to another entity, however deep."""
    if isinstance(value, dict):
        if set(value) == {"@id"}:
            yield value["@id"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_each_file_has_its_hash_and_size(described):
    figure = entity(described, "figures/fig3.pdf")
    assert figure["sha256"] == hashlib.sha256(b"xx").hexdigest()
    assert figure["contentSize"] == "2" and figure["encodingFormat"] == "application/pdf"


def test_the_run_tells_what_went_in_and_came_out(described):
    run, root = entity(described, "#run"), entity(described, "./")
    assert run["object"] == {"@id": "study.yaml"} and root["author"] == run["agent"]
    assert [each["@id"] for each in run["result"]] == ["table1.tsv", "figures/fig3.pdf"]
    assert {each["@id"] for each in root["hasPart"]} == {"study.yaml", "table1.tsv", "figures/fig3.pdf"}
    assert entity(described, "#workflow")["softwareVersion"] == f"{CITATION['version']} (abc+)"


def test_names_are_unique_and_references_lead_somewhere(described):
    names = [each["@id"] for each in described["@graph"]]
    assert len(names) == len(set(names))
    assert set(references(described["@graph"])) - set(names) == {"https://w3id.org/ro/crate/1.1"}
    assert json.loads(json.dumps(described)) == described


def test_a_file_that_is_missing_or_elsewhere_is_named(tmp_path):
    settings = tmp_path / "results/study.yaml"
    settings.parent.mkdir()
    settings.write_text("{}")
    elsewhere = tmp_path / "elsewhere.tsv"
    elsewhere.write_text("")
    for file, said in ((tmp_path / "results/none.tsv", "none.tsv is not there"), (elsewhere, "is not below")):
        with pytest.raises(BadInput, match=said):
            crate(settings.parent, [file], settings, CITATION, {}, None, "quick")
