"""Augmentations of training images, one file each: a new one is one new file in this folder.

augment(images, draws) : bytes [n, c, h, w] and uniform random numbers [n, 3] to augmented images in the same units.
"""

from scaling.core.registry import Registry

AUGMENTATIONS = Registry("networks.training.augmentations", "augmentation")
