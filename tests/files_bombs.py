"""Small files that ask for much memory or time: huge pictures, deflate bombs, endless scans and frames."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache, partial

import numpy as np
from files_build import (
    black_png,
    bmp,
    chunk,
    gif_frame,
    gif_header,
    grey_page,
    jpeg_file,
    jpeg_segments,
    png_file,
    png_header,
    png_rows,
    riff_chunk,
    tiff_pages,
    webp_file,
    zeros_deflated,
)
from files_damaged import HEIGHT, WIDTH, whole
from files_records import Bad
from PIL import Image

OVER = "MP is over the limit of 100 MP; raise with --max-pixels"
SQUARE = f"50000 x 50000 = 2500 {OVER}"
GREYS = [(0, 0, 0), (80, 80, 80), (160, 160, 160), (255, 255, 255)]


def _jpeg_sized(height: int, width: int, name: str = "baseline.jpg") -> bytes:
    """A small JPEG that claims another size."""
    parts = jpeg_segments(whole(name))
    size = struct.pack(">HH", height, width)
    return jpeg_file((mark, data[:5] + size + data[9:] if mark in (0xC0, 0xC2) else data) for mark, data in parts)


def _webp_sized(width: int, height: int) -> bytes:
    """A small lossless WebP that claims another size, in its canvas and in its bits."""
    size = struct.pack("<I", (width - 1) | (height - 1) << 14)
    return webp_file(riff_chunk(b"VP8L", b"\x2f" + size + whole("lossless.webp")[25:]))


def _webp_canvas(width: int, height: int) -> bytes:
    """A small WebP on a canvas of another size."""
    canvas = b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return webp_file(riff_chunk(b"VP8X", canvas), whole("lossy.webp")[12:])


def _boxes_sized(name: str, kind: bytes, skip: int, size: bytes) -> bytes:
    """A small AVIF or JPEG 2000 with another size in one of its boxes."""
    data = whole(name)
    at = data.index(kind) + 4 + skip
    return data[:at] + size + data[at + len(size) :]


def _jp2_sized(width: int, height: int) -> bytes:
    """A small JPEG 2000 that claims another size in its box and in its codestream."""
    data = _boxes_sized("plain.jp2", b"ihdr", 0, struct.pack(">II", height, width))
    at = data.index(b"\xff\x4f\xff\x51") + 8
    return data[:at] + struct.pack(">II", width, height) + data[at + 8 :]


def _gif_sized(width: int, height: int) -> bytes:
    return gif_header(width, height, GREYS) + gif_frame(np.zeros((4, 4), int)) + b";"


def _gif_grown(width: int, height: int) -> bytes:
    """A frame of four by four that reaches so far beyond its screen of one pixel."""
    return gif_header(1, 1, GREYS) + gif_frame(np.zeros((4, 4), int), (width - 4, height - 4)) + b";"


def _tiff_sized(width: int, height: int) -> bytes:
    return tiff_pages([grey_page(width, height)], bytes(256))


def _bad(name: str, says: str, make: partial[bytes]) -> Bad:
    return Bad(name, make, 2 if says == "damaged" else 16, says)


HUGE = (
    _bad("huge-50000x50000.png", SQUARE, partial(black_png, 50_000, 50_000, 1, 0)),
    _bad(
        "huge-lie.png",
        OVER,
        partial(lambda: png_file(png_header(2**31 - 1, 2**31 - 1), chunk(b"IDAT", zeros_deflated(100)))),
    ),
    _bad("huge.jpg", f"65500 x 65500 = 4290.25 {OVER}", partial(_jpeg_sized, 65_500, 65_500)),
    _bad("huge-progressive.jpg", OVER, partial(_jpeg_sized, 65_500, 65_500, "progressive.jpg")),
    _bad("huge-lossless.webp", OVER, partial(_webp_sized, 16_384, 16_384)),
    _bad("huge-canvas.webp", f"16384 x 16384 = 268.435456 {OVER}", partial(_webp_canvas, 16_384, 16_384)),
    _bad("huge.tif", SQUARE, partial(_tiff_sized, 50_000, 50_000)),
    _bad("huge-4-gigapixels-wide.tif", OVER, partial(_tiff_sized, 0xFFFFFFFF, 1)),
    _bad(
        "huge-second-page.tif",
        OVER,
        partial(lambda: tiff_pages([grey_page(16, 16), grey_page(50_000, 50_000)], bytes(256))),
    ),
    _bad("huge.gif", OVER, partial(_gif_sized, 65_535, 65_535)),
    _bad("huge-frame.gif", SQUARE, partial(_gif_grown, 50_000, 50_000)),
    _bad("huge.bmp", SQUARE, partial(bmp, bytes(64), 50_000, 50_000, 24)),
    _bad("huge-top-down.bmp", OVER, partial(bmp, bytes(64), 50_000, -50_000, 24)),
    _bad("huge-lowest-height.bmp", OVER, partial(bmp, bytes(64), 1, -(2**31), 24)),
    _bad("huge.ppm", SQUARE, partial(lambda: b"P6 50000 50000 255\n" + bytes(64))),
    _bad("huge.pbm", OVER, partial(lambda: b"P4 999999999 999999999\n" + bytes(64))),
    _bad("huge.avif", OVER, partial(_boxes_sized, "plain.avif", b"ispe", 4, struct.pack(">II", 16_000, 16_000))),
    _bad("huge.jp2", SQUARE, partial(_jp2_sized, 50_000, 50_000)),
    Bad("gap-13300x13300.png", partial(black_png, 13_300, 13_300, 8, 2), 17, OVER),
    Bad("gap-10001x10000.png", partial(black_png, 10_001, 10_000, 1, 0), 17, f"100.01 {OVER}"),
)

ZERO_SIZED = (
    _bad("zero-width.png", "damaged", partial(lambda: png_file(png_header(0, 4), chunk(b"IDAT", zlib.compress(b""))))),
    _bad("zero-height.jpg", "damaged", partial(_jpeg_sized, 0, WIDTH)),
    _bad("zero-width.jpg", "damaged", partial(_jpeg_sized, HEIGHT, 0)),
    _bad("zero-width.tif", "damaged", partial(_tiff_sized, 0, 16)),
    _bad(
        "zero-size.gif", "damaged", partial(lambda: gif_header(0, 0, GREYS) + gif_frame(np.zeros((0, 0), int)) + b";")
    ),
    _bad("zero-height.bmp", "damaged", partial(bmp, b"", 16, 0, 24)),
    _bad("negative-width.bmp", OVER, partial(bmp, bytes(1024), -16, 16, 24)),
    _bad("zero-size.ppm", "damaged", partial(lambda: b"P6 0 0 255\n")),
    _bad("negative.ppm", "damaged", partial(lambda: b"P6 -4 4 255\n" + bytes(48))),
    _bad("zero-size.avif", "damaged", partial(_boxes_sized, "plain.avif", b"ispe", 4, bytes(8))),
    _bad("zero-size.jp2", "damaged", partial(_jp2_sized, 0, 0)),
)


def _small(*chunks: bytes) -> bytes:
    """A black 64 x 64 PNG with these chunks before its pixels."""
    rows = zlib.compress(png_rows(np.zeros((64, 64, 3), np.uint8), 8))
    return png_file(png_header(64, 64), *chunks, chunk(b"IDAT", rows))


INFLATING = (
    Bad(
        "ztxt-200M.png",
        lambda: _small(chunk(b"zTXt", b"Comment\0\0" + zeros_deflated(200 << 20))),
        18,
        "more than 1 MiB",
    ),
    Bad(
        "itxt-200M.png",
        lambda: _small(chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zeros_deflated(200 << 20))),
        18,
        "more than 1 MiB",
    ),
    Bad(
        "ztxt-many.png",
        lambda: _small(chunk(b"zTXt", b"Comment\0\0" + zeros_deflated(1 << 20)) * 200),
        18,
        "more than 1 MiB",
    ),
    Bad(
        "iccp-64M.png", lambda: _small(chunk(b"iCCP", b"profile\0\0" + zeros_deflated(64 << 20))), 18, "more than 1 MiB"
    ),
    Bad(
        "deflate-256M-for-64x64.tif",
        lambda: tiff_pages(
            [grey_page(64, 64, t259=(3, 8), t279=(4, len(zeros_deflated(256 << 20))))], zeros_deflated(256 << 20)
        ),
        18,
        "damaged",
    ),
    Bad("101-scans.jpg", lambda: jpeg_of_scans(64, 101), 19, "over 100 JPEG scans"),
)


@cache
def jpeg_of_scans(side: int, count: int) -> bytes:
    """A flat progressive JPEG that refines its coefficients again and again, to the same values."""
    buffer = io.BytesIO()
    Image.new("L", (side, side), 128).save(buffer, "JPEG", progressive=True)
    parts = jpeg_segments(buffer.getvalue())
    last = next(index for index in range(len(parts) - 1, 0, -1) if parts[index][0] == 0xDA)
    return jpeg_file(parts + parts[last - 1 : last + 1] * (count - 6))


def _many_frames(count: int, side: int = 64) -> bytes:
    """A GIF of tiny frames that wander over a large screen."""
    square = np.arange(16).reshape(4, 4) % 4
    frames = (gif_frame(square, (n % (side - 4), n // 7 % (side - 4)), duration=2) for n in range(1, count))
    first = gif_frame(np.zeros((side, side), int), duration=2)
    return gif_header(side, side, GREYS, loop=True) + first + b"".join(frames) + b";"


def _many_pages(count: int) -> bytes:
    """A TIFF of one-pixel pages that share their pixel; its directories cannot be smaller."""
    page = {256: (3, 1), 257: (3, 1), 258: (3, 8), 262: (3, 1), 273: (4, -1), 279: (4, 1)}
    return tiff_pages([page] * count, b"\x80")


BOMBS = (
    HUGE
    + ZERO_SIZED
    + INFLATING
    + (Bad("frames-over-limit.gif", partial(_many_frames, 120, 1000), 17, f"1000 x 1000 x 120 frames = 120 {OVER}"),)
)

SLOW = (
    (Bad("400-scans-6000x6000.jpg", partial(jpeg_of_scans, 6000, 400), 19, "over 100 JPEG scans"), 1),
    (Bad("2000-frames.gif", partial(_many_frames, 2000), 19, ""), 30),
    (Bad("20000-pages.tif", partial(_many_pages, 20_000), 19, ""), 90),
    (Bad("large-9400x9400.png", partial(black_png, 9_400, 9_400, 8, 2), 17, ""), 60),
)
"""Each with the seconds that it may take; one that says nothing is to be done."""
