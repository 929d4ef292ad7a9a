"""In: trained networks of finite size. Out: finite.tsv, their means beside state evolution."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_tables, write_table
from scaling.shallow.finite import compared


def main(samples: list[Path], noise: float, output: Path) -> None:
    """Compare means over samples with state evolution."""
    write_table(compared(read_tables(samples), noise), output)


if __name__ == "__main__":
    command(main)
