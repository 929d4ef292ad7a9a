"""The report's captions: each is valid, says something, and says how the networks were trained where it shows them."""

from types import SimpleNamespace

import pytest
from docutils.core import publish_parts
from harness.paths import ROOT
from jinja2 import Environment, StrictUndefined

from scaling.paper.contents import FIGURES, PANELLED

CAPTIONS = {f"{file.parts[-3]}/{file.stem}": file for file in sorted(ROOT.glob("rules/*/captions/*.rst"))}
STEPS = sorted({figure.step for figure in PANELLED.values()})
#: Which figure shows trained networks, and by which step it is drawn.
OF_NETWORKS = [*(("paper/figures", step) for step in STEPS), ("paper/trajectories", "paper/trajectories")]


def rendered(
    name: str,
    preset: str = "quick",
    number: str = "3",
    audit: str = "fragility",
    step: str = "paper/collapse",
    settings: tuple[str, ...] = ("CNN digits: 5 runs.", "ViT digits: 7 runs."),
) -> str:
    template = Environment(undefined=StrictUndefined).from_string(CAPTIONS[name].read_text())
    job = SimpleNamespace(
        config={"preset": preset},
        wildcards=SimpleNamespace(number=number, audit=audit),
        params=SimpleNamespace(settings=list(settings), step=step, in_caption={"min_alpha": 25.0, "lambda_max": 300.0}),
    )
    return publish_parts(template.render(snakemake=job), writer="html", settings_overrides={"halt_level": 2})["body"]


def test_the_captions_are_found():
    assert {name.partition("/")[0] for name in CAPTIONS} >= {"networks", "paper", "perceptron"}
    assert len(CAPTIONS) >= 11


@pytest.mark.parametrize("name", CAPTIONS)
@pytest.mark.parametrize("preset", ["quick", "paper"])
def test_a_caption_is_valid_and_says_something(name, preset):
    assert len(rendered(name, preset)) > 200


@pytest.mark.parametrize("number", "12345")
def test_each_table_has_a_caption_of_its_own(number):
    assert f"Table {number}." in rendered("paper/tables", number=number)


@pytest.mark.parametrize("step", STEPS)
def test_each_kind_of_figure_has_a_caption_of_its_own(step):
    """Longer than the words that all of them share."""
    assert len(rendered("paper/figures", step=step)) > len(rendered("paper/figures", step="another")) + 100


@pytest.mark.parametrize("number", [number for number, figure in FIGURES.items() if "perceptron" in figure.step])
def test_each_figure_of_the_perceptron_has_a_caption_of_its_own(number):
    assert f"Figure {number}." in rendered(f"perceptron/fig{number}")


def test_each_audit_has_a_caption_of_its_own():
    captions = {rendered("networks/audits", audit=audit) for audit in ("fragility", "norm_audit")}
    assert len(captions) == 2 and all(len(caption) > 200 for caption in captions)


@pytest.mark.parametrize(("name", "step"), OF_NETWORKS)
def test_captions_of_networks_list_their_settings(name, step):
    page = rendered(name, step=step)
    assert "<li>CNN digits: 5 runs.</li>" in page.replace("<p>", "").replace("</p>", "")
    assert "ViT digits: 7 runs." in page
    assert "Settings:" not in rendered(name, step=step, settings=())
