"""How fast networks have been trained on one GPU: from measured rates to hours.

rates.tsv holds images per second of one NVIDIA H100 80GB HBM3 (torch 2.11, CUDA 13.0, cuDNN 9.19), by network (its
family, parameters and operations tell which), batch size and precision: recorded steps, deterministic convolutions, in
the fastest way that was tried. All are measured; where `measured` were no, the rate would be predicted.
"""

import csv
from functools import cache
from math import nan
from pathlib import Path

from scaling.networks.plan.counts import Counts

PRECISIONS = ("float32", "tf32", "bf16")
#: Operations per second of products of large matrices, measured on the same card.
MATRIX_RATES = {"float32": 51.4e12, "tf32": 405.9e12, "bf16": 774.3e12}


@cache
def _table() -> dict[tuple[str, int, int, int, str], tuple[float, bool]]:
    with (Path(__file__).parent / "rates.tsv").open(encoding="utf-8", newline="") as stream:
        return {
            (
                row["family"].lower(),
                *(int(row[key]) for key in ("parameters", "forward", "batch_size")),
                row["precision"],
            ): (
                float(row["images_per_second"]),
                row["measured"] == "yes",
            )
            for row in csv.DictReader(stream, delimiter="\t")
        }


def rate(family: str, counts: Counts, batch_size: int, precision: str) -> tuple[float, str]:
    """Images per second of a network in training, and where that is from: "measured", "predicted", or NaN and ""."""
    found = _table().get((family.lower(), counts.parameters, counts.forward, batch_size, precision))
    return (nan, "") if found is None else (found[0], "measured" if found[1] else "predicted")


def hours(family: str, counts: Counts, batch_size: int, trained: float, scored: float) -> dict[str, float | str]:
    """The hours in each precision of training on `trained` images and scoring `scored` ones.

    Images are scored in float32 whatever the precision: a forward pass takes its share of the operations of a step.

    Returns
    -------
    hours_PRECISION (NaN where the rate is not known) and floor_PRECISION, the same at the full rate of matrix products;
    rates: in words, which of them are measured.
    """
    share = counts.forward / max(1, counts.forward + counts.backward)  # a table in which rows are looked up has none
    scoring = scored * share / rate(family, counts, batch_size, "float32")[0]
    row: dict[str, float | str] = {}
    for precision in PRECISIONS:
        row[f"hours_{precision}"] = (trained / rate(family, counts, batch_size, precision)[0] + scoring) / 3600
    for precision, products in MATRIX_RATES.items():
        trains = trained * (counts.forward + counts.backward) / products
        row[f"floor_{precision}"] = (trains + scored * counts.forward / MATRIX_RATES["float32"]) / 3600
    kinds = {precision: rate(family, counts, batch_size, precision)[1] for precision in PRECISIONS}
    return row | {"rates": in_words(kinds)}


def in_words(kinds: dict[str, str]) -> str:
    """{"tf32": "measured", "bf16": "predicted"} as "measured: tf32; predicted: bf16"."""
    found = {kind: [name for name, its in kinds.items() if its == kind] for kind in ("measured", "predicted")}
    return "; ".join(f"{kind}: {', '.join(names)}" for kind, names in found.items() if names) or "none known"
