"""Every change reruns exactly what depends on it: shown by the jobs that a dry run names, nothing is computed.

The outputs are empty files that Snakemake itself has made, with its records of the code and settings of now.
"""

import os
import time
from collections import Counter

import pytest
from harness.study import Study

pytestmark = pytest.mark.slow

# The workflow with every script replaced by one that only creates what is asked of it, so that Snakemake's records of
# code and settings are those of a real run.
NOTHING_BUT_FILES = """
include: "Snakefile"
shell.prefix('python() {{ for word in "$@"; do case $word in results/*) '
             '[ -e $word ] || {{ mkdir -p $(dirname $word); touch $word; }} ;; esac; done; }}; exec() {{ "$@"; }}; ')
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The tiny study with every output in its place, empty."""
    study = Study(tmp_path_factory.mktemp("made") / "study")
    (study.folder / "files.smk").write_text(NOTHING_BUT_FILES)
    study.run("--snakefile", "files.smk", "--cores", "4", "results/table1.tsv")
    study.for_table5 = sum(study.planned("results/table5.tsv"), Counter())
    study.run("--snakefile", "files.smk", "--cores", "4", "all")
    assert study.planned("all") == (Counter(), Counter())
    study.everything = study.planned("--forceall", "all")[0]
    return study


@pytest.fixture
def changed(made, report):
    """changed(what, own, never): the dry run names the jobs `own`, what follows them, and none of `never`.

    Changes made by changed.write and changed.settings are taken back.
    """
    before, added = {}, []

    def write(path, old, new):
        file = made.folder / path
        before.setdefault(file, file.read_text())
        made.write(path, old, new)

    def settings(text):
        write("study.yaml", "presets:\n", f"{text}\npresets:\n")

    def check(what, own, never=()):
        named, following = made.planned("all")
        alone = sum((made.everything - named - following).values())
        report("Reruns", f"{what} | {words(named)} | then {words(following)} | {alone} jobs stay")
        assert dict(named) == own
        assert not set(never) & (set(named) | set(following))
        return following

    def add(path, like):
        file = made.folder / path
        added.append(file)
        file.write_text((made.folder / like).read_text())

    check.write, check.settings, check.everything, check.add = write, settings, made.everything, add
    check.planned = lambda: made.planned("all")
    yield check
    for file, text in before.items():
        file.write_text(text)
    for file in added:
        file.unlink()


def words(rules: Counter) -> str:
    """Rules and how many jobs of each, in a line."""
    return ", ".join(f"{rule} {count}" for rule, count in sorted(rules.items())) or "nothing"


LIBRARY = "workflow_scripts/scaling"
FITS = {"mean_curves", "authors_exponents", "robust_exponents"}
PERCEPTRON = {"perceptron_theory", "perceptron_dynamics", "figure2"}
ANALYSIS = {"mean_curves", "authors_exponents", "robust_exponents", "exponents", "table", "figure"}


def test_other_norms_need_no_training(made):
    """Table 5 after Table 1: the same runs, and of each cell the one norm that Table 1 has not."""
    assert made.for_table5["trajectories"] == made.for_table5["authors_exponents"] == 2
    assert not {"train_block", "draw_subset"} & set(made.for_table5)


def test_comments_and_docstrings(changed):
    changed.write(f"{LIBRARY}/networks/models/cnn.py", "from torch import nn", "from torch import nn  # a comment")
    changed.write(
        f"{LIBRARY}/networks/training/block.py", '"""A block of runs', '"""Another docstring of a block of runs'
    )
    changed.write(f"{LIBRARY}/networks/norms/definitions/l2.py", "def log10_norm(", "# a comment\ndef log10_norm(")
    changed.write(f"{LIBRARY}/plotting/style.py", "COLUMN_WIDTH = 3.4", "COLUMN_WIDTH    =    3.4")
    changed("comments, docstrings, layout", {})


def test_the_style_of_one_figure(changed):
    changed.write(f"{LIBRARY}/paper/figures/scaling_laws.py", "alpha=0.15", "alpha=0.2")
    assert not changed("the style of the scaling laws (figures 12, 15, 21)", {"figure": 3})


def test_the_style_of_all_figures(changed):
    changed.write(f"{LIBRARY}/plotting/style.py", "COLUMN_WIDTH = 3.4", "COLUMN_WIDTH = 3.5")
    # A prediction is drawn where it is made, and its numbers go into a table.
    drawn = ("figure", "draw_audit", "picture")
    figures = {
        rule: count
        for rule, count in changed.everything.items()
        if rule.startswith(drawn) or "_figure_" in rule or rule in ("laws_figure", "prediction", "explorer_page")
    }
    assert set(changed("the style of all figures", figures)) <= {"prediction_table"}


