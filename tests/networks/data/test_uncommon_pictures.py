"""Pictures and folders as people have them that are neither plain nor broken."""

import shutil
import tarfile
import unicodedata
import zipfile
from io import BytesIO

import numpy as np
import pytest
from harness.images import archive_of, png_bytes, write_image
from PIL import Image

from scaling.core.errors import BadInput
from scaling.networks.data.pictures import picture
from scaling.networks.data.sources.folder import load_folder

PIXELS = np.random.default_rng(0).integers(0, 256, (5, 3, 3)).astype(np.uint8)
#: What a viewer does with an image whose EXIF orientation is this.
SEEN = {
    1: lambda x: x,
    2: lambda x: x[:, ::-1],
    3: lambda x: x[::-1, ::-1],
    4: lambda x: x[::-1],
    5: lambda x: x.swapaxes(0, 1),
    6: lambda x: x[::-1].swapaxes(0, 1),
    7: lambda x: x[::-1, ::-1].swapaxes(0, 1),
    8: lambda x: x[:, ::-1].swapaxes(0, 1),
}


def saved(image, kind, **options):
    stream = BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", SEEN)
def test_upright_in_every_format(kind, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if kind == "WEBP" else {}
    content = saved(Image.fromarray(PIXELS), kind, exif=exif, **options)
    np.testing.assert_array_equal(picture(content, "x"), SEEN[orientation](PIXELS))


def test_few_bits_reach_black_and_white():
    for bits, row, values in ((1, 0b01010101, 2), (2, 0b00011011, 4)):
        pixels = picture(png_bytes(8 // bits, 1, bits, 0, bytes([0, row])), "x")
        np.testing.assert_array_equal(np.unique(pixels), np.linspace(0, 255, values).round())


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "TIFF"])
def test_the_first_frame(kind):
    first, second = (Image.new("RGB", (4, 4), colour) for colour in ("red", "lime"))
    options = {"lossless": True} if kind == "WEBP" else {}
    pixels = picture(saved(first, kind, save_all=True, append_images=[second], **options), "x")
    np.testing.assert_array_equal(pixels, np.full((4, 4, 3), (255, 0, 0)))


def test_half_transparent_colours_of_a_palette():
    image = Image.new("P", (2, 1), 1)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((0, 0), 0)
    pixels = picture(saved(image, "PNG", transparency=b"\xff\x80"), "x")
    np.testing.assert_array_equal(pixels[0, 0], (255, 0, 0))
    np.testing.assert_allclose(pixels[0, 1], (127, 127, 255), atol=1)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "x.png: an empty file"),
        (b'{"error": "not found"}', 'not a .* image but text: \'{"error": "not found"}\''),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "format Git LFS pointer"),
        (b"\n <!doctype html><html>", "a file of format HTML"),
        (b"P2 1 1 255 0", "a file of format PGM"),
        (b"\0\0\0\x18ftyphevc", "a file of format HEIF"),
        (b"\0\0\0\x18ftypisom", "a file of format MP4"),
        (b"\x01\x02\xfe" * 30, "x.png: not a JPEG, PNG, WebP, BMP, TIFF or GIF image, or a damaged one$"),
    ],
)
def test_what_is_no_image_is_named(content, line):
    with pytest.raises(BadInput, match=line):
        picture(content, "x.png")


def test_far_too_many_pixels():
    with pytest.raises(BadInput, match=r"x: more than the \d+ pixels allowed"):
        picture(png_bytes(40000, 40000, 1, 0, b""), "x")


# ------------------------------------------------------------------------------------------------ folders


def classes_of(root, **options):
    arrays, classes = load_folder(root, **options)
    return classes, len(arrays.train_images), len(arrays.test_images)


@pytest.mark.parametrize(("train", "test"), [("cat", "Cat"), ("Kätzchen", "Kätzchen")])
def test_a_class_in_other_capitals_or_forms_of_a_letter_is_the_same(images, train, test):
    forms = dict(zip(("train", "test"), ("NFC", "NFD"), strict=True))
    for split, name in (("train", train), ("test", test)):
        (images / split / "cat").rename(images / split / unicodedata.normalize(forms[split], name))
    assert classes_of(images) == (sorted([train, "dog"]), 4, 2)
    shutil.copytree(images / "test/dog", images / "test/DOG")
    with pytest.raises(BadInput, match="test/DOG: a class that is not in train/"):
        load_folder(images)


def test_links_to_nowhere(images):
    (images / "train/cat/.#a.png").symlink_to("somebody@a-host.123")  # as editors lock files
    assert classes_of(images) == (["cat", "dog"], 4, 2)
    (images / "train/bird").symlink_to("/not/there")
    with pytest.raises(BadInput, match="train/bird: a link to /not/there, which is not there"):
        load_folder(images)


def test_hidden_links_of_an_archive_are_passed_over(images, tmp_path):
    for name, line in ((".cache", None), ("train/cat/x.png", "a link or a special file")):
        file = archive_of(images, tmp_path / "x.tar")
        with tarfile.open(file, "a") as archive:
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, "/etc"
            archive.addfile(link)
        if line is None:
            assert classes_of(file) == (["cat", "dog"], 4, 2)
        else:
            with pytest.raises(BadInput, match=line):
                load_folder(file)


@pytest.mark.parametrize("name", ["../x.png", "..\\x.png", ".hidden/../../x.png"])
def test_a_hidden_member_must_stay_in_the_archive_too(images, tmp_path, name):
    file = archive_of(images, tmp_path / "x.zip")
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(BadInput, match="leaves the archive's folder"):
        load_folder(file)


def test_a_test_folder_without_images_is_none(images, capsys):
    for file in (images / "test").rglob("*.png"):
        file.unlink()
    assert classes_of(images, test_fraction=0.5) == (["cat", "dog"], 2, 2)
    assert "test/ holds no image and is not used" in capsys.readouterr().out


def test_test_images_are_offered_only_where_there_are_classes(tmp_path):
    write_image(tmp_path / "flat" / "x.png", np.zeros((4, 4)))
    with pytest.raises(BadInput, match=r"it holds 1 files and no folder$"):
        load_folder(tmp_path / "flat")
