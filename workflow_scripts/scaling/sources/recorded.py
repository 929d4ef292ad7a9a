"""Recorded studies, read and checked."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field, ValidationError

from scaling.analysis.settings import FitWindow
from scaling.core.errors import BadInput
from scaling.core.settings import Section
from scaling.networks.facts import facts_of_runs
from scaling.networks.settings import Cell
from scaling.sources.external import check_curves, read_curves
from scaling.sources.source import Row

ROW = ["cell", "variant", "norm"]
RUN_COLUMNS = [*ROW, "P", "seed", "epoch", "log10_norm", "train_error", "test_error", "diverged"]


class Jobs(Section):
    """What was measured of a cell's training: so many jobs, each on one core or GPU.

    seconds : of all jobs together; of a job that was interrupted and continued the last part. started, ended : of the
    first and the last job (UTC). runs : of these jobs, where it is known.
    """

    number: int
    runs: int | None = None
    seconds: float
    started: str
    ended: str


class Origin(Section):
    """Where some runs were trained, and how: those of one machine, software, arithmetic and code.

    device : name of the processor or GPU. software : versions of Python, torch, cuDNN, ... precision, engine, lanes,
    recorded (CUDA graphs), channels_last, deterministic, compiled (torch.compile) : how. code : its fingerprint.
    seconds : of all runs together, each from its start to its end, though several may have shared the device. ended :
    the last (UTC). runs : the seeds at each P.
    """

    device: str
    software: dict[str, str]
    precision: str
    engine: str
    lanes: int
    recorded: bool
    channels_last: bool
    deterministic: bool
    compiled: bool = False
    code: str
    seconds: float | None
    ended: str
    runs: dict[int, list[int]]


class RecordedRuns(Section):
    """Runs that were trained alike: their resolved settings, numbers of runs and of diverged ones among them.

    origins : where the runs were trained, if they brought it along; if not, the study's machine says it.
    """

    training: Cell
    runs: int
    diverged: int
    jobs: Jobs | None
    origins: list[Origin] = Field([])


class RecordedCell(RecordedRuns):
    """One cell: its baseline, the provenance of its data, and its variants that were recorded.

    Of a variant that changes what is analysed alone, the runs are the baseline's; it has no jobs of its own.
    """

    data: dict[str, Any]
    variants: dict[str, RecordedRuns] = Field({})

    def of(self, variant: str) -> RecordedRuns:
        """The runs of a variant, or of the baseline."""
        return self if variant == "baseline" else self.variants[variant]


class Machine(Section):
    """What trained: device is cpu or cuda, name that of the processor or GPU."""

    device: str
    name: str
    cores: int


class RecordedStudy(Section):
    """The description (.json) of a recorded study.

    Attributes
    ----------
    date : of the recording, year-month-day. note : anything else that a reader should know.
    sha256 : of the file of runs. norms : the first is the default one.
    commit : of the code, with "+" if it was changed; software : versions. machine : that of the recording.
    """

    date: str
    note: str
    sha256: str
    norms: list[str]
    commit: str | None
    software: dict[str, str]
    machine: Machine
    cells: dict[str, RecordedCell]

    def rows(self, kind: str) -> list[tuple[str, str, str]]:
        """(cell, variant, norm) of the rows of a kind (networks.settings.Settings.rows), of what was recorded.

        There are baselines, and variants that change what is analysed or what is minimised.
        """
        if kind == "baseline":
            return [(cell, "baseline", self.norms[0]) for cell in self.cells]
        if kind not in ("measures", "tasks"):
            return []
        key, found = kind.removesuffix("s"), []
        for name, cell in self.cells.items():
            own = getattr(cell.training, key)
            changed = [variant for variant, of_it in cell.variants.items() if getattr(of_it.training, key) != own]
            found += [(name, variant, self.norms[0]) for variant in ("baseline", *changed) if changed]
        return found

    def trainings(self) -> dict[tuple[str, str], Cell]:
        """The settings of every (cell, variant)."""
        ways = ((name, variant) for name, cell in self.cells.items() for variant in ("baseline", *cell.variants))
        return {(name, variant): self.cells[name].of(variant).training for name, variant in ways}


def read_description(file: str | Path) -> RecordedStudy:
    """Read a study's description; BadInput (one line) if it is not one."""
    try:
        return RecordedStudy.model_validate_json(Path(file).read_bytes())
    except OSError as problem:
        raise BadInput(f"{file}: cannot be read: {problem.strerror}") from None
    except ValidationError as problem:
        error = problem.errors(include_url=False)[0]
        key = ".".join(str(part) for part in error["loc"])
        message = error["msg"].removeprefix("Value error, ").splitlines()[0]
        raise BadInput(f"{file}: not the description of a recorded study: {f'{key}: ' * bool(key)}{message}") from None


def recorded_studies(folder: str | Path) -> dict[str, RecordedStudy]:
    """Every study in the folder by its name, in the order of the names; BadInput if a description is damaged."""
    return {file.stem: read_description(file) for file in sorted(Path(folder).glob("*.json"))}


