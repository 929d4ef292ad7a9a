"""Images are read as a person sees them, wherever a person keeps them."""

import os
import shutil
import time
import zipfile

import numpy as np
import pytest
from harness.images import archive_of, png_bytes, prepared, write_image
from PIL import Image

from scaling.core.errors import BadInput
from scaling.networks.data.pictures import picture
from scaling.networks.data.settings import Dataset
from scaling.networks.data.sizes import known_sizes
from scaling.networks.data.sources import folder
from scaling.networks.data.sources.folder import load_folder

HALF = np.zeros((8, 6), np.uint8)
HALF[:4] = 255


def seen(tmp_path, image, name="x.png", **options):
    image.save(tmp_path / name, **options)
    return picture((tmp_path / name).read_bytes(), name)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["x.jpg", "x.png", "x.webp", "x.tif"])
def test_upright(tmp_path, orientation, name):
    turns = {1: 0, 2: 0, 3: 2, 4: 2, 5: 3, 6: 1, 7: 1, 8: 3}[orientation]  # how the camera was held, quarter turns
    stored = np.rot90(HALF, turns)
    if orientation in (5, 7):
        stored = np.rot90(HALF, -turns).T if orientation == 5 else np.rot90(HALF, 0).T
        stored = HALF.T if orientation == 5 else np.rot90(HALF, 2).T
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"exif": exif} | ({"lossless": True} if name == "x.webp" else {})
    pixels = seen(tmp_path, Image.fromarray(np.ascontiguousarray(stored)).convert("RGB"), name, **options)
    assert pixels.shape[:2] == (8, 6)
    assert pixels[:3].mean() > 240 and pixels[-3:].mean() < 15


