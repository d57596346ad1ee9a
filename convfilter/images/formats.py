"""The one table of file formats: how each is named and told, who reads and writes it, and what it can hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convfilter.images.picture import Mode

HEAD = 64
"""The bytes of a file that `sniff` wants."""


@dataclass(frozen=True)
class Format:
    """What a file format is called, who reads and writes it, and what it can hold.

    Attributes:
        name: Pillow's name, and the key in `FORMATS`.
        signature: matches the first `HEAD` bytes of such a file.
        suffixes: the first is the usual one.
        reader: the module here that reads it, with a function `read(data, name, max_pixels) -> Picture`.
        writer: the module that writes it, with a function `write(picture, file, quality) -> notes`. It gets a picture
            that is fitted to the format, and an empty file; formats without a quality leave that unused.
        modes: the channel layouts it holds, as Pillow names them.
        depths: the sample types it holds, as numpy names them.
        carries: the fields of `picture.Meta` it holds.
        frames: whether it holds several frames.
        side: the longest side in pixels.
        lenient: whether its decoder may take a cut file for a whole one.
    """

    name: str
    signature: bytes
    suffixes: tuple[str, ...]
    reader: str
    writer: str
    modes: tuple[Mode, ...]
    depths: tuple[str, ...] = ("uint8",)
    carries: tuple[str, ...] = ()
    frames: bool = False
    side: int = 2**31 - 1
    lenient: bool = False


_GRAY_RGB: tuple[Mode, ...] = ("L", "RGB")
_WITH_ALPHA: tuple[Mode, ...] = ("L", "LA", "RGB", "RGBA")

FORMATS: dict[str, Format] = {
    f.name: f
    for f in (
        Format(
            "JPEG",
            rb"\xff\xd8\xff",
            (".jpg", ".jpeg", ".jpe", ".jfif"),
            "pillow_reading",
            "jpeg_writing",
            ("L", "RGB", "CMYK"),
            carries=("exif", "icc", "xmp", "dpi", "comment"),
            side=65500,
        ),
        Format(
            "PNG",
            rb"\x89PNG\r\n\x1a\n",
            (".png", ".apng"),
            "png_reading",
            "png_writing",
            _WITH_ALPHA,
            ("uint8", "uint16"),
            ("exif", "icc", "xmp", "dpi", "text"),
            frames=True,
        ),
        Format(
            "WEBP",
            rb"RIFF....WEBP",
            (".webp",),
            "pillow_reading",
            "webp_writing",
            ("RGB", "RGBA"),
            carries=("exif", "icc", "xmp"),
            frames=True,
            side=16383,
            lenient=True,
        ),
        Format(
            "TIFF",
            rb"II[*+]\0|MM\0[*+]",
            (".tif", ".tiff"),
            "tiff_reading",
            "tiff_writing",
            (*_WITH_ALPHA, "CMYK"),
            ("uint8", "uint16", "float32"),
            ("exif", "icc", "xmp", "dpi"),
            frames=True,
        ),
        Format(
            "GIF",
            rb"GIF8[79]a",
            (".gif",),
            "pillow_reading",
            "gif_writing",
            ("RGB", "RGBA"),
            carries=("comment",),
            frames=True,
            side=65535,
        ),
        Format(
            "BMP",
            rb"BM.{12}([\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0)|BM.{4}\0{4}.{0,7}$",
            (".bmp", ".dib"),
            "pillow_reading",
            "bmp_writing",
            _GRAY_RGB,
            carries=("dpi",),
        ),
        Format(
            "AVIF",
            rb"....ftyp(avif|avis|mif1|msf1)",
            (".avif", ".avifs"),
            "deep_reading",
            "avif_writing",
            _WITH_ALPHA,
            carries=("exif", "icc", "xmp"),
            frames=True,
            side=65536,
            lenient=True,
        ),
        Format(
            "PPM",
            rb"P[1-6][\s#]",
            (".ppm", ".pgm", ".pnm", ".pbm"),
            "netpbm",
            "netpbm",
            _GRAY_RGB,
            ("uint8", "uint16"),
        ),
        Format("PFM", rb"P[Ff]\s", (".pfm",), "netpbm", "netpbm", _GRAY_RGB, ("float32",)),
        Format(
            "JPEG2000",
            rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51",
            (".jp2", ".j2k", ".jpx", ".jpf", ".jpc", ".j2c"),
            "deep_reading",
            "jpeg2000_writing",
            _WITH_ALPHA,
            ("uint8", "uint16"),
            ("exif", "icc", "xmp"),
            lenient=True,
        ),
    )
}

_BY_SUFFIX = {suffix: f for f in FORMATS.values() for suffix in f.suffixes}


def format_of_suffix(suffix: str) -> Format | None:
    """The format that files with this suffix (".png", in any case) are written in; None if there is none."""
    return _BY_SUFFIX.get(suffix.lower())


def sniff(head: bytes) -> Format | None:
    """The format of a file, from its first `HEAD` bytes; None where no supported format starts so."""
    return next((one for one in FORMATS.values() if re.match(one.signature, head, re.DOTALL)), None)
