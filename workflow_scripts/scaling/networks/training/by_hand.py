"""Train runs from a shell.

    python workflow_scripts/run.py networks/train --data X.npz --P 1000 --out runs --spec spec.json epochs=10

Without Snakemake, on a machine that has only torch and numpy. Settings are those of TrainingSpec: from a JSON file
(--spec), from key=value arguments with JSON values, or both (arguments win). Writes epochs.tsv and layers.tsv into the
folder --out, and checkpoints into its folder checkpoints: interrupted and started again, it goes on from there,
unless the code that trains has changed.
"""

import argparse
import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

from scaling.core.errors import BadInput
from scaling.core.files import write_text
from scaling.networks.data.arrays import read_arrays
from scaling.networks.data.subsets import draw_subset
from scaling.networks.training.block import train_block
from scaling.networks.training.code import training_code
from scaling.networks.training.spec import TrainingSpec, read_spec


def main() -> None:
    """Parse the arguments, draw the subsets, train, write."""
    parser = argparse.ArgumentParser(
        "run.py networks/train", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="array file of a data set (.npz)")
    parser.add_argument(
        "--P",
        type=int,
        required=True,
        help="number of training targets of each run: of images, where they are classified",
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[1], help="one run for each")
    parser.add_argument("--out", type=Path, required=True, help="folder for the tables and checkpoints")
    parser.add_argument("--spec", type=Path, help="settings as a JSON file")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--workers", type=int, default=1, help="runs at once on a CPU")
    parser.add_argument("--keep-weights", action="store_true", help="keep the last weights, to add epochs later")
    parser.add_argument("settings", nargs="*", metavar="key=value", help="e.g. family=CNN epochs=10 'sizes={...}'")
    arguments = parser.parse_intermixed_args()
    try:
        _train(arguments)
    except BadInput as problem:
        sys.exit(f"error: {problem}")


def _train(arguments: argparse.Namespace) -> None:
    spec = _spec(arguments.spec, arguments.settings)
    arrays = read_arrays(arguments.data)
    # the same subsets as the workflow draws for results/data/{name}.npz
    name, available, each = arguments.data.stem, len(arrays.train_examples), arrays.shape.targets
    subsets = {seed: draw_subset(available, arguments.P, seed, name, each) for seed in arguments.seeds}
    tables = train_block(
        arrays,
        subsets,
        spec,
        arguments.out / "checkpoints",
        code=training_code(spec),
        device=arguments.device,
        workers=arguments.workers,
        keep_weights=arguments.keep_weights,
    )
    for table in ("layers", "epochs"):
        write_text(_tsv(getattr(tables, table)), arguments.out / f"{table}.tsv")


def _spec(file: Path | None, settings: list[str]) -> TrainingSpec:
    chosen: dict[str, Any] = {}
    if file is not None:
        try:
            chosen = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as problem:
            raise BadInput(f"{file}: not a JSON file of settings ({problem})") from None
        if not isinstance(chosen, dict):
            raise BadInput(f"{file}: not a JSON file of settings (an object, {{...}})")
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise BadInput(f"{setting!r}: settings are given as key=value")
        try:
            chosen[key] = json.loads(value)
        except ValueError:
            chosen[key] = value  # a bare word: family=CNN
    return read_spec(chosen)


def _tsv(columns: dict[str, list[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue()
