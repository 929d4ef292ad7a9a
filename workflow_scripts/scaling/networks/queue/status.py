"""What of a queue is done, and how long the rest takes."""

from collections.abc import Iterable
from typing import Any

from scaling.networks.queue.files import cost, key_of, spec_at


def status(queue: dict[str, Any], runs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each cell, variant and P: how many runs are wanted, done, and the hours that the others take.

    The hours are those of the devices that trained the others of the cell, all lanes busy; None where no run is done.
    """
    done = {key_of(run): run for run in runs}
    prices = {(group["cell"], group["variant"]): _prices(group) for group in queue["groups"]}
    spent: dict[tuple[str, str], list[float]] = {}
    for run in done.values():
        of = run["cell"], run["variant"]
        if of in prices and run["P"] in prices[of]:
            pair = spent.setdefault(of, [0.0, 0.0])
            pair[0] += run["origin"]["seconds"] / run["origin"]["lanes"]
            pair[1] += prices[of][run["P"]]
    rows: dict[tuple[str, str, int], dict[str, Any]] = {}
    for wanted in queue["runs"]:
        cell, variant, P, _ = key_of(wanted)
        row = rows.setdefault((cell, variant, P), {"cell": cell, "variant": variant, "P": P, "wanted": 0, "done": 0})
        row["wanted"] += 1
        row["done"] += key_of(wanted) in done
    for (cell, variant, P), row in rows.items():
        seconds, images = spent.get((cell, variant), (0.0, 0.0))
        left = (row["wanted"] - row["done"]) * prices[cell, variant][P]
        row["hours_left"] = left * seconds / images / 3600 if images else None
    return [rows[key] for key in sorted(rows)]


def _prices(group: dict[str, Any]) -> dict[int, float]:
    return {
        int(P): cost(spec_at(group, int(P)), int(P) // group["targets"], group["test_images"]) for P in group["epochs"]
    }
