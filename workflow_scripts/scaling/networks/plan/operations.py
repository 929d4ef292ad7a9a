"""What any network costs: from its sizes where its family is counted so, by building it otherwise."""

import inspect
from typing import Any

from scaling.networks.models._sizes import CHECKS
from scaling.networks.plan.counts import Counts
from scaling.networks.plan.flops import FAMILIES


def count(family: str, sizes: dict[str, Any], shape: tuple[int, ...], outputs: int, assumed: bool = False) -> Counts:
    """The counts of one network for one example of `shape` (scaling.networks.shape).

    Parameters
    ----------
    assumed : the images have not been seen, and `shape` is a guess: sizes of a family that is counted from its sizes
        need not fit it.

    Raises
    ------
    BadInput as scaling.networks.build does, for sizes that the family does not know or that make no network.
    """
    if counted := FAMILIES.get(family.lower()):
        try:
            bound = inspect.signature(counted).bind(shape, outputs, **sizes)
        except TypeError:
            pass  # a size that it does not know: building it says which it does
        else:
            bound.apply_defaults()
            _, _, *chosen = bound.args
            CHECKS[family.lower()](None if assumed else shape, *chosen)
            return counted(*bound.args)
    from scaling.networks.plan.counter import count_by_building

    return count_by_building(family, sizes, shape, outputs)
