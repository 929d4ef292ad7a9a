"""A data set on the device: batches are gathered there, and made into what a network is given."""

from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from scaling.core.errors import BadInput
from scaling.networks.data.arrays import Arrays
from scaling.networks.training.images import DeviceImages
from scaling.networks.training.spec import TrainingSpec

#: Settings of a run that are of images alone.
OF_IMAGES = ("augmentation", "normalization_mean", "normalization_std")


class DeviceExamples:
    """Arrays of any kind but images as tensors on a device. Runs of any P and seed can share them.

    Attributes
    ----------
    device, shape : where the examples are; of each (scaling.networks.shape).
    channels_last : images have that choice.
    train_examples, train_targets, test_examples, test_targets : [n, ...].
    """

    channels_last = False

    def __init__(self, arrays: Arrays, device: torch.device) -> None:
        self.device, self.shape = device, arrays.shape
        self.train_examples, self.test_examples = (
            torch.from_numpy(np.ascontiguousarray(array)).to(device)
            for array in (arrays.train_examples, arrays.test_examples)
        )
        self.train_targets, self.test_targets = (
            torch.from_numpy(np.asarray(array, np.int64 if arrays.of_classes else np.float32)).to(device)
            for array in (arrays.train_targets, arrays.test_targets)
        )

    seen_as: ClassVar[dict[str, torch.dtype]] = {"tokens": torch.int64, "vectors": torch.float32}

    def seen(self, examples: Tensor) -> Tensor:
        """Examples [n, ...] as the network is given them."""
        return examples.to(self.seen_as[self.shape.kind])

    def training_batch(self, index: Tensor, draws: Tensor | None) -> Tensor:
        """Training examples: `index` [n]. Nothing augments them: `draws` is None."""
        return self.seen(self.train_examples.index_select(0, index))


def check_settings(spec: TrainingSpec, arrays: Arrays) -> None:
    """Raise BadInput for a normalization that does not fit the channels, and for settings of images where none are."""
    if arrays.KIND == "images":
        channels, *_ = arrays.shape
        allowed = " or ".join(map(str, sorted({1, channels})))
        for key in ("normalization_mean", "normalization_std"):
            if len(numbers := getattr(spec, key)) not in (1, channels):
                raise BadInput(f"{key}: {len(numbers)} numbers for images of {channels} channel(s); allowed: {allowed}")
        return
    usual = TrainingSpec(spec.family, spec.sizes, spec.epochs)
    for key in OF_IMAGES:
        if getattr(spec, key) != (default := getattr(usual, key)):
            raise BadInput(f"{key}: is of images; allowed for {arrays.KIND}: {default}")


def device_examples(
    arrays: Arrays, spec: TrainingSpec, device: torch.device, channels_last: bool = False
) -> DeviceImages | DeviceExamples:
    """The data set on the device, for runs of `spec`."""
    if arrays.KIND == "images":
        return DeviceImages(arrays, spec, device, channels_last)
    return DeviceExamples(arrays, device)
