"""A data set's settings in; its images and labels (.npz) and its provenance (.json) out."""

from pathlib import Path

from scaling.core.command import command
from scaling.networks.data.arrays import write_arrays, write_provenance
from scaling.networks.data.prepare import prepare
from scaling.networks.data.settings import Dataset


def main(settings: Dataset, arrays: Path, provenance: Path) -> None:
    """Read one data set from where its settings (those of `datasets` in config.yaml) say and write it as arrays."""
    images, origin = prepare(settings)
    write_arrays(images, arrays)
    write_provenance(origin, provenance)


if __name__ == "__main__":
    command(main)
