"""The study as PDF: what goes into the template, and the typesetting."""

import base64
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd

from scaling.core.errors import BadInput
from scaling.core.files import atomic
from scaling.core.provenance import software
from scaling.paper.pdf.checklist import Answer, Study, checklist
from scaling.paper.pdf.html import tree

TEMPLATE = Path(__file__).with_name("template.typ")
TITLE = "Neural scaling laws in learning curves"
#: The order of the sections; others follow.
FIRST = ("Tables", "Figures", "Audits")
CHECKLIST_FROM = (
    "The questions follow the survey of Li, Kudugunta and Zettlemoyer (arXiv:2502.18969), in our words; the answers "
    "come from the settings and the tables of this study."
)


def document(
    contents: Mapping[str, Any], study: Study, optima: Mapping[str, pd.DataFrame], commit: str | None
) -> dict[str, Any]:
    """What the template typesets, as what JSON can hold.

    Parameters
    ----------
    contents : description (HTML of the report's first page; may be empty) and results, each with path, category,
        labels, caption (HTML), rule and inputs: what the reporter in rules/paper writes.
    study, optima : as `checklist` takes them.
    commit : of the code; None: not known.
    """
    at = f"commit {commit[:10]}{'+' * commit.endswith('+')}" if commit else "commit not known"
    results = sorted(contents["results"], key=lambda result: (_order(result["category"]), *result["labels"].values()))
    return {
        "title": TITLE,
        "study": study.name,
        "description": tree(contents["description"]),
        "sections": [
            {"title": category, "results": [_result(result, at) for result in of_it]}
            for category, of_it in groupby(results, key=lambda result: result["category"])
        ],
        "checklist_from": CHECKLIST_FROM,
        "checklist": _by_group(checklist(study, optima)),
        "made": [
            f"Code: commit {commit or 'not known'}. Every result carries a fingerprint of the code that makes it, so "
            "that it is what this commit makes, whenever it was made."
            + " The sign + says that the code has been changed since."
            * at.endswith("+"),
            f"Made with {', '.join(f'{name} {number}' for name, number in (software() | _typst()).items())}.",
        ],
        "settings": study.settings.strip(),
    }


def _typst() -> dict[str, str]:
    return {"typst": version("typst")}


def _order(category: str) -> tuple[int, str]:
    return (FIRST.index(category) if category in FIRST else len(FIRST), category)


def _result(result: Mapping[str, Any], at: str) -> dict[str, Any]:
    """A figure, or a table as the file of HTML holds it; under it, what made it from what."""
    picture = Path(result["path"]).suffix != ".html"
    made = f"{result['path']}: rule {result['rule']}, from {shortened(result['inputs']) or 'nothing'}; {at}."
    table, notes = ([], []) if picture else _table_of(Path(result["path"]))
    return {
        "title": title_of(result["labels"]),
        "file": result["path"] if picture else None,
        "table": table,
        "notes": notes,
        "caption": tree(result["caption"]),
        "made": made,
    }


def _table_of(file: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A page of HTML up to its table, and what stands behind that."""
    nodes = tree(file.read_text(encoding="utf-8"))
    end = next((place + 1 for place, node in enumerate(nodes) if node.get("kind") == "table"), len(nodes))
    return nodes[:end], nodes[end:]


def title_of(labels: Mapping[str, str]) -> str:
    """{"figure": "03", "shows": "a law"} is "Figure 3: a law"; names that are not numbers stand by themselves."""
    (kind, name), *others = labels.items()
    number = name.lstrip("0") or name
    head = f"{kind.capitalize()} {number}" if number.isdigit() else number[:1].upper() + number[1:]
    return ": ".join([head, *(words for _, words in others)])


def shortened(files: Iterable[str]) -> str:
    """Files whose paths differ in some folder or name only, as one with a * there and their number behind."""
    groups: dict[tuple, list[list[str]]] = {}
    for file in files:
        parts = file.split(os.sep)
        groups.setdefault((len(parts), parts[0], Path(file).name.partition(".")[2]), []).append(parts)
    lines = []
    for (_, _, ending), paths in groups.items():
        same = [values[0] if len(set(values)) == 1 else "*" for values in zip(*paths, strict=True)]
        if same[-1] == "*" and ending:
            same[-1] = f"*.{ending}"
        lines.append(os.sep.join(same) + f" ({len(paths)} files)" * (len(paths) > 1))
    return ", ".join(lines)


def _by_group(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    return [
        {"title": group, "answers": [{"question": each.question, "lines": each.lines} for each in of_it]}
        for group, of_it in groupby(answers, key=lambda answer: answer.group)
    ]


def typeset(data: Mapping[str, Any], pdf: str | Path) -> None:
    """Write the PDF, whole or not at all.

    Figures are taken from the paths in `data`, which are relative to the working directory. No font and no package of
    this machine is used, and no date is written: the same data and figures give the same bytes.
    """
    import typst

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(TEMPLATE, folder / "main.typ")
        text = json.dumps(_with_files(data, folder), ensure_ascii=False)
        (folder / "data.json").write_text(text, encoding="utf-8")
        with atomic(pdf) as temporary:
            typst.compile(str(folder / "main.typ"), output=str(temporary), root=name, ignore_system_fonts=True)


def _with_files(data: Any, folder: Path) -> Any:
    """The data with every figure copied into the folder under a name of its own."""
    if isinstance(data, list):
        return [_with_files(part, folder) for part in data]
    if not isinstance(data, dict):
        return data
    data = {key: _with_files(value, folder) for key, value in data.items()}
    for key in ("file", "source"):
        if data.get(key):
            data[key] = _copied(data[key], folder)
    return data


def _copied(source: str, folder: Path) -> str:
    number = len(list(folder.iterdir()))
    if source.startswith("data:"):
        kind, _, text = source.partition(";base64,")
        name = f"{number}.{kind.rpartition('/')[2]}"
        (folder / name).write_bytes(base64.b64decode(text))
        return name
    name = f"{number}{Path(source).suffix}"
    try:
        shutil.copy(source, folder / name)
    except OSError as problem:
        raise BadInput(f"{source}: cannot be read: {problem.strerror}") from None
    return name
