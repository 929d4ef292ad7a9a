"""A text, cut into pieces whose next character is to be predicted: one that comes with this package, or your own.

How a text becomes a data set: white space inside a paragraph becomes one space; a paragraph that was there before is
left out, so that no test text was trained on; the paragraphs are put into a random order, always the same; the last of
them, `test_fraction` of all characters or a little more, are the test text; each ends with a new line. The alphabet is
the characters that the training text has COMMON times or more; all others are one character more.
"""

import hashlib
import lzma
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from scaling.core.errors import BadInput
from scaling.networks.data.arrays import TokenArrays
from scaling.networks.data.sizes import Sizes
from scaling.networks.data.subsets import shuffled
from scaling.networks.shape import Shape

KIND = "tokens"
TAKES = ("context", "predict", "test_characters", "test_fraction")
COMMON = 30
LONGEST_TEST = 2  # times the share that was asked for: the test is of whole paragraphs
MAX_CHARACTERS = 1 << 28
RARE = "\N{REPLACEMENT CHARACTER}"  # stands for all that are not common

FOLDER = Path(__file__).parents[1] / "texts"
#: Texts of this package: paragraphs are lines, and the SHA-256 of the text.
EMBEDDED = {"new_testament": "5cffb1a7a7eb3d6e5b3a6bf95ba610c1b706f3148678c3cad5be3bb6b016c2fa"}
#: Debian's package bible-kjv prints the whole King James Bible.
DEBIAN = "bible-kjv"


class Settings(NamedTuple):
    """A data set's settings with what is not given filled in."""

    name: str
    root: str | None
    context: int
    predict: str
    test_characters: int
    test_fraction: float


class Text(NamedTuple):
    """Training and test text as numbers of characters, uint8 [length], and the alphabet."""

    train: np.ndarray
    test: np.ndarray
    alphabet: list[str]


def load(settings: Any) -> tuple[TokenArrays, list[str]]:
    """Every piece of `context` characters with the one that follows (predict: last), or pieces that share none of the
    characters to be predicted, each with those that follow its characters (every); test pieces are drawn at random.
    """
    chosen, where = _filled(settings), settings.root or settings.name or "text"
    text = _text(chosen, _state(chosen))
    train = _pieces(text.train, chosen, where)
    tokens, following = _pieces(text.test, chosen, where)
    wanted = _test_pieces(chosen)
    if len(tokens) < wanted:
        raise BadInput(f"{where}: test_characters: {chosen.test_characters} are more than the test text has")
    drawn = np.sort(shuffled(len(tokens), f"text/test/{len(tokens)}")[:wanted])
    return TokenArrays(*train, tokens[drawn], following[drawn]), text.alphabet


def check(settings: Any) -> None:
    """A text or a file, not both, that can be read; and what is to be predicted."""
    chosen = _filled(settings)
    if settings.root and settings.name:
        raise ValueError("name: a text of this package, and root: a file, cannot both be given")
    if not settings.root and chosen.name not in (*EMBEDDED, DEBIAN):
        raise ValueError(
            f"name: {chosen.name!r} is not one of {', '.join((*EMBEDDED, DEBIAN))}; or root: a file or folder"
        )
    if chosen.predict == "every" and chosen.test_characters % chosen.context:
        raise ValueError(f"test_characters: {chosen.test_characters} is not a multiple of context: {chosen.context}")
    _text(chosen, _state(chosen))


def sizes(settings: Any) -> Sizes:
    """From the text itself, which is read for it."""
    chosen = _filled(settings)
    text, every = _text(chosen, _state(chosen)), chosen.predict == "every"
    train = (len(text.train) - 1) // chosen.context if every else len(text.train) - chosen.context
    shape = Shape((chosen.context,), KIND, chosen.context if every else 1)
    return Sizes(shape, len(text.alphabet), max(0, train), _test_pieces(chosen))


def provenance(settings: Any) -> dict[str, Any]:
    """Everything that was chosen, and under which licence the text stands, where that is known."""
    chosen = _filled(settings)._asdict()
    if settings.root:
        return chosen | {"name": None}
    return chosen | {"licence": "public domain (printing it in the United Kingdom is reserved by letters patent)"}


def files(settings: Any) -> list[str]:
    """The user's file."""
    return [settings.root] if settings.root and Path(settings.root).is_file() else []


def state(settings: Any) -> str:
    """Which text it is, where no file says so: the SHA-256 of one of this package, a folder's names and times."""
    chosen = _filled(settings)
    return "" if files(settings) or (not chosen.root and chosen.name == DEBIAN) else _state(chosen)


def _filled(settings: Any) -> Settings:
    given = {key: getattr(settings, key, None) for key in Settings._fields}
    usual = Settings("new_testament", None, 12, "last", 8000, 0.1)
    return Settings(*(given[key] if given[key] is not None else getattr(usual, key) for key in Settings._fields))


def _test_pieces(chosen: Settings) -> int:
    return chosen.test_characters // (chosen.context if chosen.predict == "every" else 1)