def test_transparent_places_are_white(tmp_path):
    alpha = np.zeros((2, 2), np.uint8)
    alpha[0] = 255
    colour = np.full((2, 2, 3), 40, np.uint8)
    expected = np.array([40, 40, 255, 255])
    pixels = seen(tmp_path, Image.fromarray(np.dstack([colour, alpha])))
    assert pixels.shape == (2, 2, 3) and np.array_equal(pixels[..., 0].ravel(), expected)
    grey = Image.merge("LA", [Image.fromarray(colour[..., 0]), Image.fromarray(alpha)])
    assert np.array_equal(seen(tmp_path, grey).ravel(), expected)
    half = Image.fromarray(np.dstack([colour, alpha // 2]))
    assert seen(tmp_path, half)[0, 0, 0] == pytest.approx(255 - (255 - 40) * 127 / 255, abs=1)
    palette = Image.fromarray(np.array([[0, 1], [1, 0]], np.uint8), "P")
    palette.putpalette([10, 20, 30, 200, 100, 50])
    pixels = seen(tmp_path, palette, transparency=1)
    assert pixels[0].tolist() == [[10, 20, 30], [255, 255, 255]]
    assert seen(tmp_path, palette, "x.gif", transparency=1)[0].tolist() == [[10, 20, 30], [255, 255, 255]]
    assert seen(tmp_path, Image.fromarray(colour[..., 0]), transparency=40).mean() == 255


def test_palettes_cmyk_black_and_white_and_the_first_frame(tmp_path):
    palette = Image.fromarray(np.array([[0, 1]], np.uint8), "P")
    palette.putpalette([10, 20, 30, 200, 100, 50])
    for name in ("x.png", "x.bmp", "x.gif", "x.tif"):
        assert seen(tmp_path, palette, name).tolist() == [[[10, 20, 30], [200, 100, 50]]], name
    palette.putpalette([10, 10, 10, 200, 200, 200])
    assert seen(tmp_path, palette).tolist() == [[[10], [200]]]
    assert seen(tmp_path, Image.fromarray(HALF > 0)).tolist() == HALF[..., None].tolist()
    cmyk = Image.new("CMYK", (4, 4), (0, 255, 255, 0))
    for name in ("x.jpg", "x.tif"):
        assert seen(tmp_path, cmyk, name)[0, 0] == pytest.approx([255, 0, 0], abs=8)
    frames = [Image.new("L", (4, 4), value) for value in (50, 200)]
    for name in ("x.gif", "x.tif", "x.webp"):
        pixels = seen(tmp_path, frames[0], name, save_all=True, append_images=frames[1:])
        assert pixels.mean() == pytest.approx(50, abs=3), name


@pytest.mark.parametrize("colour", [0, 2, 4, 6])
def test_sixteen_bits_are_refused_in_any_mode(colour):
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    rows = b"".join(b"\0" + bytes(2 * channels * 4) for _ in range(4))
    with pytest.raises(BadInput, match=r"x\.png: more than 8 bits a channel"):
        picture(png_bytes(4, 4, 16, colour, rows), "x.png")


def test_tiffs_of_more_bits_are_refused(tmp_path):
    for kind in (np.uint16, np.int32, np.float32):
        Image.fromarray(np.zeros((4, 4), kind)).save(tmp_path / "x.tif")
        with pytest.raises(BadInput, match="more than 8 bits"):
            picture((tmp_path / "x.tif").read_bytes(), "x.tif")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\0\0\0\x1cftypheic", "HEIC"),
        (b"%PDF-1.7", "PDF"),
        (b"\0\0\0\x1cftypavif", "AVIF"),
        (b"<svg xmlns", "SVG"),
        (b"8BPS", "Photoshop"),
    ],
)
def test_what_is_not_read_is_named_by_its_real_format(content, name):
    with pytest.raises(BadInput, match=f"x.jpg: a file of format {name}; JPEG"):
        picture(content + bytes(100), "x.jpg")


@pytest.mark.parametrize("name", ["z.webp", "z.bmp", "z.tiff", "z.TIF", "z.gif", "z.jpeg"])
def test_all_formats_are_read_under_any_name(images, name):
    write_image(images / "train/cat" / name.lower(), np.full((4, 6), 99))
    (images / "train/cat" / name.lower()).rename(images / "train/cat/z.png")
    arrays, _ = load_folder(images)
    assert abs(float(arrays.train_images[2].mean()) - 99) < 3


# ------------------------------------------------------------------------------------------------ folders


def same(root, images, **options):
    expected, classes = load_folder(images)
    arrays, found = load_folder(root, **options)
    assert found == classes
    for name, array in vars(expected).items():
        assert np.array_equal(getattr(arrays, name), array), name


LEFT = [
    "train/.ipynb_checkpoints/x.png",
    "train/cat/.ipynb_checkpoints/x-checkpoint.png",
    "train/cat/Thumbs.db",
    "train/Desktop.ini",
    "test/cat/._c.png",
    "__MACOSX/train/cat/x.png",
    "train/cat/@eaDir/a.png",
    ".git/x/y.png",
]


@pytest.mark.parametrize("archived", [False, True])
def test_hidden_and_system_files_are_passed_over_at_any_depth_and_said_once(images, tmp_path, capsys, archived):
    clean = shutil.copytree(images, tmp_path / "clean")
    for name in LEFT:
        (images / name).parent.mkdir(parents=True, exist_ok=True)
        (images / name).write_text("words")
    same(archive_of(images, tmp_path / "x.zip") if archived else images, clean)
    said = capsys.readouterr().out.strip().splitlines()
    assert len(said) == 1 and "hidden or system files" in said[0]


@pytest.mark.parametrize("suffix", [".zip", ".tar.gz"])
@pytest.mark.parametrize("top", ["data/leaves", "a b/c.d/e"])
def test_wrapping_folders(images, tmp_path, suffix, top):
    same(archive_of(images, tmp_path / f"x{suffix}", top), images)


def test_archives_of_windows_and_in_capitals(images, tmp_path):
    with zipfile.ZipFile(tmp_path / "win.zip", "w") as archive:
        for path in sorted(images.rglob("*.png")):
            member = zipfile.ZipInfo("x")
            member.filename = "leaves\\" + str(path.relative_to(images)).replace("/", "\\")
            archive.writestr(member, path.read_bytes())
    same(tmp_path / "win.zip", images)
    shutil.copy(archive_of(images, tmp_path / "x.zip"), tmp_path / "X.ZIP")
    same(tmp_path / "X.ZIP", images)
    shutil.copy(archive_of(images, tmp_path / "x.tar.gz"), tmp_path / "wrong.zip")
    same(tmp_path / "wrong.zip", images)
    (tmp_path / "wrong.zip").rename(tmp_path / "no ending")
    same(tmp_path / "no ending", images)


@pytest.mark.parametrize(
    ("train", "test"), [("Train", "Test"), ("TRAIN", "val"), ("training", "Validation"), ("train", "valid")]
)
def test_other_names_of_the_splits(images, tmp_path, train, test):
    other = tmp_path / "other"
    shutil.copytree(images / "train", other / train)
    shutil.copytree(images / "test", other / test)
    same(other, images)


def test_val_beside_test_is_not_used_and_that_is_said(images, capsys):
    clean = shutil.copytree(images, images.parent / "clean")
    shutil.copytree(images / "test", images / "val")
    same(images, clean)
    assert "test is test/; val is not used" in capsys.readouterr().out


def test_links_to_folders_are_followed_and_never_in_circles(images, tmp_path):
    linked = tmp_path / "linked"
    linked.mkdir()
    for split in ("train", "test"):
        (linked / split).symlink_to(images / split)
    same(linked, images)
    one = shutil.copytree(images, tmp_path / "one")
    (one / "train/cat").rename(tmp_path / "elsewhere")
    (one / "train/cat").symlink_to(tmp_path / "elsewhere")
    (one / "back").symlink_to(one)
    same(one, images)


def test_what_was_found_is_said(images, tmp_path):
    with pytest.raises(BadInput, match=r"train: no train/<class>/ in it; it holds cat/, dog/"):
        load_folder(images / "train")
    shutil.rmtree(images / "test")
    with pytest.raises(BadInput, match=r"no test/<class>/ in it; it holds .*`test_fraction: 0.2` draws"):
        load_folder(images)
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="it is empty"):
        load_folder(tmp_path / "empty")


