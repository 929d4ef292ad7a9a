"""In: the laws (a, delta, noise) and a norm. Out: flow.tsv, gradient flow at n = infinity beside the fixed norm."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.covariates.tables import flow


def main(laws: list[tuple[float, float, float]], norm: float, table: Path) -> None:
    """Follow the flow of every law without noise."""
    write_table(flow(laws, norm), table)


if __name__ == "__main__":
    command(main)
