"""Pictures for uploads, made in memory: valid ones, and hostile ones."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

SCRIPT = b"<script>alert(1)</script><?php system($_GET[0]); ?>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="600" height="900" onload="alert(1)"/>'
# The tag of EXIF with the orientation, and that with the place where a photo was taken.
ORIENTATION, GPS = 0x0112, 0x8825
RED, BLUE = (255, 0, 0), (0, 0, 255)


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (600, 900), mode: str = "RGB", **options: Any) -> bytes:
    """A red picture with a blue upper half."""
    picture = Image.new(mode, size, RED if mode == "RGB" else 0)
    if mode == "RGB":
        picture.paste(BLUE, (0, 0, size[0], size[1] // 2))
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


def with_metadata(orientation: int) -> bytes:
    """A JPEG whose EXIF data has this orientation, a place and a comment."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x9286] = SCRIPT.decode()
    exif.get_ifd(GPS)[1] = "N"
    return a_picture(size=(900, 600), exif=exif, comment=SCRIPT)


def polyglots() -> dict[str, bytes]:
    """Valid pictures that are also something else."""
    jpeg, png = a_picture(), a_picture("PNG")
    text = b"tEXtComment\0" + SCRIPT
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    after_header = 8 + 25
    return {
        "a JPEG followed by a page": jpeg + b"<!doctype html>" + SCRIPT,
        "a JPEG followed by an archive": jpeg + b"PK\x03\x04" + SCRIPT,
        "a JPEG with a script in a comment": a_picture(comment=SCRIPT),
        "a PNG with a script in its text": png[:after_header] + chunk + png[after_header:],
        "a picture with a script as its color profile": a_picture("PNG", icc_profile=SCRIPT),
    }


def a_png_of(width: int, height: int) -> bytes:
    """A small file that claims to be a picture of this size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def refused() -> dict[str, tuple[bytes, str]]:
    """Files that are refused, each with a part of the reason."""
    jpeg, damaged, large = a_picture(), "damaged", "megapixels"
    progressive = a_picture(progressive=True)
    last_scan = progressive[progressive.rindex(b"\xff\xda") : -2]
    frames = [Image.new("RGB", (300, 300), color) for color in (RED, BLUE)]
    animated = {"save_all": True, "append_images": frames[1:]}
    return {
        "nothing": (b"", damaged),
        "text": (SCRIPT, damaged),
        "SVG": (SVG, damaged),
        "a GIF": (a_picture("GIF"), damaged),
        "a BMP": (a_picture("BMP"), damaged),
        "a TIFF": (a_picture("TIFF"), damaged),
        "a PDF": (a_picture("PDF"), damaged),
        "an icon": (a_picture("ICO", size=(256, 256)), damaged),
        "a truncated JPEG": (jpeg[: len(jpeg) // 2], damaged),
        "a truncated PNG": (a_picture("PNG")[:200], damaged),
        "a PNG without data": (a_png_of(600, 900), damaged),
        "the first bytes of a JPEG": (b"\xff\xd8\xff\xe0", damaged),
        "an animated WebP": (_saved(frames[0], "WEBP", **animated), "Animated"),
        "an animated PNG": (_saved(frames[0], "PNG", **animated), "Animated"),
        "a PNG with 16 bits of gray": (a_picture("PNG", mode="I;16"), "8 bits"),
        "a bomb of 3.6 gigapixels": (a_png_of(60_000, 60_000), large),
        "a bomb of 100 megapixels": (a_png_of(10_000, 10_000), large),
        "a very narrow picture": (a_png_of(400, 20_000), large),
        "a JPEG that is decoded a thousand times": (progressive[:-2] + 1_000 * last_scan + b"\xff\xd9", "scans"),
        "a small picture": (a_picture(size=(199, 900)), "at least 200"),
    }


def _saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()
