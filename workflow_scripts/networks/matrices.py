"""In: a model and what is known of its data set. Out: which of its parameters are weight matrices, and which not."""

import json
from pathlib import Path
from typing import Any

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.networks.accounting import accounting
from scaling.networks.shape import Shape


def main(family: str, sizes: dict[str, Any], provenance: Path, matrices: Path) -> None:
    """Build the model for the examples that `provenance` describes, and say what its norms are made of."""
    data = json.loads(provenance.read_text(encoding="utf-8"))
    shape = Shape(data["shape"], data["kind"], data["targets_per_example"])
    write_table(accounting(family, sizes, shape, data["outputs"]), matrices)


if __name__ == "__main__":
    command(main)
