"""Where learning curves come from, as the rules see it: everything from trajectories down is the same for all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scaling.analysis.settings import FitWindow


@dataclass(frozen=True)
class Row:
    """One row of a table, one panel of a figure.

    of : the folder of its source below results/, "" or with a slash at its end. cell, variant, norm : what it is of.
    """

    of: str
    cell: str
    variant: str
    norm: str

    def file(self, folder: str, ending: str) -> str:
        """Its file of one kind: ("curves", ".parquet") is results/OFcurves/CELL/VARIANT/NORM.parquet."""
        return f"results/{self.of}{folder}/{self.cell}/{self.variant}/{self.norm}{ending}"


@dataclass(frozen=True)
class Source:
    """A source of learning curves. A rule of its own makes results/{of}trajectories/{cell}/{variant}/{norm}.parquet.

    Attributes
    ----------
    of : regular expression of its folder below results/ ("" for the study that is trained here).
    rows : (of, kind) -> the rows of a table or the panels of a figure; kind as in networks.settings.Settings.rows.
    window : row -> the window of the authors' procedure.
    words : rows -> how their runs came about, a line each, for captions.
    task : row -> what its training minimised (scaling.networks.tasks); of sources that know it.
    norms : row -> all norms in which its runs are there.
    """

    of: str
    rows: Callable[[str, str], Sequence[Row]]
    window: Callable[[Row], FitWindow]
    words: Callable[[Sequence[Row]], Sequence[str]] = lambda rows: []
    task: Callable[[Row], str] | None = None
    norms: Callable[[Row], Sequence[str]] = lambda row: [row.norm]


def study_of(of: str) -> str:
    """The study's name in the tables: "trained", "published", "recorded/NAME", "external/NAME"."""
    return of.rstrip("/") or "trained"
