"""In: tables of limits, elbows, slopes and networks. Out: the claims of the published abstract, each with a verdict."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table, write_table
from scaling.interpolators.claims import claims


def main(limits: Path, elbow: Path, slopes: Path, network: Path, output: Path) -> None:
    """Judge every claim."""
    write_table(claims(*(read_table(table) for table in (limits, elbow, slopes, network))), output)


if __name__ == "__main__":
    command(main)
