"""What the README and docs/ say works: their commands are dry-run, the recipes run for real on a few small images."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import yaml
from harness.pages import FENCED, LINES, PAGES, TEXT, block_with
from harness.paths import LIBRARY, ROOT, SCRIPTS
from harness.study import Study
from PIL import Image

# Names that a reader replaces by his own.
STAND_INS = {"PATH/Snakefile": "Snakefile"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the workflow with the pages' configuration file, images, model and norm in place."""
    folder = tmp_path_factory.mktemp("readme")
    configuration = folder / "mine.yaml"
    configuration.write_text(block_with("# mine.yaml"))
    study = Study(folder / "copy", configuration, preset=None)
    (study.folder / "mine.yaml").write_text(configuration.read_text())
    (study.folder / "FOLDER").mkdir()
    (study.folder / "FOLDER/CNN_MNIST.npy").touch()  # there, and not read before a job runs
    library = study.folder / LIBRARY.relative_to(ROOT)
    (library / "networks/models/small.py").write_text(block_with("def build(image_shape, classes, hidden=64)"))
    norm = block_with("The largest of the layers' spectral norms.")
    (library / "networks/norms/definitions/largest_layer.py").write_text(norm)
    return study


def draw_images(folder: Path, classes: int = 3) -> None:
    """Stripes of another direction and period for each class, with noise: small, and not quite easy."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:12, :12]
    for part, count in (("train", 48), ("test", 16)):
        for label in range(classes):
            where = folder / part / f"kind{label}"
            where.mkdir(parents=True)
            for number in range(count):
                wave = np.sin((x if label % 2 else y) * (1 + label / 2) + rng.uniform(0, 6))
                noise = rng.normal(0, 1, x.shape)
                pixels = np.clip(127 + 50 * wave + 40 * noise, 0, 255).astype(np.uint8)
                Image.fromarray(pixels).save(where / f"{number}.png")


def snakemake_commands() -> list[str]:
    return [line for line in LINES if line.startswith("snakemake ")]


def test_there_are_commands_to_test():
    assert len(snakemake_commands()) >= 10


@pytest.mark.parametrize("line", snakemake_commands())
def test_every_snakemake_command_plans_its_jobs(copy, line):
    (copy.folder / "leaves.zip").touch()
    words = [STAND_INS.get(word, word) for word in shlex.split(line, comments=True)[1:]]
    if "--configfile" not in words:  # the study of the fixture is for the recipes
        words = ["--configfile", "config.yaml", *words]
    said = copy.run("--dry-run", *_targets_last(words))
    assert "Job stats:" in said or "Nothing to be done" in said


def _targets_last(words: list[str]) -> list[str]:
    """The targets behind `--`, since --config and --configfile take as many values as follow."""
    is_target = [
        word.startswith("results/") or (word in ("all", "recorded") and before != "--cores")
        for before, word in zip(["", *words], words, strict=False)
    ]
    targets = [word for word, chosen in zip(words, is_target, strict=True) if chosen]
    return [word for word, chosen in zip(words, is_target, strict=True) if not chosen] + ["--", *targets]


def test_every_make_target_exists():
    makefile = (ROOT / "Makefile").read_text()
    named = set(re.findall(r"`?make ([a-z][a-z-]+)`", TEXT)) | {
        line.split()[1] for line in LINES if re.match(r"make [a-z]", line)
    }
    assert len(named) > 5
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_step_exists():
    named = set(re.findall(r"run\.py ([a-z_]+/[a-z_]+)", TEXT))
    assert named
    assert [step for step in named if not (SCRIPTS / f"{step}.py").is_file()] == []


def test_the_recipes_work_as_written(copy):
    draw_images(copy.folder / "stripes")
    mine = yaml.safe_load((copy.folder / "mine.yaml").read_text())
    mine["datasets"]["leaves"]["root"] = "stripes"
    cell = mine["cells"]["CNN_leaves"]
    shorter = {"P": [18, 36, 72, 144], "seeds": 2, "epochs": 3}
    mine["cells"] |= {
        "CNN_leaves": cell | shorter,
        "small_leaves": {key: cell[key] for key in ("dataset",)}
        | shorter
        | {"family": "small", "sizes": {"hidden": 16}},
        "CNN_digits": None,
        "ResNet_digits": None,
        "ViT_digits": None,
    }
    mine["norms"] = ["spectral_complexity", "largest_layer"]
    mine["exponents"] = {"bootstrap_resamples": 20}
    (copy.folder / "study.yaml").write_text(yaml.safe_dump(mine))
    tables = ["results/table1.tsv", "results/exponents/small_leaves/baseline/largest_layer.authors.tsv"]
    copy.run("--cores", "2", "--", *tables)
    text = (copy.folder / "results/table1.tsv").read_text()
    assert "CNN_leaves" in text and "small_leaves" in text
    assert (copy.folder / tables[1]).is_file()


def anchors_of(page: Path) -> set[str]:
    """What the titles of a page are called in links."""
    titles = re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    """Those between pages, with their sections; no tool that builds the site is needed for it."""
    missing = []
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", FENCED.sub("", PAGES[page])):
        file, _, anchor = target.partition("#")
        place = (page.parent / file).resolve() if file else page
        if not place.exists() or (anchor and anchor not in anchors_of(place)):
            missing.append(target)
    assert missing == []


def test_the_methods_lead_to_the_page_of_every_room():
    rooms = {file.parent.name for file in LIBRARY.glob("*/__init__.py")}
    assert {room for room in rooms if f"[{room}]({room}.md)" not in PAGES[ROOT / "docs/methods.md"]} == set()
