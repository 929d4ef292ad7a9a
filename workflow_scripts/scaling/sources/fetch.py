"""The authors' curve files from the paper's public repository."""

import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path

from scaling.core.errors import BadInput
from scaling.core.files import atomic, write_text

SOURCE = "https://raw.githubusercontent.com/Francill99/deep_norm/HEAD/analysis/"
LARGEST_FILE = 16 * 2**20  # bytes
SECONDS = 30


def fetch_published_curves(
    names: Iterable[str], folder: str | Path, provenance: str | Path, source: str = SOURCE
) -> None:
    """Copy the files that the repository has into `folder`, and write where they came from, their sizes and sha256.

    A file that the repository does not have is left out. The files are pickles: they are only ever read by
    `scaling.sources.pickled`.

    Raises
    ------
    BadInput (one line) where the repository cannot be reached, or sends more than 16 MiB for one file.
    """
    records = []
    for name in sorted(set(names)):
        content = _download(source + name)
        if content is None:
            continue
        with atomic(Path(folder) / name) as temporary:
            temporary.write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        records.append({"name": name, "source": source + name, "bytes": len(content), "sha256": sha256})
    Path(folder).mkdir(parents=True, exist_ok=True)
    write_text(json.dumps(records, indent=1) + "\n", provenance)


def _download(address: str) -> bytes | None:
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:
            if not answer.url.startswith("https://"):
                raise BadInput(f"{address}: answered from {answer.url}, which is not https")
            content = answer.read(LARGEST_FILE + 1)
    except urllib.error.HTTPError as problem:
        if problem.code == 404:
            return None
        raise _unreachable(address, problem) from None
    except (urllib.error.URLError, TimeoutError, OSError) as problem:
        raise _unreachable(address, problem) from None
    if len(content) > LARGEST_FILE:
        raise BadInput(f"{address}: larger than {LARGEST_FILE} bytes")
    return content


def _unreachable(address: str, problem: Exception) -> BadInput:
    reason = getattr(problem, "reason", problem)
    return BadInput(
        f"{address}: cannot be fetched ({reason}); give the folder with the authors' .npy files as "
        "--config published_curves=FOLDER"
    )
