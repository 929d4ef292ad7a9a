"""In: names of files. Out: those that the paper's public repository has, in a folder, and where they came from."""

from pathlib import Path

from scaling.core.command import command
from scaling.sources.fetch import fetch_published_curves


def main(names: list[str], folder: Path, provenance: Path) -> None:
    """Fetch the authors' curve files."""
    fetch_published_curves(names, folder, provenance)


if __name__ == "__main__":
    command(main)
