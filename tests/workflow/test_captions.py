"""The report's captions: each is valid, says something, and says how the networks were trained where it shows them."""

from types import SimpleNamespace

import pytest
from docutils.core import publish_parts
from harness.study import ROOT
from jinja2 import Environment, StrictUndefined

CAPTIONS = sorted((ROOT / "rules" / "captions").glob("*.rst"))
OF_NETWORKS = ["collapse", "exponent_fits", "learning_curves", "scaling_laws", "trajectories"]


def rendered(name: str, preset: str = "quick", number: str = "3", audit: str = "fragility") -> str:
    template = Environment(undefined=StrictUndefined).from_string((ROOT / f"rules/captions/{name}.rst").read_text())
    job = SimpleNamespace(
        config={"preset": preset},
        wildcards=SimpleNamespace(number=number, audit=audit),
        params=SimpleNamespace(
            settings=["CNN digits: 5 runs.", "ViT digits: 7 runs."], min_alpha=25.0, lambda_max=300.0
        ),
    )
    return publish_parts(template.render(snakemake=job), writer="html", settings_overrides={"halt_level": 2})["body"]


@pytest.mark.parametrize("name", [path.stem for path in CAPTIONS])
@pytest.mark.parametrize("preset", ["quick", "paper"])
def test_a_caption_is_valid_and_says_something(name, preset):
    assert len(rendered(name, preset)) > 200


@pytest.mark.parametrize("number", "12345")
def test_each_table_has_a_caption_of_its_own(number):
    assert f"Table {number}." in rendered("tables", number=number)


def test_each_audit_has_a_caption_of_its_own():
    captions = {rendered("audits", audit=audit) for audit in ("fragility", "norm_audit")}
    assert len(captions) == 2 and all(len(caption) > 200 for caption in captions)


@pytest.mark.parametrize("name", OF_NETWORKS)
def test_captions_of_networks_list_their_settings(name):
    page = rendered(name)
    assert "<li>CNN digits: 5 runs.</li>" in page.replace("<p>", "").replace("</p>", "")
    assert "ViT digits: 7 runs." in page
