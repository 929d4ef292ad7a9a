"""From a data set's settings to its arrays."""

from typing import Any

from scaling.core.errors import BadInput
from scaling.networks.data.arrays import ImageArrays, check_arrays, describe, pooled
from scaling.networks.data.options import OPTIONS, ORDER, chosen
from scaling.networks.data.settings import Dataset
from scaling.networks.data.sources import SOURCES


def prepare(settings: Dataset) -> tuple[ImageArrays, dict[str, Any]]:
    """The arrays of a data set, and its provenance (scaling.networks.data.arrays.describe).

    Raises
    ------
    BadInput with one line that names the file or the setting.
    """
    arrays, classes = SOURCES.load(settings.source).load(settings)
    where = settings.root or settings.name or settings.source
    check_arrays(arrays, classes, where)
    options = chosen(settings)
    try:
        arrays = pooled(arrays, settings.pool)
        for option, value in options.items():
            arrays = OPTIONS.load(option).apply(arrays, value)
    except BadInput as problem:
        raise BadInput(f"{where}: {problem}") from None
    check_arrays(arrays, classes, where)
    given = settings.model_dump(exclude={"test_images", *ORDER}, exclude_none=True)  # their number is described anyway
    given |= settings.model_dump(include=set(options), exclude_defaults=True)
    return arrays, describe(arrays, classes, given)
