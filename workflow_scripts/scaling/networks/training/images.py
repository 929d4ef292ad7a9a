"""Images on the device as bytes: batches are gathered, augmented and normalised there, all their images at once."""

import numpy as np
import torch
from torch import Tensor

from scaling.networks.data.arrays import ImageArrays
from scaling.networks.training.augmentations import AUGMENTATIONS
from scaling.networks.training.spec import TrainingSpec


class DeviceImages:
    """The arrays as tensors [n, c, h, w] on a device, with the normalisation that a network expects.

    Runs of any P and seed can share them: nothing here changes.

    Attributes
    ----------
    device, shape : where the images are; (channels, height, width) of each.
    train_examples, train_targets, test_examples, test_targets : images and their labels.
    channels_last : whether the network gets batches with the channels of a pixel side by side in memory. Its
        convolutions then work so (other kernels, other bits, and on some GPUs faster).
    """

    def __init__(
        self, arrays: ImageArrays, spec: TrainingSpec, device: torch.device, channels_last: bool = False
    ) -> None:
        self.device, self.shape, self.channels_last = device, arrays.shape, channels_last

        def images(array: np.ndarray) -> Tensor:
            count, height, width, channels = array.shape
            # By way of one dimension: the strides of a dimension of size 1 are free, torch takes some of them for the
            # channels-last layout, and then chooses other convolutions, with other bits.
            flat = torch.from_numpy(np.ascontiguousarray(array.transpose(0, 3, 1, 2)).reshape(-1))
            return flat.view(count, channels, height, width).to(device)

        def labels(array: np.ndarray) -> Tensor:
            return torch.from_numpy(np.asarray(array, dtype=np.int64)).to(device)

        self.train_examples, self.train_targets = images(arrays.train_images), labels(arrays.train_labels)
        self.test_examples, self.test_targets = images(arrays.test_images), labels(arrays.test_labels)
        # (image / 255 - mean) / std, as one factor and one shift of the bytes
        std = torch.tensor(spec.normalization_std, dtype=torch.float64)
        mean = torch.tensor(spec.normalization_mean, dtype=torch.float64)
        self.factor = (1 / (255 * std)).float().view(-1, 1, 1).to(device)
        self.shift = (-mean / std).float().view(-1, 1, 1).to(device)
        self.augment = AUGMENTATIONS.load(spec.augmentation).augment if spec.augmentation != "none" else None

    def seen(self, images: Tensor) -> Tensor:
        """Bytes 0..255 [..., c, h, w] to what the network sees (float32)."""
        seen = torch.addcmul(self.shift, images.to(torch.float32), self.factor)
        return channels_last(seen) if self.channels_last else seen

    def training_batch(self, index: Tensor, draws: Tensor | None) -> Tensor:
        """Augmented, normalised training images: `index` [n], `draws` [n, 3] uniform random numbers."""
        images = self.train_examples.index_select(0, index)
        if draws is not None:
            images = self.augment(images, draws)
        return self.seen(images)


def channels_last(images: Tensor) -> Tensor:
    """The same numbers [n, c, h, w] with the channels side by side in memory.

    Also for one channel, where torch's own `contiguous(memory_format=torch.channels_last)` changes nothing, and the
    convolutions that follow would go on with channels apart.
    """
    count, channels, height, width = images.shape
    flat = images.permute(0, 2, 3, 1).reshape(-1)
    return flat.view(count, height, width, channels).permute(0, 3, 1, 2)
