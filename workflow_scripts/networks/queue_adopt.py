"""At home: runs from a borrowed machine become finished runs of the study, and nothing of them is trained again.

In: the configuration, the prepared images, files of records. Out: sealed records in results/checkpoints.
"""

from pathlib import Path

from scaling.config import read_files
from scaling.core.command import command
from scaling.networks.queue.adopt import adopt


def main(
    records: list[Path],
    configfile: list[Path],
    preset: str | None = None,
    data: Path = Path("results/data"),
    checkpoints: Path = Path("results/checkpoints"),
    adopt_code: bool = False,
) -> None:
    """Adopt the runs of `records`; with `adopt_code` also those that other code has trained."""
    found = adopt(read_files(configfile, preset), records, data, checkpoints, adopt_code)
    print(f"{len(found.adopted)} runs adopted, {len(found.there)} there already, {len(found.unwanted)} not wanted here")


if __name__ == "__main__":
    command(main)
