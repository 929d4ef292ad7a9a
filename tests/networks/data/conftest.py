"""A folder of images to read, change and damage."""

import pytest
from harness.images import write_image_folder


@pytest.fixture
def images(tmp_path):
    """Two classes, two training images and one test image each, grey PNG of 6x4 pixels."""
    return write_image_folder(tmp_path / "images")
