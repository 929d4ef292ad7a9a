"""At home: which runs are wanted from a borrowed machine.

In: the configuration (config.yaml, and files on top of it), the prepared images. Out: queue.json.
"""

from pathlib import Path

from scaling.config import read_files
from scaling.core.command import command
from scaling.networks.queue.files import write_queue
from scaling.networks.queue.write import queue_of


def main(
    queue: Path,
    cells: list[str],
    configfile: list[Path],
    preset: str | None = None,
    data: Path = Path("results/data"),
    P: list[int] | None = None,
    seeds: int | None = None,
    without: list[Path] | None = None,
) -> None:
    """Write the runs of `cells` (CELL or CELL/VARIANT), the most wanted first; `without` those of files of records."""
    written = queue_of(read_files(configfile, preset), cells, data, P, seeds, without or [])
    write_queue(written, queue)
    print(f"{queue}: {len(written['runs'])} runs")


if __name__ == "__main__":
    command(main)
