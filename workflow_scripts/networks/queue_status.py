"""What of a queue is done, cell by cell and P by P, and the hours that the rest takes.

python workflow_scripts/run.py networks/queue_status queue.json runs/records.json.gz ...
"""

import argparse
import sys
from pathlib import Path

from scaling.core.errors import BadInput
from scaling.networks.queue.files import read_queue, read_records
from scaling.networks.queue.status import status


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser("run.py networks/queue_status", description=__doc__)
    parser.add_argument("queue", type=Path)
    parser.add_argument("records", type=Path, nargs="*", help="files of records")
    given = parser.parse_args()
    try:
        rows = status(read_queue(given.queue), [run for file in given.records for run in read_records(file)])
    except BadInput as problem:
        sys.exit(f"error: {problem}")
    print(f"{'cell':20} {'variant':12} {'P':>6} {'wanted':>7} {'done':>5} {'hours left':>11}")
    for row in rows:
        hours = "" if row["hours_left"] is None else f"{row['hours_left']:.3g}"
        print(
            f"{row['cell']:20} {row['variant']:12} {row['P']:6} {row['wanted']:7} {row['done']:5} {hours:>11}",
        )


if __name__ == "__main__":
    main()
