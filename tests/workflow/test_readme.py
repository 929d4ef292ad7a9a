"""What the README and docs/ say works: their commands are dry-run, the recipes run for real on a few small images."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import yaml
from harness.paths import ROOT
from harness.study import Study
from PIL import Image

TEXT = "\n".join(page.read_text() for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])
BLOCKS = [
    "\n".join(line.removeprefix("    ") for line in block.splitlines())
    for block in re.findall(r"(?:^    .*\n|^\n(?=    ))+", TEXT, re.MULTILINE)
]
COMMANDS = [line.split("   #")[0] for block in BLOCKS for line in block.splitlines()]


def block_with(text: str) -> str:
    (found,) = (block for block in BLOCKS if text in block)
    return found


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the workflow with the README's configuration file, images, model and norm in place."""
    folder = tmp_path_factory.mktemp("readme")
    configuration = folder / "mine.yaml"
    configuration.write_text(block_with("# mine.yaml").split("snakemake")[0])
    study = Study(folder / "copy", configuration, preset=None)
    (study.folder / "mine.yaml").write_text(configuration.read_text())
    (study.folder / "tests/data").mkdir(parents=True)
    (study.folder / "tests/data/own_curves.tsv").write_text((ROOT / "tests/data/own_curves.tsv").read_text())
    (study.folder / "FOLDER").mkdir()
    (study.folder / "FOLDER/CNN_MNIST.npy").touch()  # there, and not read before a job runs
    models = study.folder / "workflow_scripts/scaling/models"
    (models / "mlp.py").write_text(block_with("def build(image_shape, classes, hidden=64)"))
    norms = study.folder / "workflow_scripts/scaling/networks/norms/definitions.py"
    norms.write_text(norms.read_text() + "\n\n" + block_with("def largest_layer"))
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
    return [line for line in COMMANDS if line.startswith("snakemake ")]


def test_there_are_commands_to_test():
    assert len(snakemake_commands()) >= 10


@pytest.mark.parametrize("line", snakemake_commands())
def test_every_snakemake_command_plans_its_jobs(copy, line):
    (copy.folder / "leaves.zip").touch()
    words = shlex.split(line, comments=True)[1:]
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
        line.split()[1] for line in COMMANDS if re.match(r"make [a-z]", line)
    }
    assert named
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_recipes_work_as_written(copy):
    draw_images(copy.folder / "stripes")
    mine = yaml.safe_load((copy.folder / "mine.yaml").read_text())
    mine["datasets"]["leaves"]["root"] = "stripes"
    cell = mine["cells"]["CNN_leaves"]
    shorter = {"P": [18, 36, 72, 144], "seeds": 2, "epochs": 3}
    mine["cells"] |= {
        "CNN_leaves": cell | shorter,
        "MLP_leaves": {key: cell[key] for key in ("dataset",)} | shorter | {"family": "mlp", "sizes": {"hidden": 16}},
        "CNN_digits": None,
        "ResNet_digits": None,
        "ViT_digits": None,
    }
    mine["norms"] = ["spectral_complexity", "largest_layer"]
    mine["exponents"] = {"bootstrap_resamples": 20}
    (copy.folder / "study.yaml").write_text(yaml.safe_dump(mine))
    tables = ["results/table1.tsv", "results/exponents/MLP_leaves/baseline/largest_layer.authors.tsv"]
    copy.run("--cores", "2", "--", *tables)
    text = (copy.folder / "results/table1.tsv").read_text()
    assert "CNN_leaves" in text and "MLP_leaves" in text
    assert (copy.folder / tables[1]).is_file()


def test_the_modules_that_the_methods_page_names_exist():
    page = (ROOT / "docs" / "methods.md").read_text()
    folder = ROOT / "workflow_scripts" / "scaling"
    named = re.findall(r"`([a-z_/0-9]+(?:\.py|/))`", page)
    assert len(named) > 20
    assert [name for name in named if not (folder / name).exists() and name != "workflow_scripts/scaling/"] == []


def test_the_contents_of_the_methods_page_lead_to_its_sections():
    page = (ROOT / "docs" / "methods.md").read_text()
    titles = re.findall(r"^## (.+)$", page, re.MULTILINE)
    anchors = [re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles]
    assert re.findall(r"^\d+\. \[(.+)\]\(#(.+)\)$", page, re.MULTILINE) == [
        pair for pair in zip(titles, anchors, strict=True) if pair[0] != "Contents"
    ]
