"""What is done to a data set after its source was read, one file each, in the order of `ORDER`.

A file's name is a key of a data set (scaling.networks.data.settings.Dataset), and its value is given to the functions:

apply(arrays, value) : the changed arrays; BadInput in one line if the value does not fit them.
sizes(known, value) : sizes of the changed data set (scaling.networks.data.sizes.Sizes) from those before.
"""

from typing import Any

from scaling.core.registry import Registry

OPTIONS = Registry("networks.data.options", "option of a data set")
ORDER = ("deform", "label_noise")


def chosen(settings: Any) -> dict[str, Any]:
    """The options that a data set's settings ask for, in order: name and value."""
    values = {name: getattr(settings, name, None) for name in ORDER}
    return {name: value for name, value in values.items() if value}
