"""An image file as a person sees it: upright, its first frame, in front of white, 8 bits a channel."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from scaling.core.errors import BadInput

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")
SUFFIXES = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".dib", ".tif", ".tiff", ".gif")
ALLOWED = "JPEG, PNG, WebP, BMP, TIFF or GIF"
GROUND = 255  # white: what shows through where an image is transparent
MAX_PIXELS = 2**20  # of one image, before it is decoded: a small file may state an image that fills the memory
MAX_PIXELS_RESIZED = 2**25  # of one that is made smaller at once: a photograph
_BITS_PER_SAMPLE = 258  # TIFF's tag
#: First bytes of formats that are not read, for the line that says so: (place, bytes, name).
_OTHERS = (
    (4, b"ftypavif", "AVIF"),
    (4, b"ftypheic", "HEIC"),
    (4, b"ftyphei", "HEIF"),
    (4, b"ftypmif1", "HEIF"),
    (4, b"ftyphev", "HEIF"),
    (4, b"ftypavis", "AVIF"),
    (4, b"ftypcrx", "Canon raw"),
    (4, b"ftyp", "MP4 or another film"),
    (8, b"CR\x02", "Canon raw"),
    (4, b"jP  ", "JPEG 2000"),
    (0, b"\xff\x0a", "JPEG XL"),
    (4, b"JXL ", "JPEG XL"),
    (0, b"8BPS", "Photoshop"),
    (0, b"%PDF", "PDF"),
    (0, b"\x00\x00\x01\x00", "Windows icon"),
    (0, b"\x76\x2f\x31\x01", "OpenEXR"),
    (0, b"PK", "zip"),
    (128, b"DICM", "DICOM"),
    (0, b"SIMPLE  =", "FITS"),
    (0, b"\x93NUMPY", "NumPy array"),
    (0, b"DDS ", "DDS"),
    (0, b"version https://git-lfs", "Git LFS pointer (the image is not there)"),
    *((0, b"P%d" % number, name) for number, name in zip(range(1, 7), ("PBM", "PGM", "PPM") * 2, strict=True)),
)
#: The same of text, below space and in any case.
_TEXTS = ((b"<svg", "SVG"), (b"<?xml", "XML (SVG?)"), (b"<!doctype", "HTML"), (b"<html", "HTML"))


def picture(content: bytes, where: str, resize: Sequence[int] | None = None) -> np.ndarray:
    """The pixels: uint8 [h, w, 1] if the image is grey, else [h, w, 3].

    Turned as its EXIF orientation says; of several frames the first; transparent places show white; palettes as their
    colours (grey, if all of them are); CMYK as RGB.

    Parameters
    ----------
    where : begins the line of an error.
    resize : (height, width) to bring it to, by averaging where it gets smaller (Pillow's BILINEAR).

    Raises
    ------
    BadInput for another format, a damaged file, more than 8 bits a channel, too many pixels.
    """
    if other := _other_format(content):
        raise BadInput(f"{where}: a file of format {other}; {ALLOWED} is allowed")
    limit = MAX_PIXELS_RESIZED if resize else MAX_PIXELS
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            width, height = image.size
            if width * height > limit:
                hint = "" if resize else "; `resize: [height, width]` makes images smaller as they are read"
                raise BadInput(f"{where}: {width}x{height} pixels, more than the {limit} allowed{hint}")
            if _deep(image, content):
                raise BadInput(
                    f"{where}: more than 8 bits a channel; convert it to 8 bits first (what is white in it is not said)"
                )
            image.load()
            seen = _in_front_of_white(ImageOps.exif_transpose(image))
            if resize and seen.size != (resize[1], resize[0]):
                seen = seen.resize((resize[1], resize[0]), Image.Resampling.BILINEAR)
            pixels = np.asarray(seen)
    except BadInput:
        raise
    except Image.DecompressionBombError:
        raise BadInput(f"{where}: more than the {limit} pixels allowed") from None
    except UnidentifiedImageError:
        what = "an empty file" if not content else f"not a {ALLOWED} image{_as_text(content) or ', or a damaged one'}"
        raise BadInput(f"{where}: {what}") from None
    except Exception as problem:  # a damaged image makes Pillow raise errors of many kinds
        said = " ".join(str(problem).split())
        raise BadInput(f"{where}: not a {ALLOWED} image, or a damaged one ({said})") from None
    return pixels[..., np.newaxis] if pixels.ndim == 2 else pixels


def _deep(image: Image.Image, content: bytes) -> bool:
    """Whether a channel has more than 8 bits. Pillow reads colours of 16 bits by dropping half of each."""
    if image.mode.startswith(("I", "F")):
        return True
    if image.format == "PNG":
        return content[24] == 16  # its header's bit depth
    if image.format == "TIFF":
        bits = image.tag_v2.get(_BITS_PER_SAMPLE, 8)
        return max(bits if isinstance(bits, tuple) else (bits,)) > 8
    return False


def _in_front_of_white(image: Image.Image) -> Image.Image:
    """In mode L or RGB."""
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        grey = image.mode in ("L", "LA", "La", "1")
        whole = image.convert("RGBA")
        ground = Image.new("RGBA", whole.size, (GROUND, GROUND, GROUND, 255))
        seen = Image.alpha_composite(ground, whole).convert("RGB")
        return seen.getchannel(0) if grey or (image.mode in ("P", "PA") and _is_grey(seen)) else seen
    if image.mode in ("1", "L"):
        return image.convert("L")
    seen = image.convert("RGB")
    return seen.getchannel(0) if image.mode == "P" and _is_grey(seen) else seen


def _is_grey(image: Image.Image) -> bool:
    red, green, blue = (np.asarray(channel) for channel in image.split())
    return bool((red == green).all() and (green == blue).all())


def _other_format(content: bytes) -> str | None:
    """The name of a known format that is not read."""
    for at, first, name in _OTHERS:
        if content[at : at + len(first)] == first:
            return name
    start = content[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return next((name for first, name in _TEXTS if start.startswith(first)), None)


def _as_text(content: bytes) -> str:
    """How text begins, for the line of an error; nothing for other bytes."""
    try:
        words = content[:60].decode("ascii").split()
    except UnicodeDecodeError:
        return ""
    return f" but text: {' '.join(words)[:40]!r}" if " ".join(words).isprintable() else ""
