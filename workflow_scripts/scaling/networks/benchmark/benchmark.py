"""How fast runs train here: the ways of this package beside the field's usual loop, for each cell of a preset.

    make bench-train                                     (cells of config.yaml: paper on a GPU, quick on a CPU)
    python workflow_scripts/run.py networks/benchmark --save cells.json       where the workflow is installed
    python workflow_scripts/run.py networks/benchmark --cells cells.json      on a machine that has only torch and numpy

Printed first: the rate of matrix products, and what all cells would take at it, the least that is possible. For every
way: images per second (on a CPU per core-second), the same in units of the usual loop's, how busy the GPU is, the
fraction of the matrix products' rate (measured here, in the cell's precision) that the network's own operations reach,
memory. At the end, for every cell, the fastest way and what the whole cell takes by it.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch

from scaling.core.errors import BadInput
from scaling.core.files import write_text
from scaling.networks.benchmark.measure import Speed, matrix_rates
from scaling.networks.benchmark.speed import (
    Candidate,
    CellCost,
    attempt,
    candidate_speed,
    candidates,
    training_step,
)
from scaling.networks.benchmark.usual import usual_speed
from scaling.networks.training.arithmetic import arithmetic
from scaling.networks.training.spec import TrainingSpec, read_spec


@dataclass(frozen=True)
class Row:
    """One way to train a cell: a candidate, or None for the usual loop; its speed, or what went wrong."""

    cell: CellCost
    candidate: Candidate | None
    result: Speed | str

    @property
    def way(self) -> str:
        """Its name in the table."""
        return str(self.candidate) if self.candidate else "usual loop"

    def rate(self, cuda: bool) -> float:
        """Images per second, on a CPU per core-second; nan where it failed."""
        if isinstance(self.result, str):
            return float("nan")
        return self.result.per_second if cuda else self.result.per_core_second


def measured(
    cell: CellCost, ways: Sequence[Candidate], rates: dict[str, float], device: torch.device, seconds: float
) -> list[Row]:
    """The usual loop and all candidates on one cell, printed as they come; `rates` are those of matrix products."""
    cuda = device.type == "cuda"
    rows = [Row(cell, None, attempt(lambda: usual_speed(cell, device, seconds), cuda))]
    print(line(rows[0], rows[0], rates, cuda), flush=True)
    for way in ways:
        found = attempt(lambda way=way: candidate_speed(cell, way, device, seconds), cuda)
        rows.append(Row(cell, way, found))
        print(line(rows[-1], rows[0], rates, cuda), flush=True)
    return rows


def floor(cells: Sequence[CellCost], rates: dict[str, float], cuda: bool) -> list[str]:
    """For each precision the rate of matrix products, and the hours of all cells if training did nothing but those."""
    unit, operations = "GPU hours" if cuda else "core hours", sum(cell.operations for cell in cells)
    return [
        f"  {name} matrix products: {rate / 1e12:.3g} TFLOP/s{'' if cuda else ' on one core'}, "
        f"and at that rate all cells: {operations / rate / 3600:.3g} {unit}"
        for name, rate in rates.items()
    ]


def heading(cuda: bool) -> str:
    """Of the table's columns."""
    unit = "images/s" if cuda else "images per core-second"
    speed = f"{unit:>22}  {'x usual':>8}"
    return f"{'cell':<18}{'way':<19}{'runs':>5}  {speed}  {'GPU %':>6}  {'matrix rate %':>13}  {'peak GB':>8}"


def line(row: Row, usual: Row, rates: dict[str, float], cuda: bool) -> str:
    """A row of the table."""
    start = f"{row.cell.name:<18}{row.way:<19}{row.candidate.runs if row.candidate else 1:>5}  "
    if isinstance(row.result, str):
        return start + row.result
    rate = row.rate(cuda)
    reached = 100 * rate * row.cell.training_flops / rates[row.cell.spec["precision"]]
    return (
        f"{start}{rate:>22,.0f}  {rate / usual.rate(cuda):>8.1f}  {row.result.utilisation:>6.0f}"
        f"  {reached:>13.1f}  {row.result.peak_gb:>8.2f}"
    )


def fastest(rows: Sequence[Row], cuda: bool) -> Row | None:
    """The fastest candidate; None if all failed."""
    ran = [row for row in rows if row.candidate and isinstance(row.result, Speed)]
    return max(ran, key=lambda row: row.rate(cuda), default=None)


def summary(table: Sequence[Sequence[Row]], rates: dict[str, float], cuda: bool) -> list[str]:
    """For each cell its rows' fastest and the hours that the whole cell takes by it; then all cells' hours."""
    unit = "GPU hours" if cuda else "core hours"
    lines, total, missing = ["", "the fastest of each cell", f"{heading(cuda)}  {unit:>10}"], 0.0, 0
    for rows in table:
        best = fastest(rows, cuda)
        if best is None:
            missing += 1
            lines.append(f"{rows[0].cell.name:<18}none ran")
            continue
        hours = best.cell.hours(best.rate(cuda))
        total += hours
        lines.append(f"{line(best, rows[0], rates, cuda)}  {hours:>10.3f}")
    return [*lines, f"all cells: {total:.3f} {unit}" + (f", without {missing} that did not run" if missing else "")]


