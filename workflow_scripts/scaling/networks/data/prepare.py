"""From a data set's settings to its arrays."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from scaling.core.errors import BadInput
from scaling.core.paths import expanded
from scaling.networks.data.arrays import ImageArrays, check_arrays, describe, pooled
from scaling.networks.data.options import OPTIONS, chosen
from scaling.networks.data.sources import SOURCES


def prepare(
    source: str,
    name: str | None = None,
    root: str | None = None,
    pool: int = 1,
    test_images: int = 357,
    deform: dict[str, Any] | None = None,
    label_noise: float = 0,
    resize: Sequence[int] | None = None,
    test_fraction: float | None = None,
) -> tuple[ImageArrays, dict[str, Any]]:
    """The arrays of a data set, and its provenance (scaling.networks.data.arrays.describe).

    Parameters
    ----------
    source, name, root, pool, test_images, deform, label_noise, resize, test_fraction : as in
        scaling.networks.data.settings.Dataset, which says what is allowed.

    Raises
    ------
    BadInput with one line that names the file or the setting.
    """
    root = None if root is None else expanded(root)
    options = {"deform": deform, "label_noise": label_noise}
    settings = SimpleNamespace(source=source, name=name, root=root, pool=pool, test_images=test_images, **options)
    settings.resize, settings.test_fraction = resize, test_fraction
    arrays, classes = SOURCES.load(source).load(settings)
    where = root or name or source
    check_arrays(arrays, classes, where)
    try:
        arrays = pooled(arrays, pool)
        for option, value in chosen(settings).items():
            arrays = OPTIONS.load(option).apply(arrays, value)
    except BadInput as problem:
        raise BadInput(f"{where}: {problem}") from None
    check_arrays(arrays, classes, where)
    said = {
        "source": source,
        "name": name,
        "root": root,
        "pool": pool,
        "resize": resize,
        "test_fraction": test_fraction,
        **chosen(settings),
    }
    return arrays, describe(arrays, classes, {key: value for key, value in said.items() if value is not None})
