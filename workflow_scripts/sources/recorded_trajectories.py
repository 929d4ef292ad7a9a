"""In: a recorded study (.parquet and .json). Out: the trajectories of one cell, variant and norm, checked."""

from pathlib import Path

from scaling.analysis.exponents import identified
from scaling.analysis.facts import with_facts
from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.networks.facts import facts_of_runs
from scaling.sources.recorded import ROW, read_description, read_runs


def main(runs: Path, description: Path, study: str, cell: str, variant: str, norm: str, trajectories: Path) -> None:
    """Take out one cell, variant and norm."""
    recorded = read_description(description)
    table = read_runs(runs, recorded)
    wanted = {"cell": cell, "variant": variant, "norm": norm}
    chosen = table[(table[ROW] == [wanted[name] for name in ROW]).all(axis=1)].reset_index(drop=True)
    its = recorded.cells[cell].of(variant).training
    facts = facts_of_runs(its.task, its.measure, its.floor, recorded.cells[cell].data)
    write_table(with_facts(identified(chosen, {"study": study} | wanted), facts), trajectories)


if __name__ == "__main__":
    command(main)
