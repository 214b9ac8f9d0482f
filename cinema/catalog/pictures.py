"""Checks and resizes uploaded pictures. Pure: bytes in, bytes out.

A picture is decoded and encoded again, so that nothing else of the file remains: no metadata such as the place where a
photo was taken, and no other content that browsers or programs could find in the file.
"""

from collections.abc import Mapping
from io import BytesIO
from threading import Lock

from PIL import Image, ImageOps

# SVG is not among them: it can contain scripts.
FORMATS = ("JPEG", "PNG", "WEBP")
# A picture that is narrower keeps its width.
WIDTHS = (640, 320)
MAX_PIXELS = 25_000_000
MAX_SIDE = 10_000
MIN_SIDE = 200
# A progressive JPEG has about ten scans of the whole picture. Thousands of tiny scans would take hours to decode.
MAX_SCANS = 50
# Others, such as 16 bits of gray, would become white.
MODES = {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr"}
# The first bytes of a JPEG, and the marker before each scan. Compressed data does not contain it.
_JPEG, _SCAN = b"\xff\xd8", b"\xff\xda"
_QUALITY = 82
_WHITE = (255, 255, 255)
# Decoding a picture takes up to 400 MB.
_one_at_a_time = Lock()


class InvalidPicture(ValueError):
    """The message is for the person who uploaded the file."""


def resized(content: bytes) -> Mapping[int, bytes]:
    """The picture as WebP, by width. Raises `InvalidPicture`."""
    with _one_at_a_time:
        picture = _decoded(content)
        return {width: _encoded(picture, width) for width in WIDTHS}


def _decoded(content: bytes) -> Image.Image:
    """The picture, upright and without transparency."""
    if content.startswith(_JPEG) and content.count(_SCAN) > MAX_SCANS:
        raise InvalidPicture(f"The picture has more than {MAX_SCANS} scans. Save it again, not as a progressive JPEG.")
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            # Nothing but the size has been read so far.
            _check(picture)
            # The decoder of JPEG can skip details that are not needed.
            picture.draft("RGB", (2 * max(WIDTHS), 2 * max(WIDTHS)))
            ImageOps.exif_transpose(picture, in_place=True)
            return _on_white(picture)
    except InvalidPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InvalidPicture(_too_large()) from error
    except Exception as error:  # decoders raise many kinds of exceptions for broken files
        raise InvalidPicture("This file is not a JPEG, PNG or WebP picture, or it is damaged.") from error


def _check(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise InvalidPicture(_too_large())
    if min(width, height) < MIN_SIDE:
        raise InvalidPicture(f"The picture must be at least {MIN_SIDE} pixels wide and high.")
    if picture.mode not in MODES:
        raise InvalidPicture("The picture must have 8 bits for each color.")
    # Phones store more than one picture in a JPEG file, of which the first is the photo.
    if getattr(picture, "is_animated", False) and picture.format != "MPO":
        raise InvalidPicture("Animated pictures are not supported.")


def _too_large() -> str:
    return f"The picture must have at most {MAX_PIXELS // 1_000_000} megapixels, and {MAX_SIDE:,} pixels on a side."


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    flat = Image.new("RGB", layer.size, _WHITE)
    flat.paste(layer, mask=layer)
    return flat


def _encoded(picture: Image.Image, width: int) -> bytes:
    width = min(width, picture.width)
    height = max(1, round(picture.height * width / picture.width))
    small = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    # A new picture, because `small` still has the metadata of the file.
    clean = Image.new("RGB", small.size)
    clean.paste(small)
    file = BytesIO()
    clean.save(file, "WEBP", quality=_QUALITY)
    return file.getvalue()
