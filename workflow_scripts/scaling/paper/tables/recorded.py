"""Tables 1 and 2 of recorded studies, of whose variants and further norms nothing is kept."""

from collections.abc import Mapping

import pandas as pd

from scaling.core.errors import BadInput
from scaling.paper.contents import TABLES
from scaling.paper.tables.ours import paper_table
from scaling.paper.tables.render import SYMBOLS
from scaling.sources.facts import PUBLISHED_NORM, published_values
from scaling.sources.recorded import RecordedCell, RecordedStudy


def recorded_table(number: int, studies: Mapping[str, RecordedStudy], exponents: pd.DataFrame) -> pd.DataFrame:
    """Table `number` (1 or 2) of recorded studies.

    Parameters
    ----------
    studies : by name.
    exponents : the long table of exponents of their rows; its column study is recorded/NAME.

    Returns
    -------
    The columns of `paper_table`, before them study and behind them, in words, trained (how, on what, how long) and
    counterpart (of which published row the published values are, or why there are none). Published values stand only
    beside the same family on the same, whole images, whatever the cell is called.
    """
    tables = []
    for name, study in studies.items():
        of_study = exponents[exponents["study"] == f"recorded/{name}"]
        if of_study.empty:
            continue
        table = paper_table(number, of_study, study.norms[0])
        cells = [study.cells[cell] for cell in table["cell"]]
        counterparts = [_counterpart(number, cell) for cell in cells]
        for column in table.columns[table.columns.str.endswith("_published")]:
            quantity = column.removesuffix("_published")
            table[column] = pd.Series([values.get(quantity) for values, _ in counterparts], dtype=object)
        table.insert(0, "study", name)
        tables.append(
            table.assign(
                trained=[_trained(cell, study) for cell in cells], counterpart=[words for _, words in counterparts]
            )
        )
    if not tables:
        raise BadInput(f"Table {number}: no recorded study has rows of it ({TABLES[number].rows})")
    return pd.concat(tables, ignore_index=True)


def _counterpart(number: int, cell: RecordedCell) -> tuple[dict[str, str], str]:
    """The published values of the cell that this one repeats (none if it does not), and what there is to say of it."""
    family, images, pool = cell.training.family, cell.data.get("name"), cell.data.get("pool", 1)
    values = published_values(number).get((f"{family}_{images}", "baseline", PUBLISHED_NORM))
    if values is None:
        return {}, f"no published row: {family} on {images or cell.training.dataset} is not in the paper"
    if pool == 1:
        return values, f"published: {family} on {images}"
    printed = ", ".join(f"{SYMBOLS.get(name, name.replace('sigma', 'σ'))} {text}" for name, text in values.items())
    smaller = f"no published row: {images} averaged over {pool}x{pool} pixels"
    return {}, f"{smaller}; published of {family} on {images} itself: {printed}"


def _trained(cell: RecordedCell, study: RecordedStudy) -> str:
    words = [cell.training.in_words(), f"{cell.diverged} of {cell.runs} runs diverged"]
    words += list(dict.fromkeys(origin.device for origin in cell.origins)) or [study.machine.name]
    if jobs := cell.jobs:
        of = "" if jobs.runs in (None, cell.runs) else f" for {jobs.runs} of {cell.runs} runs"
        words.append(f"{jobs.seconds / 3600:.2g} hours of computing{of}, ended {jobs.ended} UTC")
    elif seconds := sum(origin.seconds or 0 for origin in cell.origins):
        ended = max(origin.ended for origin in cell.origins)
        together = ", several at a time" if any(origin.lanes > 1 for origin in cell.origins) else ""
        words.append(f"{seconds / 3600:.2g} hours of runs{together}, ended {ended} UTC")
    return "; ".join(words)
