"""Record a study: its runs in one small file, and where they come from in another."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scaling.core.errors import BadInput
from scaling.core.files import atomic, write_text
from scaling.core.machine import machine
from scaling.core.provenance import commit, software
from scaling.core.tidy import read_table, read_tables
from scaling.networks.settings import Cell
from scaling.sources.recorded import (
    ROW,
    RUN_COLUMNS,
    Jobs,
    Machine,
    Origin,
    RecordedCell,
    RecordedRuns,
    RecordedStudy,
    check_runs,
)

CODE = Path(__file__).parents[3]
# Seven digits lose nothing that matters. Errors are multiples of one over the number of images, and keep their order;
# log10 of a norm is right to 4e-6 even at a norm of 10^75, where seeds scatter by 1e-2 and more.
STORED = {
    **dict.fromkeys(ROW, "category"),
    **dict.fromkeys(("P", "seed"), "int32"),
    **dict.fromkeys(("epoch", "log10_norm", "train_error", "test_error"), "float32"),
    "diverged": "bool",
}


def record_study(
    cells: Mapping[str, Cell],
    norms: Sequence[str],
    trajectories: Sequence[Path],
    provenance: Mapping[str, Path],
    benchmarks: Path,
    trained: Path,
    runs: Path,
    description: Path,
    variants: Mapping[str, Mapping[str, Cell]] | None = None,
) -> None:
    """Write these cells as a recorded study, to be read by scaling.sources.recorded.

    Parameters
    ----------
    cells : by name, as the configuration resolves them.
    norms : the norms that were computed; the first is the default. One that a cell has no values of (the operator norm
        is not always stored) is left out there.
    trajectories : the trajectories of these cells and variants (scaling.networks.norms.trajectories), a file for each
        norm.
    provenance : by name as well, the provenance of a cell's images (scaling.networks.data.arrays).
    benchmarks : folder of what Snakemake measured of the training jobs, CELL/VARIANT/P*/block*.tsv.
    trained : folder of the trained runs, with the origin of each in CELL/VARIANT/P*/block*.origins.tsv.
    runs, description : the files to write, .parquet and .json.
    variants : of a cell by its name, the cell as each variant trains it; the baselines are recorded anyway.

    Raises
    ------
    BadInput (one line) for runs that are not those of the configuration, and for what could not be read back.
    """
    ways = {(name, "baseline"): cell for name, cell in cells.items()}
    ways |= {(name, variant): of_it for name, given in (variants or {}).items() for variant, of_it in given.items()}
    every = read_tables(trajectories)
    tables = {way: every[(every["cell"] == way[0]) & (every["variant"] == way[1])] for way in ways}
    for way, table in tables.items():
        _refuse_other_runs("/".join(way).removesuffix("/baseline"), table, ways[way])
    table = pd.concat([_known(table) for table in tables.values()])
    table = table.sort_values([*ROW, "P", "seed", "epoch"], ignore_index=True)[RUN_COLUMNS].astype(STORED)
    check_runs(table, runs, ways)
    with atomic(runs) as temporary:
        table.to_parquet(temporary, index=False, compression="zstd", compression_level=19)
    recorded = {
        way: _recorded_runs(training, tables[way], benchmarks.joinpath(*way), trained.joinpath(*way))
        for way, training in ways.items()
    }
    of_cell = {cell: [variant for name, variant in ways if name == cell] for cell in cells}
    study = RecordedStudy(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        note="",
        sha256=hashlib.sha256(runs.read_bytes()).hexdigest(),
        norms=list(norms),
        commit=commit(CODE),
        software=software(),
        machine=Machine(**machine()),
        cells={
            cell: RecordedCell(
                **dict(recorded[cell, "baseline"]) | {"training": _with_windows(cells[cell], of_cell[cell])},
                data=_without_folders(json.loads(provenance[cell].read_text(encoding="utf-8"))),
                variants={variant: recorded[cell, variant] for variant in of_cell[cell] if variant != "baseline"},
            )
            for cell in cells
        },
    )
    # Last: without its description the file of runs is not a recorded study.
    write_text(study.model_dump_json(indent=2) + "\n", description)


def _refuse_other_runs(cell: str, table: pd.DataFrame, training: Cell) -> None:
    found = set(zip(table["P"], table["seed"], strict=True))
    wanted = {(P, seed) for P in training.P for seed in training.seeds_at(P)}
    if different := found ^ wanted:
        P, seed = min(different)
        where = "trajectories" if (P, seed) in found else "configuration"
        raise BadInput(f"{cell}: the run of P = {P}, seed = {seed} is in the {where} only")


def _known(table: pd.DataFrame) -> pd.DataFrame:
    """Without the norms that there are no values of."""
    finite = np.isfinite(table["log10_norm"])
    return table[finite.groupby(table["norm"]).transform("any")]


def _recorded_runs(training: Cell, table: pd.DataFrame, benchmarks: Path, trained: Path) -> RecordedRuns:
    runs = table.groupby(["P", "seed"])["diverged"].any()
    jobs, origins = _jobs(training, benchmarks), _origins(training, trained)
    if jobs and origins and all(origin.ended < jobs.started for origin in origins):
        jobs = None  # they have only read what had been trained elsewhere
    return RecordedRuns(
        training=_with_windows(training, []),
        runs=len(runs),
        diverged=int(runs.sum()),
        jobs=jobs,
        origins=origins,
    )


def _with_windows(training: Cell, variants: Sequence[str]) -> Cell:
    """With the fit windows of these variants, and a number of epochs for each P."""
    fit = {name: window for name, window in training.fit.items() if name.split("/")[0] in variants}
    epochs = {P: training.epochs_at(P) for P in training.P}
    return training.model_copy(update={"variants": [], "fit": fit, "epochs": epochs})


def _without_folders(data: dict[str, Any]) -> dict[str, Any]:
    """With the last part of a path only: it says what the images were, not where they lay on somebody's disk."""
    return data | {"root": Path(data["root"]).name} if data.get("root") else data


