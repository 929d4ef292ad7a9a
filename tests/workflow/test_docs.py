"""The documents: the generated page is in step with the settings, links and names lead somewhere, the site builds."""

import importlib.util
import json
import os
import re
import subprocess
from html.parser import HTMLParser

import jsonschema
import pytest
import yaml
from harness.pages import PAGES
from harness.paths import ROOT

from scaling.config import ROOMS

DOCS, LIBRARY = ROOT / "docs", ROOT / "workflow_scripts" / "scaling"
README = ROOT / "README.md"
MKDOCS = ROOT / ".venv-docs" / "bin" / "mkdocs"
SCHEMA = DOCS / "config.schema.json"
TO_MEND = "run: .venv/bin/python docs/generate_configuration.py"


@pytest.fixture(scope="module")
def generator():
    spec = importlib.util.spec_from_file_location("generate_configuration", DOCS / "generate_configuration.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_settings_page_is_in_step_with_the_settings(generator):
    written = generator.PAGE.read_text()
    assert generator.page(written) == written, TO_MEND


def test_the_schema_is_in_step_with_the_settings(generator):
    assert generator.schema() == SCHEMA.read_text(), TO_MEND


def test_every_setting_has_a_meaning(generator):
    keys = dict(generator.every_key())
    assert len(keys) > 60
    assert [key for key, field in keys.items() if not field.description] == []


def test_every_setting_stands_on_the_page(generator):
    page = generator.PAGE.read_text()
    assert [room for room in ROOMS if f"\n## {room}\n" not in page] == []
    assert [key for key, _ in generator.every_key() if f"\n| `{key.rpartition('.')[2]}` |" not in page] == []


def mistakes(configuration: dict) -> list[str]:
    """What an editor says of a configuration file, whose keys are text in JSON."""
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    return [error.json_path for error in validator.iter_errors(json.loads(json.dumps(configuration)))]


def test_the_schema_knows_the_default_configuration():
    assert mistakes(yaml.safe_load((ROOT / "config.yaml").read_text())) == []
    assert mistakes({"cells": {"CNN_digits": None}, "exponents": {"seed": 1}}) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"norm": ["l1"]},
        {"norms": []},
        {"cells": {"CNN_digits": {"epoch": 3}}},
        {"variants": {"slow": {"learning_rat": 0.1}}},
        {"presets": {"mine": {"exponents": {"confidence": 2}}}},
    ],
)
def test_the_schema_finds_mistakes(wrong):
    assert mistakes(wrong)


CONFIGURATIONS = [
    pytest.param(block, id=f"{page.stem}{number}")
    for page, text in PAGES.items()
    for number, block in enumerate(re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    if yaml.safe_load(block)
]


@pytest.mark.parametrize("block", CONFIGURATIONS)
def test_what_pages_write_into_a_configuration_is_right(block):
    assert mistakes(yaml.safe_load(block)) == []


def test_the_pages_have_configurations():
    assert len(CONFIGURATIONS) > 8


def test_the_readme_is_short():
    assert len(README.read_text().split()) < 1000


def test_the_pictures_are_light():
    sizes = {file.name: file.stat().st_size for file in DOCS.glob("*.png")}
    assert len(sizes) > 10 and sum(sizes.values()) < 1_500_000
    assert {name: size for name, size in sizes.items() if size > 250_000} == {}


def test_every_room_has_its_page():
    rooms = [file.parent.name for file in LIBRARY.glob("*/__init__.py")]
    assert len(rooms) > 5
    assert [room for room in rooms if not (DOCS / f"{room}.md").is_file()] == []


def test_the_files_that_pages_name_exist():
    """Modules by their path in the library, other files by their path in the checkout; NAME and ROOM stand for any."""
    rooms = "|".join(file.parent.name for file in LIBRARY.glob("*/__init__.py"))
    modules = re.compile(rf"`((?:{rooms})/[a-z_0-9/]*(?:\.py|/))`")
    others = re.compile(r"`((?:docs|envs|examples|recorded|rules|slurm|tests|workflow_scripts)/[\w./-]*)`")
    missing, found = [], 0
    for page, text in PAGES.items():
        named = [LIBRARY / name for name in modules.findall(text)] + [ROOT / name for name in others.findall(text)]
        found += len(named)
        missing += [
            f"{page.name}: {path}" for path in named if not path.exists() and not re.search("NAME|ROOM", str(path))
        ]
    assert found > 50
    assert missing == []


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built site; a link or anchor that leads nowhere, or a page outside the navigation, is an error."""
    if not MKDOCS.is_file():  # it has an environment of its own, which `make test` alone does not make
        pytest.skip("MkDocs is not installed: `make docs` installs it into .venv-docs")
    folder = tmp_path_factory.mktemp("site")
    command = [MKDOCS, "build", "--strict", "--quiet", "--config-file", ROOT / "mkdocs.yml", "--site-dir", folder]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_site_builds(site):
    pages = {file.stem for file in site.glob("*.html")}
    assert pages >= {page.stem for page in DOCS.glob("*.md")} | {"changelog"}
    assert (site / "config.schema.json").is_file()


class _Requests(HTMLParser):
    """What a browser fetches for a page without a click."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag != "a":
            self.addresses += [value or "" for name, value in attributes if name in ("src", "srcset", "href", "data")]


def test_the_site_asks_no_other_host(site):
    for file in site.rglob("*.html"):
        text = file.read_text()
        page = _Requests()
        page.feed(text)
        assert len(page.addresses) > 5
        assert [each for each in page.addresses if re.match(r"(https?:)?//", each)] == [], file
        # What the theme itself would fetch elsewhere: diagrams, and the stars of a repository.
        assert 'class="mermaid"' not in text and 'data-md-component="source"' not in text, file
    for file in site.rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*[\"']?(https?:)?//", file.read_text()), file
