"""What any network costs: from its sizes where its family is counted so, by building it otherwise."""

from contextlib import suppress
from typing import Any

from scaling.networks.plan.counts import Counts
from scaling.networks.plan.flops import FAMILIES


def count(family: str, sizes: dict[str, Any], image_shape: tuple[int, int, int], classes: int) -> Counts:
    """The counts of one network for one image of `image_shape` (channels, height, width).

    Raises
    ------
    BadInput as scaling.networks.build does, for sizes that the family does not know or that make no network.
    """
    with suppress(KeyError, TypeError, ValueError):
        return FAMILIES[family.lower()](image_shape, classes, **sizes)
    # A family that is not counted here, or sizes that make no network: building it says what is wrong with them.
    from scaling.networks.plan.counter import count_by_building

    return count_by_building(family, sizes, image_shape, classes)
