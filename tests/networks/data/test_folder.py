import io
import shutil
import tarfile
import zipfile

import numpy as np
import pytest
from harness.images import archive_of, png_bytes, write_image
from PIL import Image

from scaling.core.errors import BadInput
from scaling.networks.data.sources import folder as folder_module
from scaling.networks.data.sources.folder import load_folder


def pixels(path):
    return np.asarray(Image.open(path))


def problem_of(root):
    with pytest.raises(BadInput) as problem:
        load_folder(root)
    assert "\n" not in str(problem.value)
    return str(problem.value)


def test_a_folder(images):
    arrays, classes = load_folder(images)
    assert classes == ["cat", "dog"]
    assert arrays.train_images.shape == (4, 4, 6, 1) and arrays.train_images.dtype == np.uint8
    assert arrays.test_images.shape == (2, 4, 6, 1)
    assert arrays.train_labels.tolist() == [0, 0, 1, 1] and arrays.test_labels.tolist() == [0, 1]
    assert arrays.train_labels.dtype == np.int64
    assert np.array_equal(arrays.train_images[1, :, :, 0], pixels(images / "train/cat/b.png"))
    assert np.array_equal(arrays.test_images[1, :, :, 0], pixels(images / "test/dog/c.png"))


@pytest.mark.parametrize("suffix", [".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2"])
@pytest.mark.parametrize("top", ["", "wrapped"])
def test_an_archive_is_the_folder(images, tmp_path, suffix, top):
    expected, _ = load_folder(images)
    arrays, classes = load_folder(archive_of(images, tmp_path / f"x{suffix}", top))
    assert classes == ["cat", "dog"]
    for name, array in vars(expected).items():
        assert np.array_equal(getattr(arrays, name), array), name


def test_colour(images):
    colours = np.zeros((4, 6, 3), np.uint8)
    colours[..., 0], colours[..., 2] = 200, 10
    write_image(images / "train/cat/a.png", colours)
    arrays, _ = load_folder(images)  # one colour image among grey ones: all have three channels
    assert arrays.train_images.shape == (4, 4, 6, 3)
    assert np.array_equal(arrays.train_images[0], colours)
    assert np.array_equal(arrays.train_images[1], np.repeat(pixels(images / "train/cat/b.png")[..., None], 3, axis=2))


def test_jpeg_and_transparent_images(images):
    write_image(images / "train/cat/a.JPG", np.full((4, 6), 77), quality=95)
    with_alpha = np.dstack([np.full((4, 6, 3), 50), np.zeros((4, 6))])
    write_image(images / "train/cat/b.png", with_alpha)
    (images / "train/cat/a.png").unlink()
    arrays, _ = load_folder(images)
    assert np.abs(arrays.train_images[0].astype(int) - 77).max() <= 2
    assert np.all(arrays.train_images[1] == 255)  # white shows through


def test_files_that_are_no_images_of_the_set_are_passed_over(images, tmp_path):
    (images / "README.md").write_text("words")
    (images / "train/cat/.DS_Store").write_text("words")
    (images / "__MACOSX/train/cat").mkdir(parents=True)
    (images / "__MACOSX/train/cat/x.png").write_text("words")
    assert load_folder(images)[0].train_images.shape == (4, 4, 6, 1)
    assert load_folder(archive_of(images, tmp_path / "x.zip"))[0].train_images.shape == (4, 4, 6, 1)


def test_missing_root(tmp_path):
    assert "nowhere: no such folder or archive" in problem_of(tmp_path / "nowhere")
    (tmp_path / "x.rar").write_text("x")
    assert "x.rar: neither a folder nor an archive" in problem_of(tmp_path / "x.rar")


def test_missing_split(images):
    shutil.rmtree(images / "test")
    assert "images: no test/<class>/ in it" in problem_of(images)


@pytest.mark.parametrize("archived", [False, True])
def test_a_class_without_images(images, tmp_path, archived):
    (images / "train/bird").mkdir()
    root = archive_of(images, tmp_path / "x.tar") if archived else images
    assert "train/bird: a class without images" in problem_of(root)


def test_a_class_in_test_but_not_in_train(images):
    shutil.copytree(images / "test/cat", images / "test/bird")
    assert "test/bird: a class that is not in train/" in problem_of(images)


def test_images_of_different_sizes(images):
    write_image(images / "train/dog/b.png", np.zeros((4, 5)))
    assert "train/dog/b.png has 5x4 pixels" in problem_of(images)


@pytest.mark.parametrize("damage", ["truncated", "noise", "empty"])
@pytest.mark.parametrize("suffix", ["png", "jpg"])
@pytest.mark.parametrize("archived", [False, True])
def test_a_corrupt_image_is_named(images, tmp_path, damage, suffix, archived):
    path = images / f"train/dog/z.{suffix}"
    write_image(path, np.random.default_rng(1).integers(0, 256, (4, 6)))
    content = path.read_bytes()
    path.write_bytes({"truncated": content[: len(content) - 30], "noise": b"\1" * 50, "empty": b""}[damage])
    root = archive_of(images, tmp_path / "x.tar.gz") if archived else images
    said = "an empty file" if damage == "empty" else "not a JPEG, PNG, WebP, BMP, TIFF or GIF image, or a damaged one"
    assert f"train/dog/z.{suffix}: {said}" in problem_of(root)


def test_a_link_to_nowhere_in_a_folder_is_named(images):
    (images / "train/cat/z.png").symlink_to("nowhere.png")
    assert "train/cat/z.png: a link to nowhere.png, which is not there" in problem_of(images)


