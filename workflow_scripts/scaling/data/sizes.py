"""Sizes of training sets that are known before any data are read."""

DIGITS = 1797
_TORCHVISION = {"MNIST": 60_000, "FashionMNIST": 60_000, "CIFAR10": 50_000, "CIFAR100": 50_000}


def known_training_size(source: str, name: str | None, test_images: int) -> int | None:
    """Number of training images of a data set with these settings (scaling.config.Dataset); None if not known yet."""
    if source == "digits":
        return DIGITS - test_images
    if source == "torchvision":
        return _TORCHVISION.get(name or "")
    return None
