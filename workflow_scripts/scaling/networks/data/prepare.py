"""From a data set's settings to its arrays."""

from typing import Any

from scaling.core.errors import BadInput
from scaling.networks.data.arrays import Arrays, check_arrays, describe, pooled
from scaling.networks.data.options import OPTIONS, ORDER, chosen
from scaling.networks.data.settings import Dataset
from scaling.networks.data.sources import SOURCES


def prepare(settings: Dataset) -> tuple[Arrays, dict[str, Any]]:
    """The arrays of a data set, and its provenance (scaling.networks.data.arrays.describe).

    Raises
    ------
    BadInput with one line that names the file or the setting.
    """
    source = SOURCES.load(settings.source)
    arrays, classes = source.load(settings)
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
    described_anyway = {"test_images", *ORDER} | ({"pool"} if arrays.KIND != "images" else set())
    given = settings.model_dump(exclude=described_anyway, exclude_none=True)
    given |= source.provenance(settings) if hasattr(source, "provenance") else {}
    given |= settings.model_dump(include=set(options), exclude_defaults=True)
    return arrays, describe(arrays, classes, given)