def test_other_files_among_the_images_are_named(images):
    (images / "train/cat/notes.txt").write_text("words")
    assert "train/cat/notes.txt: only train/<class>/" in problem_of(images)
    (images / "train/cat/notes.txt").unlink()
    write_image(images / "train/cat/deeper/a.png", np.zeros((4, 6)))
    assert "train/cat/deeper/a.png: only train/<class>/" in problem_of(images)


def test_a_decompression_bomb_is_not_decoded(images):
    for side, reason in (
        (2_000, "2000x2000 pixels, more than the"),
        (30_000, "more than the 1048576 pixels allowed"),
    ):  # Pillow itself refuses the second
        (images / "train/cat/z.png").write_bytes(png_bytes(side, side, 8, 0, bytes(1000)))
        assert "train/cat/z.png" in problem_of(images) and reason in problem_of(images)


def test_too_large_a_file_or_set(images, tmp_path, monkeypatch):
    archive = archive_of(images, tmp_path / "x.zip")
    monkeypatch.setattr(folder_module, "MAX_FILE_BYTES", 20)
    assert "more than the 20 allowed" in problem_of(archive)
    assert "more than the 20 allowed" in problem_of(images)
    monkeypatch.undo()
    monkeypatch.setattr(folder_module, "MAX_BYTES", 60)
    assert "more than 60 bytes of images" in problem_of(images)


# ----------------------------------------------------------------------------- hostile and damaged archives


@pytest.mark.parametrize(
    "name", ["../evil.png", "train/../../evil.png", "/etc/evil.png", "train/cat/..", "C:/evil.png", "..\\evil.png"]
)
def test_a_member_whose_path_leaves_the_folder(images, tmp_path, name):
    image = (images / "train/cat/a.png").read_bytes()
    path = archive_of(images, tmp_path / "x.tar")
    with tarfile.open(path, "a") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(image)
        archive.addfile(member, io.BytesIO(image))
    assert f"{path}: {name}: the path of this member leaves the archive's folder" in problem_of(path)
    path = archive_of(images, tmp_path / "x.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, image)
    assert f"{path}: {name}: the path of this member leaves the archive's folder" in problem_of(path)
    assert sorted(tmp_path.iterdir()) == [images, tmp_path / "x.tar", tmp_path / "x.zip"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_special_files_in_a_tar(images, tmp_path, kind):
    path = archive_of(images, tmp_path / "x.tar")
    with tarfile.open(path, "a") as archive:
        member = tarfile.TarInfo("train/cat/z.png")
        member.type, member.linkname = kind, "/etc/passwd"
        archive.addfile(member)
    assert "train/cat/z.png: a link or a special file" in problem_of(path)


def test_a_link_in_a_zip(images, tmp_path):
    path = archive_of(images, tmp_path / "x.zip")
    with zipfile.ZipFile(path, "a") as archive:
        member = zipfile.ZipInfo("train/cat/z.png")
        member.external_attr = 0o120777 << 16
        archive.writestr(member, "/etc/passwd")
    assert "train/cat/z.png: a link or a special file" in problem_of(path)


@pytest.mark.parametrize("suffix", [".zip", ".tar", ".tar.gz", ".tar.xz", ".tar.bz2"])
@pytest.mark.parametrize("part", [0.0, 0.3, 0.6, 0.9])
def test_a_truncated_archive_is_named(images, tmp_path, suffix, part):
    path = archive_of(images, tmp_path / f"x{suffix}")
    content = path.read_bytes()
    if suffix == ".tar":  # without the zeros that fill up its last record
        content = content.rstrip(b"\0")
    path.write_bytes(content[: int(part * len(content))])
    problem = problem_of(path)
    assert f"x{suffix}: " in problem and "damaged" in problem


def test_a_tar_cut_between_two_members_is_not_taken_for_a_whole_one(images, tmp_path):
    path = archive_of(images, tmp_path / "x.tar")
    with tarfile.open(path) as archive:
        end = archive.getmembers()[-1].offset_data
    for length in (end - 512, end - 512 + 100):
        cut = tmp_path / "cut.tar"
        cut.write_bytes(path.read_bytes()[:length])
        assert "cut.tar: truncated or damaged archive" in problem_of(cut)


def test_a_damaged_header_inside_a_tar_is_not_taken_for_its_end(images, tmp_path):
    path = archive_of(images, tmp_path / "x.tar")
    with tarfile.open(path) as archive:
        last = archive.getmembers()[-2]
    content = bytearray(path.read_bytes())
    content[last.offset] ^= 255
    path.write_bytes(content)
    assert "x.tar: truncated or damaged archive" in problem_of(path)


def test_a_zip_whose_member_is_damaged(images, tmp_path):
    path = archive_of(images, tmp_path / "x.zip")
    content = bytearray(path.read_bytes())
    at = content.index(b"IDAT")
    content[at + 6] ^= 255
    path.write_bytes(content)
    assert "b.png: truncated or damaged (Bad CRC-32" in problem_of(path)


def test_twice_the_same_member_and_two_wrapping_folders(images, tmp_path):
    path = archive_of(images, tmp_path / "x.tar")
    with tarfile.open(path, "a") as archive:
        archive.add(images / "train/cat/a.png", "train/cat/a.png")
    assert "train/cat/a.png is there twice" in problem_of(path)
    path = archive_of(images, tmp_path / "y.tar", "one")
    with tarfile.open(path, "a") as archive:
        archive.add(images / "train/cat/a.png", "two/train/cat/z.png")
    assert "must lie in one folder, not in one and two" in problem_of(path)
