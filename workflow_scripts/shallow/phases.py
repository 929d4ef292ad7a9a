"""Out: phases.tsv, the closed forms of all phases beside state evolution."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.shallow.phases import phases


def main(output: Path) -> None:
    """Write the table of the phases."""
    write_table(phases(), output)


if __name__ == "__main__":
    command(main)
