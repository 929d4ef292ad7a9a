"""Optimizers, one file each: a new one is one new file in this folder.

MOMENTS : how many tensors like each parameter it keeps.
step(spec, parameters, gradients, moments, steps) : changes parameters and moments in place; `moments` are MOMENTS lists
    of tensors, `steps` is the number of this step, float32 [] on the parameters' device.
"""

from scaling.core.registry import Registry

OPTIMIZERS = Registry("networks.training.optimizers", "optimizer")
