"""The study as PDF: nothing in a name or a caption is read as markup, and the checklist says what the study is."""

import json

import pandas as pd
import pytest
import typst
from harness.explored import runs_of
from harness.paths import EXAMPLE_CURVES
from harness.study import Study as Workflow

from scaling.analysis.facts import facts, with_facts
from scaling.analysis.mean_curves import mean_curves
from scaling.analysis.settings import Exponents, FitWindow
from scaling.core.errors import BadInput
from scaling.paper.pdf.checklist import Study, checklist, named
from scaling.paper.pdf.document import document, shortened, title_of, typeset
from scaling.paper.pdf.html import tree

#: What Typst would act on, or stumble over, if it read it.
HOSTILE = '#panic("read") *_ $x [ ] { } \\ "quoted" <b> & @nobody // /* `#import "x.typ"` </table>'


def study(**changes) -> Study:
    settings = {
        "name": "a study",
        "words": ["CNN MNIST: 3 runs at each of 4 P."],
        "windows": {"CNN MNIST": FitWindow(gamma_1_min_P=1000, x_left=0.01, x_right=0.2, gamma_2_min_P=500)},
        "exponents": Exponents(bootstrap_resamples=300, confidence=0.9, seed=7, grid_points=40),
        "settings": "seed: 1\n",
    }
    return Study(**(settings | changes))


def optima(**changes) -> pd.DataFrame:
    return mean_curves(runs_of().assign(**changes))[1]


