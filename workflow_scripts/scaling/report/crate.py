"""A finished study as a Process Run Crate: one JSON-LD file that says what each file is, and what made it, with hashes.

Source: RO-Crate 1.1 (https://w3id.org/ro/crate/1.1), Process Run Crate 0.5 (https://w3id.org/ro/wfrun/process/0.5).
"""

import hashlib
import mimetypes
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scaling.core.errors import BadInput

CRATE = "https://w3id.org/ro/crate/1.1"
TERMS = "https://w3id.org/ro/terms/workflow-run/context"  # sha256, which the first does not know
PROCESS_RUN = "https://w3id.org/ro/wfrun/process/0.5"
PAPER = "https://arxiv.org/abs/2505.13230"
LICENSES = {"MIT": "https://spdx.org/licenses/MIT"}
FORMATS = {
    ".parquet": "application/vnd.apache.parquet",
    ".tsv": "text/tab-separated-values",
    ".md": "text/markdown",
    ".yaml": "application/yaml",
    ".tex": "application/x-tex",
}

Entity = dict[str, Any]


def crate(
    folder: Path,
    files: Sequence[Path],
    settings: Path,
    citation: Mapping[str, Any],
    software: Mapping[str, str],
    commit: str | None,
    preset: str,
) -> Entity:
    """The description of a study, to be written as `folder`/ro-crate-metadata.json.

    Parameters
    ----------
    folder : the root of the crate, results/.
    files : what the study has made; all below `folder`.
    settings : the settings that make it again, below `folder` too.
    citation : CITATION.cff of the workflow, read.
    software : versions by name (scaling.core.provenance.software).
    commit : of the code, with "+" if it was changed since; None without a checkout.
    preset : the study's.

    Returns
    -------
    JSON-LD. Each file has its SHA-256, its size in bytes and its format.

    Raises
    ------
    BadInput : a file that is not there, or lies outside `folder`.
    """
    made = [_file(path, folder) for path in dict.fromkeys(files) if path != settings]
    given = _file(settings, folder) | {"name": "Settings that make the study again (--configfile)"}
    people = [_organization(_name(author)) for author in citation["authors"]]
    authors = [_reference(person) for person in people]
    program = _workflow(citation, commit) | {"author": _one_or_all(authors)}
    parts = [_reference(entity) for entity in (given, *made)]
    changed = max(path.stat().st_mtime for path in files)
    ended = datetime.fromtimestamp(changed, UTC).isoformat(timespec="seconds")
    run = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": f"The study {preset!r}",
        "description": "The workflow was run with these settings; every file is what it gave.",
        "endTime": ended,
        "actionStatus": "http://schema.org/CompletedActionStatus",
        "agent": _one_or_all(authors),
        "instrument": _reference(program),
        "object": _reference(given),
        "result": [_reference(entity) for entity in made],
    }
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{citation['title']}: the study {preset!r}",
        "description": f"Tables, figures and learning curves that the workflow made with the preset {preset!r}.",
        "datePublished": ended[:10],
        "license": {"@id": LICENSES[citation["license"]]},
        "conformsTo": {"@id": PROCESS_RUN},
        "author": _one_or_all(authors),
        "publisher": authors[0],
        "citation": {"@id": PAPER},
        "hasPart": parts,
        "mentions": _reference(run),
    }
    descriptor = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": CRATE},
        "about": _reference(root),
    }
    packages = [_package(name, version) for name, version in software.items()]
    program["softwareRequirements"] = [_reference(entity) for entity in packages]
    graph = [descriptor, root, run, program, *people, *packages, given, *made, *_contexts(citation["license"])]
    return {"@context": [f"{CRATE}/context", TERMS], "@graph": graph}


def _one_or_all(values: Sequence[Entity]) -> Entity | list[Entity]:
    """The format wants no list of one."""
    return values[0] if len(values) == 1 else list(values)


def _organization(name: str) -> Entity:
    return {"@id": "#" + re.sub(r"\W+", "-", name).lower(), "@type": "Organization", "name": name}


def _reference(entity: Entity) -> Entity:
    return {"@id": entity["@id"]}


def _file(path: Path, folder: Path) -> Entity:
    """A file of the crate: its place below the root, hash, size, format."""
    if not path.is_file():
        raise BadInput(f"crate: {path} is not there")
    try:
        place = path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        raise BadInput(f"crate: {path} is not below {folder}") from None
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    kind = FORMATS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return {
        "@id": place,
        "@type": "File",
        "name": place,
        "sha256": digest,
        "contentSize": str(path.stat().st_size),
        "encodingFormat": kind,
    }


def _workflow(citation: Mapping[str, Any], commit: str | None) -> Entity:
    """What made the files: the workflow, its version, and the commit of its code."""
    version = citation["version"] + (f" ({commit})" if commit else "")
    return {
        "@id": "#workflow",
        "@type": "SoftwareApplication",
        "name": citation["title"],
        "softwareVersion": version,
        "license": {"@id": LICENSES[citation["license"]]},
    }


def _name(author: Mapping[str, str]) -> str:
    """Of a person or an entity, as CITATION.cff has them."""
    return author.get("name") or f"{author['given-names']} {author['family-names']}"


def _package(name: str, version: str) -> Entity:
    """Python, or a package of the Python Package Index; what a wheel says of its build ("+cpu") has no page there."""
    released = version.partition("+")[0]
    home = "https://www.python.org" if name == "Python" else f"https://pypi.org/project/{name}/{released}/"
    return {"@id": home, "@type": "SoftwareApplication", "name": name, "softwareVersion": version, "url": home}


def _contexts(license_: str) -> list[Entity]:
    """What is referred to and lies elsewhere."""
    return [
        {"@id": LICENSES[license_], "@type": "CreativeWork", "name": license_},
        {"@id": PROCESS_RUN, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        {"@id": PAPER, "@type": "ScholarlyArticle", "name": "The paper whose results the workflow reproduces"},
    ]