def test_a_fit_window(changed):
    changed.settings("cells: {ResNet_digits: {fit: {baseline: {x_right: 0.5}}}}")
    following = changed(
        "the authors' fit window of one cell", {"authors_exponents": 1}, never={"train_block", "mean_curves"}
    )
    assert {"exponents", "table", "figure"} <= set(following)


def test_a_norms_definition(changed):
    """Its own trajectories, of both cells; no other norm's."""
    changed.write(f"{LIBRARY}/networks/norms/definitions/l2.py", "(layers: LayerStatistics)", "(layers: object)")
    following = changed("a norm's definition", {"trajectories": 2}, never={"train_block", "draw_subset"})
    assert set(following) >= ANALYSIS
    assert following["mean_curves"] == following["robust_exponents"] == 2


def test_the_definition_of_a_norm_that_is_not_in_the_study(changed):
    changed.write(f"{LIBRARY}/networks/norms/definitions/l1.py", "(layers: LayerStatistics)", "(layers: object)")
    changed("the definition of another norm", {})


def test_a_layer_of_a_model(changed):
    changed.write(f"{LIBRARY}/networks/models/resnet.py", "stride=2 if stage > 0", "stride=2 if stage > 1")
    following = changed("a layer of the ResNet", {"train_block": 4}, never={"draw_subset", "prepare_dataset"})
    assert following["trajectories"] == 2  # the ResNet's in two norms; the CNN's stay


def test_seeds_more(changed):
    changed.settings("cells: {ResNet_digits: {seeds: 6}}")
    following = changed("a 5th and 6th seed of one cell (jobs of 2)", {"draw_subset": 4, "train_block": 2})
    assert following["train_block"] == 0


def test_a_P_more(changed):
    changed.settings("cells: {ResNet_digits: {P: [90, 180, 360]}}")
    changed("a third P of one cell", {"draw_subset": 4, "train_block": 2})


def test_more_epochs(changed):
    changed.settings("cells: {ResNet_digits: {epochs: 3}}")
    changed("more epochs of one cell", {"train_block": 4}, never={"draw_subset"})


def test_an_archive_that_was_replaced(changed, made):
    """Its images are read again, and all that follows."""
    archive = made.folder / "images.zip"
    archive.touch()
    changed.settings("datasets: {mine: {source: folder, root: images.zip}}")
    target = "results/subsets/mine/P2/seed1.npy"
    made.run("--snakefile", "files.smk", "--cores", "1", target)
    assert made.planned(target) == (Counter(), Counter())
    archive.write_text("others")  # Snakemake looks at the bytes of small files, not at their age alone
    os.utime(archive, (time.time() + 60,) * 2)
    assert made.planned(target) == (Counter(prepare_dataset=1), Counter(draw_subset=1))


def test_a_line_in_a_source_of_images(changed):
    """The sets of that source, and what depends on their bytes; nothing of what depends on other sources."""
    changed.write(f"{LIBRARY}/networks/data/sources/digits.py", "DIGITS = 1797", "DIGITS = 1797 + 0")
    following = changed("a line in the source of the digits", {"prepare_dataset": 1}, never=PERCEPTRON)
    assert {"draw_subset", "train_block", "trajectories"} <= set(following)


@pytest.mark.parametrize("source", ["folder", "idx", "torchvision"])
def test_a_line_in_another_source_of_images(changed, source):
    old = "from typing import Any"
    changed.write(f"{LIBRARY}/networks/data/sources/{source}.py", old, f"import this\n{old}")
    changed(f"a line in another source of images, {source}", {})


def test_a_key_more_in_a_rooms_settings(changed):
    for room, old in (("perceptron", '"seed of the samples")\n'), ("validation", '"seed of the studies")\n')):
        changed.write(f"{LIBRARY}/{room}/settings.py", old, f"{old}    novelty: int = 3\n")
    changed("a key more in the settings of the perceptron and of the validation", {})


def test_a_norm_more(changed):
    """Its own trajectories, curves and exponents, and the tables and figures that show all norms."""
    changed.settings("norms: [spectral_complexity, l2, l1]")
    named, following = changed.planned()
    both = named + following
    assert {rule: both[rule] for rule in ("trajectories", "mean_curves", "robust_exponents")} == {
        "trajectories": 2, "mean_curves": 2, "robust_exponents": 2,
    }  # fmt: skip
    changed("a third norm of both cells", dict(named), never={"train_block", "draw_subset", *PERCEPTRON})