class Recordings:
    """The recorded studies of some folders as a source of learning curves; of two of one name the first counts.

    `of` is "recorded/" for all of them, "recorded/NAME/" for one. Methods raise BadInput (one line) where there is no
    recorded study, or none of a name.
    """

    def __init__(self, folders: Sequence[str | Path]) -> None:
        self.folders = list(dict.fromkeys(map(Path, folders)))

    def studies(self) -> dict[str, RecordedStudy]:
        """All of them by name."""
        found = {name: study for folder in self.folders[::-1] for name, study in recorded_studies(folder).items()}
        if not found:
            raise BadInput(
                f"no recorded study: the folder {self.folders[0]}/ holds no .json with its .parquet "
                "(results/recording/NAME.parquet makes both)"
            )
        return found

    def study(self, of: str) -> RecordedStudy:
        """The study of "recorded/NAME/"."""
        name, there = of.split("/")[1], self.studies()
        if name not in there:
            raise BadInput(f"no recorded study {name!r}; there are: {', '.join(there)}")
        return there[name]

    def file(self, of: str, ending: str) -> str:
        """Its file with this ending."""
        self.study(of)
        name = f"{of.split('/')[1]}{ending}"
        return str(next(folder / name for folder in self.folders if (folder / name).with_suffix(".json").is_file()))

    def rows(self, of: str, kind: str) -> list[Row]:
        """The rows of one study, or of all."""
        folders = [f"recorded/{name}/" for name in self.studies()] if of == "recorded/" else [of]
        return [Row(folder, *key) for folder in folders for key in self.study(folder).rows(kind)]

    def kept(self, of: str) -> list[Row]:
        """Every row of one study, or of all, of which there are runs: also of norms that no table shows."""
        found = []
        for folder in dict.fromkeys(row.of for row in self.rows(of, "baseline")):
            table = pd.read_parquet(self.file(folder, ".parquet"), columns=ROW).astype(str)
            there, study = set(table.itertuples(index=False, name=None)), self.study(folder)
            keys = [(*way, norm) for way in study.trainings() for norm in study.norms]
            found += [Row(folder, *key) for key in keys if key in there]
        return found

    def window(self, row: Row) -> FitWindow:
        """The fit window that was recorded with the runs."""
        study = self.study(row.of)
        return study.cells[row.cell].training.fit_window(row.variant, row.norm, study.norms[0])

    def norms(self, row: Row) -> list[str]:
        """The norms that were recorded."""
        return self.study(row.of).norms

    def task(self, row: Row) -> str:
        """What the training of its runs minimised."""
        return self._training(row).task

    def words(self, rows: Sequence[Row]) -> list[str]:
        """How the runs of these rows were trained, a line each."""
        names = [f"{row.cell} {row.variant}".removesuffix(" baseline").replace("_", " ") for row in rows]
        return [f"{name}: {self._training(row).in_words()}." for name, row in zip(names, rows, strict=True)]

    def _training(self, row: Row) -> Cell:
        cell = self.study(row.of).cells.get(row.cell)
        if cell is None or row.variant not in ("baseline", *cell.variants):
            raise BadInput(f"{row.of}: no runs of {row.cell}/{row.variant} were recorded")
        return cell.of(row.variant).training

    def descriptions(self, of: str) -> list[str]:
        """The descriptions of the studies whose rows a table shows."""
        return list(dict.fromkeys(self.file(row.of, ".json") for row in self.rows(of, "baseline")))


def read_runs(file: str | Path, study: RecordedStudy) -> pd.DataFrame:
    """The trajectories of a recorded study.

    Returns
    -------
    RUN_COLUMNS: cell, variant, norm, P, seed, epoch, log10_norm, train_error and test_error (the measure that was
    recorded), diverged; numbers in float64, though they are stored in float32 (see `record_study`).

    Raises
    ------
    BadInput (one line) for a file that is missing, damaged or of another study, and for contents that external curves
    may not have.
    """
    table = read_curves(file)
    if hashlib.sha256(Path(file).read_bytes()).hexdigest() != study.sha256:
        raise BadInput(f"{file}: damaged, or not the file that its description was written for (SHA-256)")
    return check_runs(table, file, study.trainings())


def check_runs(
    table: pd.DataFrame, file: str | Path, trainings: Mapping[tuple[str, str], Cell] | None = None
) -> pd.DataFrame:
    """Check every cell, variant and norm as curves from elsewhere are checked.

    Takes and returns RUN_COLUMNS; the rows of diverged runs need not be finite. `file` begins the line of a BadInput.
    trainings : how they were trained, by cell and variant: errors may be above 1 where their measure may.
    """
    if missing := [name for name in RUN_COLUMNS if name not in table]:
        raise BadInput(f"{file}: no column {missing[0]}; needed are {', '.join(RUN_COLUMNS)}")
    if table["diverged"].dtype != bool:
        raise BadInput(f"{file}: column diverged is of type {table['diverged'].dtype}; true and false are allowed")
    table = table[RUN_COLUMNS].astype({name: str for name in ROW})
    numbers = ["epoch", "log10_norm", "train_error", "test_error"]
    try:
        table = table.astype({name: float for name in numbers})
    except ValueError as problem:
        raise BadInput(f"{file}: {problem}") from None
    finished = table[~table["diverged"]].drop(columns="norm")
    for row, part in finished.groupby([table["cell"], table["variant"], table["norm"]], sort=False):
        training = (trainings or {}).get(row[:2])
        fraction = training is None or facts_of_runs(training.task, training.measure, 0, {})["highest"] == 1
        check_curves(part, f"{file}: {'/'.join(row)}", "error" if fraction else "loss")
    return table
