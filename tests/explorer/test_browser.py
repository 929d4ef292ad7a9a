"""The page in Chromium: its numbers are Python's, a keyboard and a narrow screen suffice, and it asks for nothing."""

import json

import numpy as np
import pandas as pd
import pytest
from harness.browser import CHROMIUM, Browser, needs_chromium
from harness.explored import WINDOW, recorded, runs_of, tables_of

from scaling.analysis.authors import authors_exponents
from scaling.analysis.settings import FitWindow
from scaling.explorer.contents import contents
from scaling.explorer.numbers import quality
from scaling.explorer.page import page

pytestmark = needs_chromium

#: The page computes with numbers of DIGITS = 8 digits.
CLOSE = 1e-5


@pytest.fixture(scope="module")
def rows():
    """Two cells of a study, of one of which the curves are published too; and nothing that could be fitted."""
    few = runs_of(P=(500, 1000), seeds=1)
    published = runs_of(seeds=1, noise=0).assign(seed=np.nan, epoch=np.nan)
    return [
        tables_of(runs_of()),
        tables_of(few, cell="ViT_few", window=WINDOW.model_copy(update={"x_left": 0.2, "x_right": 0.25})),
        tables_of(published, study="published"),
    ]


@pytest.fixture(scope="module")
def file(rows, tmp_path_factory):
    file = tmp_path_factory.mktemp("explorer") / "explorer.html"
    file.write_text(page(contents(rows)), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def running():
    with Browser() as browser:
        yield browser


@pytest.fixture
def browser(running, file):
    running.open(file)
    return running


def value(browser: Browser, selector: str) -> float:
    return float(browser.run(f"document.querySelector({json.dumps(selector)}).dataset.value"))


def cell(browser: Browser, name: str, column: int) -> float:
    """A number of the table: 1 is the refit's, 2 the authors'."""
    return value(browser, f"#numbers tr[data-of={name}] td:nth-child({column + 1})")


def state(browser: Browser) -> dict:
    return browser.run("({ gamma_1: Page.view.gamma_1, gamma_2: Page.view.gamma_2, window: Page.view.window })")


def change(browser: Browser, name: str, chosen: str) -> None:
    event = f"of('{name}').value = {json.dumps(chosen)}; of('{name}').dispatchEvent(new Event('change'))"
    browser.run(event)


def test_a_slider_moved_by_keys_gives_pythons_quality(browser, rows, report):
    curves, optima = rows[0].curves, rows[0].optima
    assert value(browser, "#S") == pytest.approx(quality(curves, optima, 0, 0, x_left=WINDOW.x_left), rel=CLOSE)
    for name, times in (("gamma_2", 40), ("gamma_1", 25)):
        browser.run(f"of('{name}').focus()")
        browser.press("ArrowRight", times)
    now = state(browser)
    assert now["gamma_1"] > 0 and now["gamma_2"] > 0
    expected = quality(curves, optima, now["gamma_1"], now["gamma_2"], x_left=WINDOW.x_left)
    assert value(browser, "#S") == pytest.approx(expected, rel=CLOSE)
    assert browser.asked == [browser.run("location.href")] * len(browser.asked) and browser.said == []
    report(
        "Explorer", f"S in {CHROMIUM} {value(browser, '#S'):.7g}, in Python {expected:.7g}; asked for: the file itself"
    )


def test_the_curves_move_with_the_slider(browser):
    def optima():
        return browser.run(
            "Plot.chart.data.slice(1).filter((_, i) => i % 3 === 0).map((y) => Math.min(...y.filter(Number.isFinite)))"
        )

    before = np.array(optima())
    assert np.ptp(before) > 0.4
    browser.run("document.querySelector('[data-from=authors]').click()")
    assert np.ptp(np.array(optima()[:4])) < 0.1 * np.ptp(before)
    browser.run("document.querySelector('[data-from=raw]').click()")
    np.testing.assert_allclose(optima(), before)


def same_as_the_authors(browser, tables, window):
    fitted, local = authors_exponents(tables.curves, tables.optima, window)
    for name in ("gamma_1", "gamma_2", "gamma_pred", "gamma_meas"):
        assert cell(browser, name, 1) == pytest.approx(fitted.iloc[0][name], rel=CLOSE, nan_ok=True)
    sigmas = browser.run("Object.values(Page.refit).map((number) => number.sigma)")
    wanted = fitted.iloc[0][["sigma_1", "sigma_2", "sigma_pred", "sigma_meas"]].tolist()
    assert sigmas == pytest.approx(wanted, rel=1e-4)
    assert browser.run("Page.view.fit.lines.map((line) => line.P)") == local["P"].tolist()


def test_the_refit_is_the_authors_procedure(browser, rows):
    same_as_the_authors(browser, rows[0], WINDOW)
    assert cell(browser, "gamma_1", 1) == pytest.approx(cell(browser, "gamma_1", 2), rel=CLOSE)


def test_a_window_that_ends_at_a_point_of_the_curves_is_the_same(running, tmp_path):
    """The default rule ends halfway between two points of one curve: every other time that is a third one."""
    for seed in range(6):
        tables = tables_of(runs_of(P=(500, 1000, 2000, 4000, 8000), seed=seed), window=FitWindow())
        (tmp_path / "explorer.html").write_text(page(contents([tables])), encoding="utf-8")
        running.open(tmp_path / "explorer.html")
        same_as_the_authors(running, tables, FitWindow())


def test_a_P_without_a_mean_curve_counts_where_it_counts_for_the_authors(running, tmp_path):
    """One run that keeps one norm, which the grid of the mean curves has not: of it there is a norm at the minimum."""
    still = runs_of(P=(8000,), seeds=1).assign(log10_norm=3.3)
    tables = tables_of(pd.concat([runs_of(), still], ignore_index=True))
    assert set(tables.optima["P"]) - set(tables.curves["P"]) == {8000}
    (tmp_path / "explorer.html").write_text(page(contents([tables])), encoding="utf-8")
    running.open(tmp_path / "explorer.html")
    same_as_the_authors(running, tables, WINDOW)
    expected = quality(tables.curves, tables.optima, 0, 0, x_left=WINDOW.x_left)
    assert value(running, "#S") == pytest.approx(expected, rel=CLOSE) and not running.said


def test_the_refit_of_every_recorded_row_is_the_authors(running, tmp_path):
    """Windows by hand and by the default rule, all norms."""
    rows = recorded("laptop")
    (tmp_path / "explorer.html").write_text(page(contents(rows)), encoding="utf-8")
    running.open(tmp_path / "explorer.html")
    refits = running.run("Page.data.rows.map((row) => Numbers.refit(row, row.window))")
    assert len(refits) == len(rows)
    for tables, refit in zip(rows, refits, strict=True):
        for row in tables.exponents[tables.exponents["quantity"].isin(refit)].to_dict("records"):
            # NaN comes as null.
            found = [
                np.nan if refit[row["quantity"]][name] is None else refit[row["quantity"]][name]
                for name in ("value", "sigma")
            ]
            assert found == pytest.approx([row["value"], row["sigma"]], rel=1e-4, nan_ok=True), row


def test_handles_refit(browser, rows):
    """By the mouse and by the keyboard."""
    box = browser.run(
        "(({ x, y, width, height }) => [x + width / 2, y + height / 2])(of('handle_right').getBoundingClientRect())"
    )
    browser.drag(box, (box[0] - 60, box[1]))
    dragged = 10 ** state(browser)["window"]["log10_right"]
    assert dragged < 0.8 * WINDOW.x_right
    same_as_the_authors(browser, rows[0], WINDOW.model_copy(update={"x_right": dragged}))
    browser.run("of('handle_left').focus()")
    browser.press("ArrowRight", 10)
    moved = 10 ** state(browser)["window"]["log10_left"]
    assert np.log10(moved / WINDOW.x_left) == pytest.approx(0.2)
    window = WINDOW.model_copy(update={"x_left": moved, "x_right": dragged})
    same_as_the_authors(browser, rows[0], window)
    expected = quality(rows[0].curves, rows[0].optima, 0, 0, x_left=moved)
    assert value(browser, "#S") == pytest.approx(expected, rel=CLOSE), "S counts from the left handle on"


def test_the_smallest_P_of_each_fit_is_chosen(browser, rows):
    for name, P in (("gamma_1_min_P", 2000), ("gamma_2_min_P", 1000), ("gamma_meas_min_P", 1000)):
        change(browser, name, str(P))
    chosen = {"gamma_1_min_P": 2000, "gamma_2_min_P": 1000, "gamma_meas_min_P": 1000}
    same_as_the_authors(browser, rows[0], WINDOW.model_copy(update=chosen))


def test_a_P_that_is_switched_off_does_not_count(browser, rows):
    browser.run("document.querySelector('#P input').click()")
    expected = quality(rows[0].curves, rows[0].optima, 0, 0, x_left=WINDOW.x_left, P={1000, 2000, 4000})
    assert value(browser, "#S") == pytest.approx(expected, rel=CLOSE)


def test_what_cannot_be_fitted_is_a_dash(browser):
    change(browser, "cell", "ViT_few")
    text = browser.run("document.querySelector('#numbers tr[data-of=gamma_1] td').textContent")
    assert text == "–" and np.isnan(cell(browser, "gamma_1", 1))
    assert browser.run("of('fit_told').textContent").endswith("no γ₁.")


def place_of(browser: Browser, P: int, seed: int, point: int) -> list[float]:
    """Where a point of a run is on the screen."""
    return browser.run(
        f"(() => {{ const run = Page.view.runs.find((run) => run.P === {P} && run.seed === {seed});"
        " const box = Plot.chart.over.getBoundingClientRect();"
        " const at = (value, axis) => Plot.chart.valToPos(value, axis);"
        f" return [box.x + at(run.x[{point}], 'x'), box.y + at(run.y[{point}], 'y')]; }})()"
    )


def test_pointing_tells_run_P_and_epoch(browser, rows):
    browser.move(*place_of(browser, 1000, 2, 30))
    told = browser.run("of('told').textContent")
    run = rows[0].trajectories.query("P == 1000 and seed == 2").iloc[30]
    assert told.startswith(f"P = 1000, run 2, epoch {run['epoch']:g}: λ = ")
    assert told.endswith(f"test error {run['test_error']:#.3g}")


def test_arrow_keys_go_from_point_to_point(browser):
    browser.run("of('plot').focus()")
    told = []
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        browser.press(key)
        told.append(browser.run("of('told').textContent").partition(":")[0])
    assert told == ["P = 500, run 1, epoch 0.5", "P = 500, run 1, epoch 0.75", "P = 500, run 2, epoch 0.75"]


def test_every_control_is_reached_by_the_tab_key(browser):
    browser.run("document.body.focus()")
    reached = set()
    for _ in range(40):
        browser.press("Tab")
        reached.add(
            browser.run(
                "document.activeElement.id || document.activeElement.dataset.from || document.activeElement.tagName"
            )
        )
    assert reached >= {
        *(
            "study",
            "cell",
            "variant",
            "norm",
            "plot",
            "handle_left",
            "handle_right",
            "gamma_1",
            "gamma_2",
            "raw",
            "authors",
        ),
        *(
            "refit",
            "left",
            "right",
            "gamma_1_min_P",
            "gamma_2_min_P",
            "gamma_meas_min_P",
            "runs",
            "published",
            "SUMMARY",
        ),
    }


def test_published_curves_are_laid_over_where_they_are(browser):
    """Those of the same cell, variant and norm, and over no others."""

    def drawn():
        return browser.run(
            "Plot.chart.data.slice(1 + 3 * Page.view.row.optima.P.length).filter((y) => y.some(Number.isFinite)).length"
        )

    assert drawn() == 4
    browser.run("of('published').click()")
    assert drawn() == 0
    change(browser, "cell", "ViT_few")
    assert drawn() == 0 and browser.run("of('published').parentElement.hidden")
    change(browser, "study", "published")
    assert drawn() == 0 and browser.run("Page.view.row.study") == "published"


@pytest.mark.parametrize("width", [400, 1400])
def test_nothing_is_wider_than_the_screen(running, file, width):
    running.open(file, width, 800)
    assert running.run("document.documentElement.scrollWidth") <= width


def test_on_a_narrow_screen_the_curves_stay_in_sight_of_the_sliders(running, file):
    running.open(file, 400, 800)
    running.run("of('gamma_1').scrollIntoView({ block: 'end' })")
    top, bottom = running.run("(({ top, bottom }) => [top, bottom])(of('plot').getBoundingClientRect())")
    slider = running.run("of('gamma_1').getBoundingClientRect().top")
    assert top >= 0 and bottom <= slider < 800


def test_the_page_may_not_ask(browser):
    """Not even if a program in it wanted to."""
    asked = len(browser.asked)
    answer = browser.run("fetch('https://example.org/').then(() => 'asked', () => 'refused')")
    assert answer == "refused" and "example.org" not in " ".join(browser.asked[asked:])
    browser.said.clear()
