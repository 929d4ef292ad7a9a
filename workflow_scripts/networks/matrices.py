"""In: a model and the images of its data set. Out: which of its parameters are weight matrices, and which are not."""

import json
from pathlib import Path
from typing import Any

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.networks.accounting import accounting


def main(family: str, sizes: dict[str, Any], provenance: Path, matrices: Path) -> None:
    """Build the model for the images that `provenance` describes, and say what its norms are made of."""
    images = json.loads(provenance.read_text(encoding="utf-8"))
    height, width, channels = images["height_width_channels"]
    write_table(accounting(family, sizes, (channels, height, width), len(images["classes"])), matrices)


if __name__ == "__main__":
    command(main)
