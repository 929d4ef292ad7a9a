import numpy as np
import pytest
import torch
from torch.nn import functional as F

from scaling.networks.data.arrays import ImageArrays
from scaling.networks.training.arithmetic import RoundedFactors
from scaling.networks.training.augmentations import affine, crop_flip
from scaling.networks.training.images import DeviceImages
from scaling.networks.training.spec import TrainingSpec

IMAGES = torch.randint(1, 256, (5, 3, 12, 10), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)


def test_normalisation_is_that_of_torchvision():
    arrays = ImageArrays(*[IMAGES.permute(0, 2, 3, 1).numpy(), np.arange(5)] * 2)
    spec = TrainingSpec("CNN", {}, 1, normalization_mean=[0.1, 0.2, 0.3], normalization_std=[0.5, 0.25, 1.0])
    found = DeviceImages(arrays, spec, torch.device("cpu")).training_batch(torch.tensor([3, 1]), None)
    mean, std = torch.tensor([0.1, 0.2, 0.3]).view(-1, 1, 1), torch.tensor([0.5, 0.25, 1.0]).view(-1, 1, 1)
    torch.testing.assert_close(found, (IMAGES[[3, 1]].float() / 255 - mean) / std)


def test_layout_does_not_depend_on_where_the_arrays_come_from():
    # one channel: numpy leaves that dimension's stride free, and torch would choose its kernels by it
    grey = np.zeros((4, 6, 6), np.uint8)
    strides = set()
    for images in (grey[..., None], grey.reshape(4, 1, 6, 6).transpose(0, 2, 3, 1), grey[..., None][[0, 1, 2]]):
        arrays = ImageArrays(images, np.arange(len(images)), images, np.arange(len(images)))
        strides.add(DeviceImages(arrays, TrainingSpec("CNN", {}, 1), torch.device("cpu")).train_examples.stride())
    assert strides == {(36, 36, 6, 1)}


@pytest.mark.parametrize(("top", "left", "flip"), [(0, 0, False), (4, 4, False), (8, 2, True), (3, 8, True)])
def test_crops_and_mirror_images_one_by_one(top, left, flip):
    draws = torch.tensor([[(top + 0.5) / 9, (left + 0.5) / 9, 0.25 if flip else 0.75]]).expand(5, 3)
    expected = F.pad(IMAGES, (4, 4, 4, 4))[:, :, top : top + 12, left : left + 10]
    assert torch.equal(crop_flip.augment(IMAGES, draws), expected.flip(-1) if flip else expected)


def test_each_image_has_its_own_crop():
    draws = torch.rand(5, 3, generator=torch.Generator().manual_seed(1))
    together = crop_flip.augment(IMAGES, draws)
    assert torch.equal(together[2:3], crop_flip.augment(IMAGES[2:3], draws[2:3]))
    assert not torch.equal(together, IMAGES)


def test_affine_without_rotation_shifts_by_whole_pixels():
    draws = torch.tensor([[0.5, 1.0, 0.5]]).expand(5, 3)  # angle 0; across by 0.1 x 10 pixels; no shift down
    shifted = affine.augment(IMAGES, draws)
    assert torch.equal(shifted[..., :-1], IMAGES[..., 1:].float())
    assert torch.equal(shifted[..., -1], torch.zeros(5, 3, 12))


def test_affine_rotates_about_the_centre_by_up_to_ten_degrees():
    line = torch.zeros(1, 1, 101, 101, dtype=torch.uint8)
    line[..., 50, :] = 255
    rotated = affine.augment(line, torch.tensor([[1.0, 0.5, 0.5]]))[0, 0]
    rows = rotated[:, [10, 50, 90]].argmax(0).tolist()
    assert rows[1] == 50
    assert abs(rows[2] - rows[0]) == pytest.approx(80 * np.tan(np.radians(10)), abs=1.5)


@pytest.mark.parametrize("channels", [1, 3])
def test_channels_last_images_are_the_same_numbers_and_make_every_convolution_work_so(channels):
    arrays = ImageArrays(*[IMAGES[:, :channels].permute(0, 2, 3, 1).numpy(), np.arange(5)] * 2)
    spec = TrainingSpec("CNN", {}, 1, augmentation="crop_flip")
    index, draws = torch.tensor([3, 1]), torch.rand(2, 3, generator=torch.Generator().manual_seed(0))
    plain, last = (
        DeviceImages(arrays, spec, torch.device("cpu"), channels_last=chosen).training_batch(index, draws)
        for chosen in (False, True)
    )
    assert torch.equal(plain, last)
    assert last.stride() == (120 * channels, 1, 10 * channels, channels)
    network = torch.nn.Sequential(torch.nn.Conv2d(channels, 4, 3), torch.nn.ReLU(), torch.nn.Conv2d(4, 4, 3))
    assert network(last).stride()[1] == 1 and network(plain).stride()[1] != 1
    torch.testing.assert_close(network(last), network(plain))


def test_the_grid_of_an_affine_map_is_not_rounded_with_the_factors_of_training():
    draws = torch.rand(5, 3, generator=torch.Generator().manual_seed(2))
    expected = affine.augment(IMAGES, draws)
    with RoundedFactors():
        assert torch.equal(affine.augment(IMAGES, draws), expected)
