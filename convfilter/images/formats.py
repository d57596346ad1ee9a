"""The one table of file formats: how each is named, told by its first bytes, and what it can hold."""

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
    """What a file format is called and what it can hold.

    Attributes:
        name: Pillow's name, and the key in `FORMATS`.
        suffixes: the first is the usual one.
        modes: the channel layouts it holds, as Pillow names them.
        depths: the sample types it holds, as numpy names them.
        carries: the fields of `picture.Meta` it holds.
        frames: whether it holds several frames.
        side: the longest side in pixels.
    """

    name: str
    suffixes: tuple[str, ...]
    modes: tuple[Mode, ...]
    depths: tuple[str, ...] = ("uint8",)
    carries: tuple[str, ...] = ()
    frames: bool = False
    side: int = 2**31 - 1


_GRAY_RGB: tuple[Mode, ...] = ("L", "RGB")
_WITH_ALPHA: tuple[Mode, ...] = ("L", "LA", "RGB", "RGBA")
_ALL: tuple[Mode, ...] = (*_WITH_ALPHA, "CMYK")

FORMATS: dict[str, Format] = {
    f.name: f
    for f in (
        Format(
            "JPEG",
            (".jpg", ".jpeg", ".jpe", ".jfif"),
            ("L", "RGB", "CMYK"),
            carries=("exif", "icc", "xmp", "dpi", "comment"),
            side=65500,
        ),
        Format(
            "PNG",
            (".png", ".apng"),
            _WITH_ALPHA,
            ("uint8", "uint16"),
            ("exif", "icc", "xmp", "dpi", "text"),
            frames=True,
        ),
        Format("WEBP", (".webp",), ("RGB", "RGBA"), carries=("exif", "icc", "xmp"), frames=True, side=16383),
        Format(
            "TIFF",
            (".tif", ".tiff"),
            _ALL,
            ("uint8", "uint16", "float32"),
            ("exif", "icc", "xmp", "dpi"),
            frames=True,
        ),
        Format("GIF", (".gif",), ("RGB", "RGBA"), carries=("comment",), frames=True, side=65535),
        Format("BMP", (".bmp", ".dib"), _GRAY_RGB, carries=("dpi",)),
        Format(
            "AVIF",
            (".avif", ".avifs"),
            _WITH_ALPHA,
            carries=("exif", "icc", "xmp"),
            frames=True,
            side=65536,
        ),
        Format("PPM", (".ppm", ".pgm", ".pnm", ".pbm"), _GRAY_RGB, ("uint8", "uint16")),
        Format("PFM", (".pfm",), _GRAY_RGB, ("float32",)),
        Format(
            "JPEG2000",
            (".jp2", ".j2k", ".jpx", ".jpf", ".jpc", ".j2c"),
            _WITH_ALPHA,
            ("uint8", "uint16"),
            ("exif", "icc", "xmp"),
        ),
    )
}

_BY_SUFFIX = {suffix: f for f in FORMATS.values() for suffix in f.suffixes}

_SIGNATURES = (
    (re.compile(rb"\xff\xd8\xff"), "JPEG"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "WEBP"),
    (re.compile(rb"II[*+]\0|MM\0[*+]"), "TIFF"),
    (re.compile(rb"GIF8[79]a"), "GIF"),
    (re.compile(rb"BM.{12}([\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0)|BM.{4}\0{4}.{0,7}$", re.DOTALL), "BMP"),
    (re.compile(rb"....ftyp(avif|avis|mif1|msf1)", re.DOTALL), "AVIF"),
    (re.compile(rb"P[1-6][\s#]"), "PPM"),
    (re.compile(rb"P[Ff]\s"), "PFM"),
    (re.compile(rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51"), "JPEG2000"),
)


def format_of_suffix(suffix: str) -> Format | None:
    """The format that files with this suffix (".png", in any case) are written in; None if there is none."""
    return _BY_SUFFIX.get(suffix.lower())


def sniff(head: bytes) -> Format | None:
    """The format of a file, from its first `HEAD` bytes; None where no supported format starts so."""
    return next((FORMATS[name] for signature, name in _SIGNATURES if signature.match(head)), None)