@pytest.mark.parametrize(
    ("folder", "example"),
    [
        ("training/optimizers", "sgd"),
        ("training/engines", "single"),
        ("training/augmentations", "affine"),
        ("tasks", "classification"),
        ("models", "cnn"),
        ("data/sources", "digits"),
        ("norms/definitions", "l1"),
    ],
)
def test_something_new_that_is_chosen_by_name(changed, folder, example):
    """Nothing is trained again for a file that nobody has chosen."""
    changed.add(f"{LIBRARY}/networks/{folder}/novelty.py", like=f"{LIBRARY}/networks/{folder}/{example}.py")
    changed(f"a new file in networks/{folder}", {})


def test_an_optimizer_that_is_not_chosen(changed):
    changed.write(f"{LIBRARY}/networks/training/optimizers/sgd.py", "MOMENTS = 1", "MOMENTS = 1 + 0")
    changed("a line in an optimizer that no cell has", {})


def test_the_notation_of_numbers(changed):
    """Tables, figures and sentences with numbers; nothing is fitted again."""
    changed.write(f"{LIBRARY}/core/notation.py", "import math", "import math  # numbers\n\nNOVELTY = 1")
    named, _ = changed.planned()
    shown = ("table", "figure", "draw_audit", "picture", "prediction", "network_laws")
    assert [rule for rule in named if not (rule.startswith(shown) or "_figure_" in rule)] == []
    changed("the notation of numbers", dict(named), never=FITS | {"train_block", "trajectories"})


def test_a_threshold_of_the_robust_procedure(changed):
    """Its fits and what comes after; the authors' procedure does not know it."""
    changed.write(f"{LIBRARY}/analysis/robust/thresholds.py", "RISE = 0.1", "RISE = 0.1 + 0.0")
    every = {rule: changed.everything[rule] for rule in ("robust_exponents", "prediction", "laws_procedures")}
    following = changed("a threshold of the robust procedure", every, never={"authors_exponents", "mean_curves"})
    assert {"exponents", "table", "figure"} <= set(following)


def test_the_seed_of_the_bootstrap(changed):
    changed.settings("exponents: {seed: 7}")
    every = {rule: changed.everything[rule] for rule in ("robust_exponents", "prediction")}
    changed("the bootstrap's seed", every, never={"authors_exponents", "mean_curves"})


def test_the_grid_of_mean_curves(changed):
    changed.settings("exponents: {grid_points: 40}")
    every = changed.everything["mean_curves"]
    changed("the grid of mean curves", {"mean_curves": every}, never={"robust_exponents", "trajectories"})


THEORY = {
    *("perceptron_theory", "perceptron_theory_exponents", "perceptron_known_curves"),
    *("figure2", "figure5", "figure6", "figure8"),
}
DYNAMICS = {
    *("perceptron_dynamics", "perceptron_dynamics_table", "perceptron_fixed_norm", "perceptron_fixed_norm_table"),
    *("perceptron_free_norm", "perceptron_mse", "figure7"),
    *("perceptron_adiabatic", "perceptron_adiabatic_table", "perceptron_mean_field", "perceptron_mean_field_plain"),
}
TOGETHER = {
    "perceptron_exponents",
    "perceptron_laws",
    "figure1",
    "figure9",
}  # the rules of the two branches' comparison
#: Of the theory it takes the alphas alone.
LIMIT = {"perceptron_free_norm_limit", "perceptron_figure_free_norm"}


def test_the_perceptrons_dynamics(changed):
    changed.settings("perceptron_dynamics: {tolerance: 1.0e-4}")
    following = changed(
        "the tolerance of the perceptron's dynamics", {"perceptron_dynamics": 2}, never=THEORY | {"train_block"}
    )
    assert set(following) >= TOGETHER


def test_the_perceptrons_theory(changed):
    changed.settings("perceptron_theory: {lambda_points: 30}")
    following = changed(
        "the norms of the perceptron's theory", {"perceptron_theory": 1}, never=DYNAMICS | {"train_block"}
    )
    assert set(following) >= TOGETHER


def test_the_branches_of_the_perceptron_are_whole(made):
    """The two sets above are all of the rules, so that `never` forgets none."""
    perceptron = {rule for rule in made.everything if rule.startswith("perceptron")}
    assert perceptron == {rule for rule in THEORY | DYNAMICS | TOGETHER | LIMIT if rule.startswith("perceptron")}
