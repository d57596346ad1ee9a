"""Pictures that are cut short, empty or rotten."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
from files_build import gif_frame, gif_header, grey_page, sub_blocks, tiff_pages
from files_pixels import saved
from files_records import ANY, Bad, Odd, Pixels

WIDTH, HEIGHT = 96, 64
FORMATS: dict[str, tuple[str, bytes, dict[str, Any]]] = {
    "baseline.jpg": ("JPEG", b"\xff\xda", {}),
    "progressive.jpg": ("JPEG", b"\xff\xda", {"progressive": True}),
    "plain.png": ("PNG", b"IDAT", {}),
    "lossy.webp": ("WEBP", b"VP8 ", {}),
    "lossless.webp": ("WEBP", b"VP8L", {"lossless": True}),
    "deflate.tif": ("TIFF", b"", {"compression": "tiff_adobe_deflate"}),
    "raw.tif": ("TIFF", b"", {}),
    "plain.gif": ("GIF", b"\x2c\0\0\0\0", {}),
    "plain.bmp": ("BMP", b"", {}),
    "plain.avif": ("AVIF", b"mdat", {"speed": 10}),
    "plain.ppm": ("PPM", b"255\n", {}),
    "plain.jp2": ("JPEG2000", b"\xff\x93", {}),
}
"""File name -> Pillow's name, what the body begins with (else at byte 54), and options of `save`."""

SIGNATURES = {
    "jpg": b"\xff\xd8\xff",
    "png": b"\x89PNG\r\n\x1a\n",
    "webp": b"RIFF\x20\0\0\0WEBP",
    "tif": b"II*\0",
    "gif": b"GIF89a",
    "bmp": b"BM",
    "avif": b"\0\0\0\x1cftypavif",
    "ppm": b"P6\n",
    "jp2": b"\0\0\0\x0cjP  \r\n\x87\n",
}


def subject() -> Pixels:
    """A picture with detail everywhere, so that every cut falls into something."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    shades = np.stack([rows * 3, columns * 2, (rows * columns) % 97], axis=-1)
    return (shades + np.random.default_rng(1).integers(0, 50, shades.shape)).astype(np.uint8)


@cache
def whole(name: str) -> bytes:
    """The picture in one of the formats, sound."""
    kind, _, options = FORMATS[name]
    return saved(subject(), kind, **options)


def _body(name: str) -> int:
    """Where the coded pixels begin."""
    marker = FORMATS[name][1]
    return whole(name).index(marker) + len(marker) + 4 if marker else 54


def _cut(name: str, percent: int) -> bytes:
    """The header and so much of the body."""
    data, start = whole(name), _body(name)
    return data[: start + (len(data) - start) * percent // 100]


def _rot(name: str) -> bytes:
    """Some bytes of the body turned over."""
    data, start = bytearray(whole(name)), _body(name)
    for place in (3, 5, 7):
        data[start + (len(data) - start) * place // 10] ^= 0x5A
    return bytes(data)


def _header_rot(name: str) -> bytes:
    """Every byte after the signature up to the body turned over."""
    data, kind = whole(name), name.split(".")[1]
    start = len(SIGNATURES[kind])
    return data[:start] + bytes(byte ^ 0xFF for byte in data[start : _body(name)]) + data[_body(name) :]


def gif_broken_third() -> bytes:
    """Four frames, the third with codes that are in no table yet."""
    colours = [(0, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255)]
    frame = gif_frame(np.arange(24 * 16).reshape(16, 24) % 4, duration=10)
    head, body = frame[:18], b"\x02" + sub_blocks(b"\xff" * 60)
    return gif_header(24, 16, colours) + frame * 2 + head + body + frame + b";"


def bad(name: str, item: int, says: str, make: Callable[..., bytes], *arguments: Any) -> Bad:
    """A picture made by a function with these arguments."""
    return Bad(name, partial(make, *arguments), item, says)


CUTS = (
    *(bad(f"cut{part}-{name}", 1, "truncated", _cut, name, part) for name in FORMATS for part in (10, 50, 90)),
    bad("cut50.jpg", 1, "truncated", _cut, "baseline.jpg", 50),
    bad("no-end-marker.jpg", 1, "truncated", lambda: whole("baseline.jpg")[:-2]),
    bad("no-iend.png", 1, "truncated", lambda: whole("plain.png")[:-12]),
    bad("no-trailer.gif", 1, "truncated", lambda: whole("plain.gif")[:-1]),
    bad("one-pixel-short.ppm", 1, "truncated", lambda: whole("plain.ppm")[:-1]),
    bad("one-pixel-short.bmp", 1, "truncated", lambda: whole("plain.bmp")[:-1]),
    bad("cut-in-header.png", 1, "truncated", lambda: whole("plain.png")[:20]),
    bad("cut-in-header.jpg", 1, "truncated", lambda: whole("baseline.jpg")[:40]),
    bad(
        "second-page-cut.tif",
        1,
        "truncated",
        lambda: tiff_pages([grey_page(16, 16), grey_page(16, 16, t273=(4, 1 << 20))], bytes(256)),
    ),
    bad("third-frame-cut.gif", 1, "truncated", lambda: gif_broken_third()[:250]),
)

ROT = tuple(bad(f"rot-{name}", 2, "damaged", _rot, name) for name in ("plain.png", "deflate.tif")) + tuple(
    bad(f"header-rot-{name}", 2, "not a recognised image" if name == "plain.bmp" else "damaged", _header_rot, name)
    for name in FORMATS
    if name not in ("plain.ppm", "plain.avif", "plain.jp2")
)

EMPTY = tuple(
    case
    for kind, signature in SIGNATURES.items()
    for case in (
        bad(f"empty.{kind}", 3, "empty file", bytes),
        bad(f"one-byte.{kind}", 3, "not a recognised image", lambda start=signature[:1]: start),
        bad(
            f"signature-only.{kind}",
            3,
            "not a recognised image" if kind == "bmp" else "truncated",
            lambda start=signature: start,
        ),
    )
)

DAMAGED = CUTS + ROT + EMPTY


def _rotten(name: str) -> Pixels:
    """What the turned bytes are in a file of plain samples."""
    samples = np.frombuffer(_rot(name)[-3 * WIDTH * HEIGHT :], np.uint8).reshape(HEIGHT, WIDTH, 3)
    return samples[::-1, :, ::-1] if name == "plain.bmp" else samples


WORN = tuple(
    Odd(f"rot-{name}", partial(_rot, name), partial(_rotten, name), "RGB")
    for name in ("raw.tif", "plain.bmp", "plain.ppm")
) + tuple(
    Odd(f"rot-{name}", partial(_rot, name), subject, "RGB", ANY)
    for name in (
        "baseline.jpg",
        "progressive.jpg",
        "lossy.webp",
        "lossless.webp",
        "plain.gif",
        "plain.avif",
        "plain.jp2",
    )
)
"""Rotten where nothing can tell: read in full size, to the last sample where they are plain."""