def many(root, n=20):
    for label in ("cat", "dog"):
        for i in range(n):
            write_image(root / label / f"{i:02}.png", np.full((4, 4), i + 100 * (label == "dog")))
    return root


def test_a_share_of_each_class_becomes_the_test_set(tmp_path):
    root = many(tmp_path / "x")
    arrays, provenance = prepared("folder", root=str(root), test_fraction=0.2)
    assert provenance["test_fraction"] == 0.2
    assert np.bincount(arrays.train_labels).tolist() == [16, 16] and np.bincount(arrays.test_labels).tolist() == [4, 4]
    values = [set(part[:, 0, 0, 0].tolist()) for part in (arrays.train_images, arrays.test_images)]
    assert not values[0] & values[1] and len(values[0] | values[1]) == 40
    again, _ = prepared("folder", root=str(archive_of(root, tmp_path / "x.zip", "deep/er")), test_fraction=0.2)
    assert np.array_equal(arrays.test_images, again.test_images)
    many(tmp_path / "y/train")
    same_split, _ = prepared("folder", root=str(tmp_path / "y"), test_fraction=0.2)
    assert np.array_equal(arrays.test_images, same_split.test_images)
    many(tmp_path / "y/val", 2)
    with pytest.raises(BadInput, match="test_fraction: there is a val/ in it already"):
        prepared("folder", root=str(tmp_path / "y"), test_fraction=0.2)
    with pytest.raises(BadInput, match="leaves none"):
        prepared("folder", root=str(many(tmp_path / "z", 1)), test_fraction=0.2)


def test_resize(images):
    write_image(images / "train/dog/b.png", np.full((9, 12), 7))
    with pytest.raises(BadInput, match=r"has 12x9 pixels.*`resize: \[height, width\]` makes them so"):
        load_folder(images)
    arrays, provenance = prepared("folder", root=str(images), resize=(3, 5))
    assert arrays.train_images.shape == (4, 3, 5, 1) and provenance["resize"] == (3, 5)
    assert (arrays.train_images[3] == 7).all()
    Image.fromarray(np.full((1500, 2000), 9, np.uint8)).save(images / "train/dog/b.png")
    assert (load_folder(images, (3, 5))[0].train_images[3] == 9).all()
    for key, value in (("resize", [3, 5]), ("test_fraction", 0.2)):
        with pytest.raises(ValueError, match=f"{key}: a data set of source digits has no such key"):
            Dataset(source="digits", **{key: value})
    for wrong in ([0, 5], [3], 5):
        with pytest.raises(ValueError, match="resize"):
            Dataset(source="folder", root="x", resize=wrong)


def test_sizes_are_known_before_all_images_are_read(images, tmp_path):
    for root in (images, archive_of(images, tmp_path / "x.zip", "a"), archive_of(images, tmp_path / "x.tar.gz")):
        assert known_sizes(Dataset(source="folder", root=str(root))) == ((1, 4, 6), 2, 4, 2)
    resized = Dataset(source="folder", root=str(images), resize=[3, 5])
    assert known_sizes(resized).shape == (1, 3, 5)
    assert known_sizes(Dataset(source="folder", root=str(tmp_path / "not there"))) is None
    halved = Dataset(source="folder", root=str(many(tmp_path / "z")), test_fraction=0.25)
    assert known_sizes(halved)[1:] == (2, 30, 10)


def test_a_changed_folder_is_noticed(images):
    settings = Dataset(source="folder", root=str(images))
    first = folder.state(settings)
    assert first and folder.state(settings) == first
    (images / ".hidden").write_text("x")
    assert folder.state(settings) == first
    old = images / "train/cat/a.png"
    os.utime(old, ns=(time.time_ns(), time.time_ns() + 10**9))
    second = folder.state(settings)
    old.unlink()
    assert len({first, second, folder.state(settings)}) == 3
