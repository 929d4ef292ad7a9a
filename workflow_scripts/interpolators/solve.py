"""In: one block of problems. Out: its exact interpolators, a row for each data set, potential, noise and norm."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.interpolators.design import Block
from scaling.interpolators.samples import solved


def main(block: Block, r: list[float], seed: int, output: Path) -> None:
    """Solve all problems of the block."""
    table = solved(block.n, block.d, block.potentials, block.sigma, block.spikes, block.samples, seed, r)
    table.insert(0, "study", block.study)
    table.insert(1, "kappa", block.kappa)
    write_table(table, output)


if __name__ == "__main__":
    command(main)
