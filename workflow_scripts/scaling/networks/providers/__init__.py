"""Collections of models, one file each: `family: PROVIDER:NAME` is the model NAME of the file PROVIDER.

A provider has a function `build(name, image_shape, classes, **sizes)`, which draws initial weights from torch's global
CPU generator and adapts the model to these images or raises BadInput. The package that it needs has its name.
"""

from scaling.core.registry import Registry

PROVIDERS = Registry("networks.providers", "collection of models")
