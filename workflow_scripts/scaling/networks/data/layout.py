"""Where in a folder the images of training and test are: train/<class>/ and test/<class>/, as people write that."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from scaling.core.errors import BadInput
from scaling.networks.data.archives import is_left_behind
from scaling.networks.data.pictures import SUFFIXES

#: Names of the folder of each split, in any case; those that come first are taken before the others.
NAMES = {"train": ("train", "training"), "test": ("test", "testing", "val", "valid", "validation")}

Key = tuple[str, str, str]  # split, class, file name


@dataclass
class Layout:
    """What is what.

    Attributes
    ----------
    files : name in the folder -> (split, class, file) of each image.
    classes : names of the classes of each split.
    said : what a person is to be told, a sentence each.
    """

    files: dict[str, Key] = field(default_factory=dict)
    classes: dict[str, set[str]] = field(default_factory=lambda: {"train": set(), "test": set()})
    said: list[str] = field(default_factory=list)


def find_layout(root: Path, names: Iterable[tuple[str, bool]], split_here: bool = False) -> Layout:
    """The layout of a folder from the (name, is a folder) of what is in it.

    Parameters
    ----------
    split_here : whether test images are to be drawn from those of training: then test/ may not be there, and train/
        need not be.

    Raises
    ------
    BadInput in one line that says what was found and what is wanted.
    """
    layout, kept, hidden = Layout(), [], []
    for name, is_folder in names:
        (hidden if is_left_behind(name) else kept).append((name, is_folder))
    if hidden:
        some = ", ".join(sorted(name.rstrip("/") for name, _ in hidden)[:3]) + " ..." * (len(hidden) > 3)
        layout.said.append(f"{root}: {len(hidden)} hidden or system files or folders are passed over: {some}")
    found = _splits(root, kept, layout)
    if split_here and "test" in found and not any(name.startswith(f"{found['test']}/") for name in _images(kept)):
        layout.said.append(f"{root}: {found['test']}/ holds no image and is not used")
        del found["test"]
    if split_here and "test" in found:
        raise BadInput(f"{root}: test_fraction: there is a {found['test']}/ in it already; leave test_fraction out")
    if split_here and not found:
        return _without_a_split(root, kept, layout)
    for name, is_folder in kept:
        _place(root, name, is_folder, found, layout)
    if not split_here:
        _need_both(root, kept, layout)
    _same_names(layout)
    return layout


def _splits(root: Path, kept: list[tuple[str, bool]], layout: Layout) -> dict[str, str]:
    """split -> the folder that holds it; all in one folder."""
    candidates: dict[str, set[str]] = {"train": set(), "test": set()}
    for name, is_folder in kept:
        parts = PurePosixPath(name).parts
        folders = parts if is_folder else parts[:-1]
        at = next((i for i, part in enumerate(folders) if _split_of(part)), None)
        if at is not None:
            candidates[_split_of(folders[at])].add("/".join(folders[: at + 1]))
    tops = _tops(candidates)
    if len(tops) > 1:  # one that holds no image is none
        images = _images(kept)
        candidates = {
            split: {path for path in paths if any(name.startswith(f"{path}/") for name in images)}
            for split, paths in candidates.items()
        }
        tops = _tops(candidates)
    if len(tops) > 1:
        example = next(path for paths in candidates.values() for path in sorted(paths) if path.startswith(tops[-1]))
        raise BadInput(f"{root}: {example}: train/ and test/ must lie in one folder, not in {' and '.join(tops)}")
    found = {}
    for split, paths in candidates.items():
        ranked = sorted(paths, key=lambda path: NAMES[split].index(path.rpartition("/")[2].lower()))
        ranks = [NAMES[split].index(path.rpartition("/")[2].lower()) for path in ranked]
        if len(ranks) > 1 and ranks[0] == ranks[1]:
            raise BadInput(f"{root}: both {ranked[0]}/ and {ranked[1]}/ are there; one is allowed")
        if ranked:
            found[split] = ranked[0]
        if len(ranked) > 1:
            layout.said.append(f"{root}: {split} is {ranked[0]}/; {', '.join(ranked[1:])} is not used")
    return found


def _images(kept: list[tuple[str, bool]]) -> list[str]:
    return [name for name, is_folder in kept if not is_folder and name.lower().endswith(SUFFIXES)]


def _tops(candidates: dict[str, set[str]]) -> list[str]:
    return sorted({path.rpartition("/")[0] for paths in candidates.values() for path in paths})


def _split_of(folder: str) -> str | None:
    return next((split for split, names in NAMES.items() if folder.lower() in names), None)


def _place(root: Path, name: str, is_folder: bool, found: dict[str, str], layout: Layout) -> None:
    path = PurePosixPath(name)
    split = next((split for split, folder in found.items() if path.is_relative_to(folder)), None)
    if split is None:
        return
    inside = path.relative_to(found[split]).parts
    if is_folder:
        if len(inside) == 1:
            layout.classes[split].add(inside[0])
        return
    if len(inside) != 2 or not inside[1].lower().endswith(SUFFIXES):
        raise BadInput(f"{root}: {name}: only train/<class>/ and test/<class>/ with {', '.join(SUFFIXES)} are allowed")
    layout.classes[split].add(inside[0])
    layout.files[name] = (split, inside[0], inside[1])


def _without_a_split(root: Path, kept: list[tuple[str, bool]], layout: Layout) -> Layout:
    """All images are in <class>/, in one folder; outside it only files that are no images."""
    images = [PurePosixPath(name) for name in _images(kept)]
    tops = sorted({"/".join(path.parts[:-2]) for path in images if len(path.parts) > 1})
    if len(tops) != 1 or any(len(path.parts) < 2 for path in images):
        raise BadInput(f"{root}: wanted are <class>/ with images, all in one folder; {_what_is_there(kept)}")
    for name, is_folder in kept:
        path = PurePosixPath(name)
        if not path.is_relative_to(tops[0] or "."):
            continue
        inside = path.relative_to(tops[0] or ".").parts
        if is_folder and len(inside) == 1:
            layout.classes["train"].add(inside[0])
        elif not is_folder and len(inside) == 2:
            _place(root, name, False, {"train": tops[0]}, layout) if inside[1].lower().endswith(SUFFIXES) else None
            if not inside[1].lower().endswith(SUFFIXES):
                raise BadInput(f"{root}: {name}: only <class>/ with {', '.join(SUFFIXES)} is allowed")
    return layout


def _need_both(root: Path, kept: list[tuple[str, bool]], layout: Layout) -> None:
    for split in ("train", "test"):
        if not layout.classes[split]:
            alone = split == "test" or not layout.classes["test"]
            alone = alone and any(len(PurePosixPath(name).parts) > 1 for name in _images(kept))
            hint = "; `test_fraction: 0.2` draws test images from the others" if alone else ""
            raise BadInput(f"{root}: no {split}/<class>/ in it; {_what_is_there(kept)}{hint}")


def _same_names(layout: Layout) -> None:
    """A class of the test is that of training whose name differs by capitals or by Unicode's forms alone."""

    def plain(name: str) -> str:
        return unicodedata.normalize("NFC", name).casefold()

    train = layout.classes["train"]
    for other in sorted(layout.classes["test"] - train):
        same = [name for name in train if plain(name) == plain(other)]
        if len(same) == 1 and same[0] not in layout.classes["test"]:
            layout.classes["test"] = layout.classes["test"] - {other} | {same[0]}
            layout.files = {
                name: (split, same[0], file) if (split, label) == ("test", other) else (split, label, file)
                for name, (split, label, file) in layout.files.items()
            }


def _what_is_there(kept: list[tuple[str, bool]]) -> str:
    """The first folders, or files, for a line that says what was found."""
    folders = sorted({"/".join(PurePosixPath(name).parts[: -1 if not is_folder else None]) for name, is_folder in kept})
    folders = [folder for folder in folders if folder]
    if folders:
        return "it holds " + ", ".join(f"{folder}/" for folder in folders[:6]) + " ..." * (len(folders) > 6)
    return f"it holds {len(kept)} files and no folder" if kept else "it is empty"