def _pieces(text: np.ndarray, chosen: Settings, where: str) -> tuple[np.ndarray, np.ndarray]:
    """(tokens, next): uint8 [n, context] and [n], or [n, context] each."""
    length = chosen.context
    if len(text) < 2 * length:
        raise BadInput(f"{where}: {len(text)} characters are too few for pieces of {length}")
    if chosen.predict == "every":
        number = (len(text) - 1) // length
        return text[: number * length].reshape(number, length), text[1 : number * length + 1].reshape(number, length)
    return np.lib.stride_tricks.sliding_window_view(text[:-1], length), text[length:]


# ------------------------------------------------------------------------------------------- the text


@cache
def _text(chosen: Settings, state: str) -> Text:
    """The text as numbers; read once for each state of its files."""
    where = chosen.root or chosen.name
    paragraphs = list(dict.fromkeys(filter(None, (" ".join(each.split()) for each in _paragraphs(chosen)))))
    lengths = np.array([len(each) + 1 for each in paragraphs])
    if len(paragraphs) < 2:
        raise BadInput(
            f"{where}: {len(paragraphs)} different paragraphs; 2 or more are needed, one of them for the test (blank "
            "lines set them apart; without any, every line is one)"
        )
    order = shuffled(len(paragraphs), "text")
    before = np.cumsum(lengths[order]) - lengths[order]
    cut = int(np.searchsorted(before, (1 - chosen.test_fraction) * lengths.sum()))
    cut = min(max(cut, 1), len(paragraphs) - 1)
    share = lengths[order[cut:]].sum() / lengths.sum()
    if share > LONGEST_TEST * chosen.test_fraction:
        raise BadInput(
            f"{where}: {len(paragraphs)} paragraphs, of which some are so long that {100 * share:.0f} % would be the "
            f"test text, not {100 * chosen.test_fraction:.0f} %; blank lines set paragraphs apart"
        )
    train, test = (_points("\n".join(paragraphs[i] for i in part) + "\n") for part in (order[:cut], order[cut:]))
    values, counts = np.unique(train, return_counts=True)
    common = values[counts >= COMMON]
    rare = common.size < values.size
    if common.size + rare > 256:
        raise BadInput(f"{where}: an alphabet of {common.size + rare} characters; 256 at most are allowed")
    if not rare:  # what the training text has never seen cannot be a class of its own
        test = test[np.isin(test, common)]
    numbers = (np.where(np.isin(part, common), np.searchsorted(common, part), common.size) for part in (train, test))
    return Text(*(part.astype(np.uint8) for part in numbers), [chr(value) for value in common] + [RARE] * rare)


def _points(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def _paragraphs(chosen: Settings) -> list[str]:
    """Of this package's texts and Debian's, the verses; else what blank lines set apart, or lines if there is none."""
    if not chosen.root:
        return (_of_debian() if chosen.name == DEBIAN else _embedded(chosen.name)).splitlines()
    root = Path(chosen.root)
    if not root.exists():
        raise BadInput(f"{root}: no such file or folder")
    found = [file for file in sorted(root.rglob("*")) if _is_text(file)] if root.is_dir() else [root]
    if not found:
        raise BadInput(f"{root}: no file NAME.txt or NAME.md in it")
    if sum(file.stat().st_size for file in found) > MAX_CHARACTERS:
        raise BadInput(f"{root}: more than {MAX_CHARACTERS} bytes of text; less is allowed")
    return [each for file in found for each in _split(_read(file))]


def _is_text(file: Path) -> bool:
    return file.suffix.lower() in (".txt", ".md") and file.is_file() and not file.name.startswith(".")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadInput(f"{file}: not a text in UTF-8 (byte {problem.start})") from None


def _split(text: str) -> list[str]:
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return paragraphs if len(paragraphs) > 1 else text.splitlines()


def _embedded(name: str) -> str:
    raw = lzma.decompress((FOLDER / f"{name}.txt.xz").read_bytes())
    found = hashlib.sha256(raw).hexdigest()
    if found != EMBEDDED[name]:
        raise BadInput(f"{FOLDER / name}.txt.xz: not the text that belongs here (SHA-256 {found[:8]})")
    return raw.decode()


def _of_debian() -> str:
    """Verses without numbers and headings, as Debian's program prints them."""
    if shutil.which("bible") is None:
        raise BadInput("name: bible-kjv needs Debian's program of that name (apt install bible-kjv bible-kjv-text)")
    command = ["bible", "-l2000", "gen1:1-rev22:21"]
    printed = subprocess.run(command, capture_output=True, encoding="latin-1", check=False, stdin=subprocess.DEVNULL)
    lines = [line.split(maxsplit=1) for line in printed.stdout.splitlines() if line.startswith("  ")]
    verses = [line[1] for line in lines if len(line) == 2 and line[0].isdigit()]
    if len(verses) < 31_000:
        raise BadInput(
            f"name: bible-kjv: the program gave {len(verses)} verses, not 31,102 ({printed.stderr.strip()[:80]})"
        )
    return "\n".join(verses)


def _state(chosen: Settings) -> str:
    """What changes when the text does."""
    if not chosen.root:
        return EMBEDDED.get(chosen.name, chosen.name)
    root = Path(chosen.root)
    found = [file for file in sorted(root.rglob("*")) if _is_text(file)] if root.is_dir() else [root]
    stats = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in found if file.exists()]
    return hashlib.sha256(repr(stats).encode("utf-8", "surrogateescape")).hexdigest()[:16]