def result(**changes) -> dict:
    return {
        "path": "table.html",
        "category": "Tables",
        "labels": {"table": "1", "shows": "exponents"},
        "caption": "<p><strong>Table 1.</strong> γ₁ &lt; 1.</p>",
        "rule": "table",
        "inputs": ["results/a.tsv"],
    } | changes


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a table and a figure, in which the test works."""
    monkeypatch.chdir(tmp_path)
    head = '<tr><th></th><th colspan="2">γ₁</th></tr><tr><th>cell</th><th>ours</th><th>theirs</th></tr>'
    table = f"<table><thead>{head}</thead><tbody><tr><td>CNN</td><td>0.5</td><td>0.4</td></tr></tbody></table>"
    (tmp_path / "table.html").write_text(
        f"<!DOCTYPE html><title>x</title><style>p{{}}</style><p>words</p>{table}<p>note</p>"
    )
    (tmp_path / "figure.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="900" height="3000"/>')
    return tmp_path


def pages_of(data: dict) -> list[str]:
    """The headings, as Typst itself reads them; it fails on what is no Typst."""
    found = []
    original = typst.compile

    def queried(main, **options):
        headings = json.loads(typst.query(main, "heading", root=options["root"]))
        found.extend(words_in(heading["body"]) for heading in headings)
        return original(main, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typst, "compile", queried)
        typeset(data, "paper.pdf")
    return found


def words_in(content: dict) -> str:
    """The text of what Typst calls content."""
    if content.get("func") == "space":
        return " "
    parts = content.get("children", []) + [content[key] for key in ("body", "child") if key in content]
    return content.get("text", "") + "".join(words_in(part) for part in parts)


def test_a_document_of_tables_and_figures(here):
    figure = result(path="figure.svg", category="Figures", labels={"figure": "03", "shows": "a law"})
    data = document({"description": "", "results": [figure, result()]}, study(), {"CNN MNIST": optima()}, "abc")
    assert [section["title"] for section in data["sections"]] == ["Tables", "Figures"]
    headings = pages_of(data)
    assert headings[:4] == ["Tables", "Table 1: exponents", "Figures", "Figure 3: a law"]
    assert headings[4:] == [
        "What a report of scaling laws must say",
        "The law",
        "The training",
        "The points",
        "The fit",
        "How it was made",
    ]
    assert (here / "paper.pdf").read_bytes().startswith(b"%PDF")


def test_under_each_result_stands_what_made_it(here):
    (section,) = document({"description": "", "results": [result()]}, study(), {}, "0123456789abcdef+")["sections"]
    assert section["results"][0]["made"] == "table.html: rule table, from results/a.tsv; commit 0123456789+."
    (section,) = document({"description": "", "results": [result(inputs=[])]}, study(), {}, None)["sections"]
    assert section["results"][0]["made"] == "table.html: rule table, from nothing; commit not known."


def test_no_words_are_read_as_markup(here):
    """Wherever they come from: names, labels, captions, settings, tables."""
    (here / "table.html").write_text(
        "<p>{0}</p><table><tr><td>{0}</td></tr></table>".format(HOSTILE.replace("<", "&lt;"))
    )
    caption = f"<p>{HOSTILE.replace('&', '&amp;').replace('<', '&lt;')}</p>"
    hostile = result(labels={"table": HOSTILE, "shows": HOSTILE}, caption=caption, rule=HOSTILE, inputs=[HOSTILE])
    said = study(name=HOSTILE, words=[HOSTILE], windows={HOSTILE: FitWindow()}, settings=HOSTILE, audits=[HOSTILE])
    contents = {"description": caption, "results": [hostile | {"category": HOSTILE}]}
    data = document(contents, said, {HOSTILE: optima()}, HOSTILE)
    assert data["sections"][0]["results"][0]["caption"][0]["parts"] == [{"text": HOSTILE}]
    headings = pages_of(data)
    plain = "".join(headings[0].split())
    assert plain == "".join(HOSTILE.split())


def test_the_same_data_give_the_same_bytes(here):
    data = document({"description": "", "results": [result()]}, study(), {"CNN MNIST": optima()}, "abc")
    typeset(data, "one.pdf")
    typeset(data, "other.pdf")
    assert (here / "one.pdf").read_bytes() == (here / "other.pdf").read_bytes()


def test_a_figure_that_is_not_there_is_one_line_and_no_pdf(here):
    data = document({"description": "", "results": [result(path="gone.png")]}, study(), {}, None)
    with pytest.raises(BadInput, match=r"^gone\.png: cannot be read: No such file or directory$"):
        typeset(data, "paper.pdf")
    assert not (here / "paper.pdf").exists()


def test_html_becomes_a_tree():
    assert tree("<p>a  <em>b</em>\n<b>c</b> &lt;d&gt;</p>\n<hr>") == [
        {
            "kind": "p",
            "parts": [
                {"text": "a "},
                {"kind": "em", "parts": [{"text": "b"}]},
                {"text": " "},
                {"kind": "strong", "parts": [{"text": "c"}]},
                {"text": " <d>"},
            ],
        }
    ]
    (table,) = tree("<div><table><tbody>\n<tr><th colspan=2>x</th></tr></tbody></table></div><style>y</style>")
    assert table["parts"][0]["parts"] == [{"kind": "td", "parts": [{"text": "x"}], "span": 2, "head": True}]
    assert tree("<title>x</title><script>y</script><h1 class='title'>z</h1>") == []
    assert tree("<h1>a</h1>") == [{"kind": "h1", "parts": [{"text": "a"}]}]
    (items,) = tree("<ul class='simple'><li><p>one</p></li><li>two</li></ul>")
    assert [item["kind"] for item in items["parts"]] == ["li", "li"]


@pytest.mark.parametrize(
    ("labels", "title"),
    [
        ({"figure": "03", "shows": "a law"}, "Figure 3: a law"),
        ({"table": "1"}, "Table 1"),
        ({"figure": "covariates: laws", "shows": "curves"}, "Covariates: laws: curves"),
    ],
)
def test_titles(labels, title):
    assert title_of(labels) == title


def test_files_that_differ_in_a_folder_or_a_name_are_one():
    files = [
        f"results/curves/{cell}/baseline/l2{end}" for cell in ("A_b", "C_d") for end in (".parquet", ".optima.parquet")
    ]
    assert shortened([*files, "results/table1.tsv"]) == (
        "results/curves/*/baseline/l2.parquet (2 files), results/curves/*/baseline/l2.optima.parquet (2 files), "
        "results/table1.tsv"
    )
    assert shortened(["a/1.tsv", "a/2.tsv"]) == "a/*.tsv (2 files)"
    assert shortened([]) == ""


def answers(said: Study, tables: dict) -> dict[str, str]:
    return {answer.question: "\n".join(answer.lines) for answer in checklist(said, tables)}


def test_every_question_has_an_answer():
    for tables in ({"CNN MNIST": optima()}, {}):
        found = checklist(study(), tables)
        assert len({answer.question for answer in found}) == len(found) >= 15
        assert all(answer.lines or not tables for answer in found)
        assert all(line.strip() for answer in found for line in answer.lines)


def test_answers_come_from_the_tables():
    lost = runs_of()
    lost["diverged"] = (lost["P"] == 500) & (lost["seed"] == 2)
    at_the_end = lost[(lost["P"] < 4000) | (lost["epoch"] < 5)]
    found = answers(study(), {"CNN MNIST": mean_curves(at_the_end)[1]})
    assert found["Over which range?"] == "CNN MNIST: 4 P from 500 to 4,000, a factor of 8."
    runs = found["How many runs are there, and which are left out?"]
    assert runs == "CNN MNIST: 11 count, 1 diverged and are left out."
    reached = found["Were the smallest errors reached?"]
    assert reached == "CNN MNIST: no, most runs still improved at their last point at P = 4,000."
    found = answers(study(), {"CNN MNIST": optima()})
    assert found["Were the smallest errors reached?"].startswith("CNN MNIST: at no P")
    loss = with_facts(optima(), facts("test loss (nats)", "characters", floor=0.5))
    found = answers(study(), {"GPT text": loss})
    assert "the test loss (nats)" in found["What scales with what?"]
    assert found["What does P count?"] == "Characters of the training set."
    assert "GPT text: 0.5 was subtracted" in found["Is there an error that no P removes?"]


def test_answers_come_from_the_settings():
    found = answers(study(predictions=["results/prediction.tsv"]), {})
    assert "90% intervals from 300 resamples of the runs (random seed 7)" in found["How sure are the exponents?"]
    assert "the mean curve of each P at 40 norms" in found["Which points of a run count?"]
    window = "Authors, CNN MNIST: γ₁ with λ/λ_opt from 0.01 to 0.2; γ₁ from P = 1,000; γ₂ from P = 500."
    assert window in found["Which points does a fit leave out?"]
    assert found["Was anything predicted that was not fitted?"] == "See results/prediction.tsv."
    assert found["Would other choices give other exponents?"] == "This study does not tell."
    none = answers(study(exponents=Exponents(bootstrap_resamples=0), words=[], windows={"x": FitWindow()}), {})
    assert "no intervals were asked for" in none["How sure are the exponents?"]
    assert "was given the learning curves" in none["What is trained, and how?"]
    assert "by the default rule" in none["Which points does a fit leave out?"]


def test_rows_are_named_as_people_name_them():
    assert named("trained", "CNN_MNIST") == "CNN MNIST"
    assert named("recorded/laptop", "CNN_MNIST14") == "laptop, CNN MNIST14"


def test_the_workflow_typesets_what_a_study_has(tmp_path):
    """Your own curves: no training. The captions are those of the report."""
    workflow = Workflow(tmp_path / "study")
    mine = f"external={{mine: {{file: '{EXAMPLE_CURVES}'}}}}"
    settings = "exponents={bootstrap_resamples: 10}"
    workflow.run("--cores", "1", "--config", mine, settings, "preset=tiny", "--", "results/external/mine/paper.pdf")
    contents = json.loads((workflow.folder / "results/external/mine/paper.json").read_text())
    assert sorted(one["labels"]["figure"] for one in contents["results"]) == ["03", "04", "11", "12", "common law"]
    for one in contents["results"]:
        assert one["rule"] in ("figure", "figure_common_law")
        assert one["path"].endswith(".pdf") and len(one["caption"]) > 100
        assert one["inputs"] and all((workflow.folder / file).is_file() for file in one["inputs"])
    assert (workflow.folder / "results/external/mine/paper.pdf").read_bytes().startswith(b"%PDF")
