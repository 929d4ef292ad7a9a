"""On a borrowed machine: train the runs of a queue for so many minutes.

    python workflow_scripts/run.py networks/queue_run queue.json --data FOLDER --out runs --minutes 12

It needs torch and NumPy only. Runs that have ended are in runs/records.json.gz, written again every 30 seconds;
bring that file home. Started again, it trains what is left.
"""

import argparse
import math
import sys
from pathlib import Path

from scaling.core.errors import BadInput
from scaling.networks.queue.files import read_queue
from scaling.networks.queue.run import run_queue


def main() -> None:
    """Parse the arguments and train."""
    parser = argparse.ArgumentParser(
        "run.py networks/queue_run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("queue", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder of the images, NAME.npz")
    parser.add_argument("--out", type=Path, required=True, help="folder for what comes home, records.json.gz")
    parser.add_argument("--minutes", type=float, required=True, help="how long the machine is there")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--lanes", type=int, help="runs at a time; by the network's size if not given")
    parser.add_argument(
        "--checkpoint-minutes", type=float, default=math.inf, help="save unfinished runs too, where the disk is kept"
    )
    parser.add_argument("--every", type=float, default=30.0, help="seconds between two writings of the records")
    parser.add_argument("--other-code", action="store_true", help="train although the checkout is another one")
    given = vars(parser.parse_args())
    try:
        done, left = run_queue(read_queue(given.pop("queue")), **given)
    except BadInput as problem:
        sys.exit(f"error: {problem}")
    print(f"{given['out'] / 'records.json.gz'}: {done} runs done, {left} left", flush=True)


if __name__ == "__main__":
    main()
