"""In: the files of a finished study, its settings. Out: what they are and what made them (RO-Crate); the settings."""

import json
from pathlib import Path

import yaml

from scaling.core.command import command
from scaling.core.files import write_text
from scaling.core.provenance import commit, software
from scaling.report.crate import crate

CODE = Path(__file__).parents[2]


def main(preset: str, settings: str, files: list[Path], citation: Path, kept: Path, metadata: Path) -> None:
    """`settings` is YAML and becomes the file `kept`."""
    write_text(settings, kept)
    about = yaml.safe_load(citation.read_text(encoding="utf-8"))
    described = crate(metadata.parent, files, kept, about, software(), commit(CODE), preset)
    write_text(json.dumps(described, indent=1, ensure_ascii=False) + "\n", metadata)


if __name__ == "__main__":
    command(main)