def _jobs(training: Cell, folder: Path) -> Jobs | None:
    """What is recorded of the jobs that trained the cell's baseline: a file is written when its job ends."""
    files = [file for P in training.P for file in sorted((folder / f"P{P}").glob("block*.tsv"))]
    if not files:
        return None
    seconds = [float(read_table(file)["s"].iloc[-1]) for file in files]
    ended = [file.stat().st_mtime for file in files]
    return Jobs(
        number=len(files),
        seconds=round(sum(seconds), 1),
        started=_utc(min(end - took for end, took in zip(ended, seconds, strict=True))),
        ended=_utc(max(ended)),
    )


def _origins(training: Cell, folder: Path) -> list[Origin]:
    """Where the cell's runs were trained, as they say themselves (scaling.networks.training.origin)."""
    files = [file for P in training.P for file in sorted((folder / f"P{P}").glob("block*.origins.tsv"))]
    if not files:
        return []
    table = read_tables(files)
    groups: dict[str, Origin] = {}
    for run in table.to_dict("records"):
        software = {name: str(run[name]) for name in ("Python", "torch", "numpy")}
        software |= {} if pd.isna(run["cuDNN"]) else {"cuDNN": f"{run['cuDNN']:.0f}"}
        words = {name: str(run[name]) for name in ("device", "precision", "engine", "code")}
        switches = {name: bool(run[name]) for name in ("recorded", "channels_last", "deterministic")}
        switches["compiled"] = bool(run.get("compiled", False))  # runs of before this could be chosen do not say
        same = {"software": software, "lanes": int(run["lanes"])} | words | switches
        found = groups.setdefault(json.dumps(same, sort_keys=True), Origin(**same, seconds=0.0, ended="", runs={}))
        found.runs.setdefault(int(run["P"]), []).append(int(run["seed"]))
        groups[json.dumps(same, sort_keys=True)] = found.model_copy(
            update={"seconds": found.seconds + float(run["seconds"]), "ended": max(found.ended, _utc(run["ended"]))}
        )
    return [
        origin.model_copy(update={"seconds": round(origin.seconds, 1) if np.isfinite(origin.seconds) else None})
        for origin in groups.values()
    ]


def _utc(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"
