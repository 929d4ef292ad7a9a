"""From a data set's settings to its arrays."""

from typing import Any

from scaling.data.arrays import ImageArrays, check_arrays, describe, pooled
from scaling.errors import BadInput

DOWNLOADS = "results/downloads"  # where torchvision looks first and downloads to, if no root is given


def prepare(
    source: str, name: str | None = None, root: str | None = None, pool: int = 1, test_images: int = 357
) -> tuple[ImageArrays, dict[str, Any]]:
    """The arrays of a data set, and its provenance (scaling.data.arrays.describe).

    Parameters
    ----------
    source, name, root, pool, test_images : as in scaling.config.Dataset, which says what is allowed.

    Raises
    ------
    BadInput with one line that names the file or the setting.
    """
    settings = {"source": source, "name": name, "root": root, "pool": pool}
    # Each source is imported where it is used: torchvision and scikit-learn take seconds.
    if source == "digits":
        from scaling.data.digits import load_digits

        arrays, classes = load_digits(test_images)
    elif source == "torchvision":
        from scaling.data.torchvision_sets import load_torchvision

        arrays, classes = load_torchvision(name, root or DOWNLOADS)
    elif source == "idx":
        from scaling.data.idx import load_idx

        arrays, classes = load_idx(root)
    else:
        from scaling.data.folder import load_folder

        arrays, classes = load_folder(root)
    where = root or name or source
    check_arrays(arrays, classes, where)
    try:
        arrays = pooled(arrays, pool)
    except BadInput as problem:
        raise BadInput(f"{where}: {problem}") from None
    return arrays, describe(arrays, classes, {key: value for key, value in settings.items() if value is not None})