def profile(row: Row, device: torch.device) -> str:
    """Where the time of ten steps of a candidate goes, kernel by kernel."""
    activities = [getattr(torch.profiler.ProfilerActivity, device.type.upper())]
    spec = TrainingSpec(**row.cell.spec)
    with arithmetic(spec, device.type):
        step = training_step(row.cell, row.candidate, device)
        for _ in range(5):
            step()
        with torch.profiler.profile(activities=activities) as profiler:
            for _ in range(10):
                step()
            if device.type == "cuda":
                torch.cuda.synchronize()
    key = f"self_{device.type}_time_total"
    return profiler.key_averages().table(sort_by=key, row_limit=12, max_name_column_width=60)


def cells_of(preset: str, config: Path) -> list[CellCost]:
    """The cells of a preset of a configuration (needs the workflow's packages)."""
    from scaling.config import read_files
    from scaling.networks.plan.costs import images_of, images_of_all_runs
    from scaling.networks.plan.operations import count

    study = read_files([config], preset)
    cells = []
    for name, cell in study.cells.items():
        shape, classes, _, test = images_of(study.datasets[cell.dataset])
        if shape.kind != "images":
            print(f"{name}: not measured, the usual loop here is one for images", flush=True)
            continue
        trained, scored = images_of_all_runs(cell, test)
        counts = count(cell.family, cell.sizes, shape, classes)
        operations = counts.forward + counts.backward, counts.forward
        spec = TrainingSpec.of(cell, max(cell.P)).as_dict()
        cells.append(CellCost(name, spec, shape, classes, trained, scored, *operations))
    return cells


def main() -> None:
    """Print the speeds, and for each cell the fastest way and the hours that the whole cell takes by it."""
    arguments = _arguments()
    try:
        cells = _cells(arguments)
    except BadInput as problem:
        sys.exit(f"error: {problem}")
    if arguments.save:
        write_text(json.dumps([asdict(cell) for cell in cells], indent=1) + "\n", arguments.save)
    else:
        _measure(cells, arguments)


def _measure(cells: Sequence[CellCost], arguments: argparse.Namespace) -> None:
    cuda = torch.cuda.is_available()
    device = torch.device("cuda" if cuda else "cpu")
    print(f"{torch.cuda.get_device_name() if cuda else 'CPU'}, {os.cpu_count()} cores, torch {torch.__version__}")
    rates = matrix_rates(device, ["float32", "tf32", "bf16"] if cuda else {cell.spec["precision"] for cell in cells})
    print("\n".join(floor(cells, rates, cuda)))
    print(heading(cuda), flush=True)
    ways = [way for way in candidates(cuda, arguments.runs) if not arguments.ways or str(way) in arguments.ways]
    table = [measured(cell, ways, rates, device, arguments.seconds) for cell in cells]
    print("\n".join(summary(table, rates, cuda)), flush=True)
    for rows in table if arguments.profile else []:
        if best := fastest(rows, cuda):
            print(f"\n{best.cell.name}: {best.way}, {best.candidate.runs} runs, ten steps\n{profile(best, device)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "run.py networks/benchmark", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    cuda = torch.cuda.is_available()
    parser.add_argument("--config", type=Path, default=Path("config.yaml"))
    parser.add_argument("--preset", default="paper" if cuda else "quick")
    parser.add_argument("--cells", type=Path, help="a file that --save wrote, instead of config and preset")
    parser.add_argument("--save", type=Path, help="only write the cells to this file")
    parser.add_argument("--only", nargs="+", help="names of cells, if not all are to be measured")
    parser.add_argument("--precision", choices=["float32", "tf32", "bf16"], help="if not the cells' own")
    parser.add_argument("--runs", type=int, nargs="+", default=[4, 16, 32] if cuda else [1, 8], help="at once")
    names = sorted({str(way) for way in candidates(cuda, [1, 2])})
    parser.add_argument("--ways", nargs="+", choices=names, help="beside the usual loop; all if not given")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    parser.add_argument(
        "--profile", action="store_true", help="then show where each cell's fastest way spends its time"
    )
    return parser.parse_args()


def _cells(arguments: argparse.Namespace) -> list[CellCost]:
    cells = _saved(arguments.cells) if arguments.cells else cells_of(arguments.preset, arguments.config)
    if arguments.only:
        if unknown := set(arguments.only) - {cell.name for cell in cells}:
            raise BadInput(f"--only: {min(unknown)!r} is not one of {', '.join(cell.name for cell in cells)}")
        cells = [cell for cell in cells if cell.name in arguments.only]
    if arguments.precision:
        cells = [replace(cell, spec=cell.spec | {"precision": arguments.precision}) for cell in cells]
    for cell in cells:
        read_spec(cell.spec)
    return cells


def _saved(file: Path) -> list[CellCost]:
    try:
        saved = json.loads(file.read_text(encoding="utf-8"))
        return [CellCost(**cell | {"image_shape": tuple(cell["image_shape"])}) for cell in saved]
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise BadInput(f"{file}: not a file of cells, as --save writes it ({problem})") from None
