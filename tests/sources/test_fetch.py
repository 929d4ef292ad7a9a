"""Fetching the authors' files: without a network, from an `urlopen` of our own."""

import hashlib
import io
import json
import urllib.error

import pytest

from scaling.core.errors import BadInput
from scaling.sources import fetch


class Answer(io.BytesIO):
    def __init__(self, content, url):
        super().__init__(content)
        self.url = url


@pytest.fixture
def serve(monkeypatch):
    """serve(files, url=...): answer from a dictionary, 404 otherwise; an exception as a value is raised."""

    def start(files, url=None):
        def urlopen(address, timeout):
            content = files.get(address.removeprefix(fetch.SOURCE))
            if content is None:
                raise urllib.error.HTTPError(address, 404, "Not Found", None, None)
            if isinstance(content, Exception):
                raise content
            return Answer(content, url or address)

        monkeypatch.setattr(fetch.urllib.request, "urlopen", urlopen)

    return start


def test_what_is_there_is_copied_and_recorded(serve, tmp_path):
    serve({"a.npy": b"aaa", "b.npy": b"b"})
    fetch.fetch_published_curves(["b.npy", "a.npy", "c.npy", "a.npy"], tmp_path / "files", tmp_path / "files.json")
    assert {path.name: path.read_bytes() for path in (tmp_path / "files").iterdir()} == {"a.npy": b"aaa", "b.npy": b"b"}
    records = json.loads((tmp_path / "files.json").read_text())
    assert [record["name"] for record in records] == ["a.npy", "b.npy"]
    assert records[0]["sha256"] == hashlib.sha256(b"aaa").hexdigest() and records[0]["bytes"] == 3


def test_a_repository_without_any_gives_an_empty_folder(serve, tmp_path):
    serve({})
    fetch.fetch_published_curves(["a.npy"], tmp_path / "files", tmp_path / "files.json")
    assert not list((tmp_path / "files").iterdir())


@pytest.mark.parametrize(
    ("content", "url", "message"),
    [
        (urllib.error.URLError("no route"), None, "cannot be fetched .no route.; give the folder"),
        (urllib.error.HTTPError("x", 500, "broken", None, None), None, "cannot be fetched .broken."),
        (TimeoutError("slow"), None, "cannot be fetched .slow."),
        (b"x" * 101, None, "larger than 100 bytes"),
        (b"x", "http://elsewhere/a.npy", "answered from http://elsewhere/a.npy, which is not https"),
    ],
)
def test_what_goes_wrong_is_one_line_and_leaves_nothing(serve, tmp_path, monkeypatch, content, url, message):
    monkeypatch.setattr(fetch, "LARGEST_FILE", 100)
    serve({"a.npy": content}, url)
    with pytest.raises(BadInput, match=message):
        fetch.fetch_published_curves(["a.npy"], tmp_path / "files", tmp_path / "files.json")
    assert not list(tmp_path.rglob("*.npy")) and not (tmp_path / "files.json").exists()
