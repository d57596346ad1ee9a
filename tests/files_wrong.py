"""Pictures with something wrong inside: missing parts, bad checksums, headers that make no sense."""

from __future__ import annotations

import io
import struct
import zlib
from functools import partial

import numpy as np
from files_build import (
    black_png,
    bmp,
    chunk,
    gif_header,
    grey_page,
    jpeg_file,
    jpeg_segments,
    png_file,
    png_header,
    png_rows,
    sub_blocks,
    tiff_pages,
    webp_file,
)
from files_damaged import HEIGHT, WIDTH, bad, gif_broken_third, subject, whole
from files_pixels import tiff
from files_records import Odd, Pixels
from PIL import Image


def _rows() -> bytes:
    return png_rows(subject(), 8)


def _png(*chunks: bytes) -> bytes:
    """A PNG with the right header and the chunks given."""
    return png_file(png_header(WIDTH, HEIGHT), *chunks)


def _png_wrong_header(*values: int) -> bytes:
    """A PNG whose IHDR holds these numbers, with a right checksum."""
    return png_file(chunk(b"IHDR", struct.pack(">IIBBBBB", *values)), chunk(b"IDAT", zlib.compress(_rows())))


def _wrong_checksum(kind: bytes, data: bytes) -> bytes:
    return chunk(kind, data)[:-4] + b"\xde\xad\xbe\xef"


def _jpeg_without(*markers: int) -> bytes:
    """A JPEG that lacks some kinds of segments."""
    return jpeg_file(part for part in jpeg_segments(whole("baseline.jpg")) if part[0] not in markers)


def _webp_broken() -> bytes:
    """A lossless WebP whose coded pixels are all ones."""
    data = whole("lossless.webp")
    return data[:30] + b"\xff" * (len(data) - 30)


def _replaced(name: str, old: bytes, new: bytes) -> bytes:
    assert old in whole(name)
    return whole(name).replace(old, new)


def _decoded(name: str) -> Pixels:
    """The sound file as Pillow reads it."""
    return np.asarray(Image.open(io.BytesIO(whole(name))))


BLACK = np.zeros((64, 64, 3), np.uint8)


def _tiff(**tags: tuple[int, int]) -> bytes:
    """A grey TIFF of 16 x 16 with some tags changed."""
    return tiff_pages([grey_page(16, 16, **tags)], bytes(range(256)))


WRONG = (
    bad("bad-checksum.png", 2, "damaged", lambda: _png(_wrong_checksum(b"IDAT", zlib.compress(_rows())))),
    bad(
        "bad-checksum-header.png",
        2,
        "damaged",
        lambda: png_file(
            _wrong_checksum(b"IHDR", png_header(WIDTH, HEIGHT)[8:-4]), chunk(b"IDAT", zlib.compress(_rows()))
        ),
    ),
    bad(
        "bad-checksum-text.png",
        2,
        "damaged",
        lambda: _png(_wrong_checksum(b"tEXt", b"Title\0x"), chunk(b"IDAT", zlib.compress(_rows()))),
    ),
    bad("no-idat.png", 2, "damaged", _png),
    bad("empty-idat.png", 2, "damaged", lambda: _png(chunk(b"IDAT"))),
    bad("bad-zlib.png", 2, "damaged", lambda: _png(chunk(b"IDAT", b"not a zlib stream" * 9))),
    bad("bad-adler.png", 2, "damaged", lambda: _png(chunk(b"IDAT", zlib.compress(_rows())[:-4] + b"\0\0\0\0"))),
    bad(
        "half-the-rows.png",
        2,
        "damaged",
        lambda: _png(chunk(b"IDAT", zlib.compress(_rows()[: HEIGHT // 2 * (1 + 3 * WIDTH)]))),
    ),
    bad("filter-9.png", 2, "damaged", lambda: _png(chunk(b"IDAT", zlib.compress(b"\x09" + _rows()[1:])))),
    bad("depth-3.png", 2, "damaged", _png_wrong_header, WIDTH, HEIGHT, 3, 2, 0, 0, 0),
    bad("colour-7.png", 2, "damaged", _png_wrong_header, WIDTH, HEIGHT, 8, 7, 0, 0, 0),
    bad("interlace-9.png", 2, "damaged", _png_wrong_header, WIDTH, HEIGHT, 8, 2, 0, 0, 9),
    bad("short-ihdr.png", 2, "damaged", lambda: png_file(chunk(b"IHDR", b"\0\0\0\x60\0\0\0\x40\x08"))),
    bad("no-ihdr.png", 2, "damaged", lambda: png_file(chunk(b"IDAT", zlib.compress(_rows())))),
    bad("no-scan.jpg", 2, "damaged", _jpeg_without, 0xDA),
    bad("no-frame-header.jpg", 2, "damaged", _jpeg_without, 0xC0),
    bad("no-quantisation.jpg", 2, "damaged", _jpeg_without, 0xDB),
    bad("broken-lzw-third-frame.gif", 2, "damaged", gif_broken_third),
    bad("no-frames.gif", 2, "damaged", lambda: gif_header(8, 8, [(0, 0, 0), (9, 9, 9)]) + b";"),
    bad(
        "lzw-code-size-200.gif",
        2,
        "damaged",
        lambda: (
            gif_header(8, 8, [(0, 0, 0), (9, 9, 9)])
            + struct.pack("<BHHHHB", 0x2C, 0, 0, 8, 8, 0)
            + b"\xc8"
            + sub_blocks(b"\x44" * 40)
            + b";"
        ),
    ),
    bad("all-ones.webp", 2, "damaged", _webp_broken),
    bad("no-picture.webp", 2, "damaged", webp_file),
    bad("no-item.avif", 2, "damaged", _replaced, "plain.avif", b"av01", b"xxxx"),
    bad("no-codestream.jp2", 2, "damaged", _replaced, "plain.jp2", b"jp2c", b"free"),
    bad("ifd-loop.tif", 2, "circle", lambda: tiff_pages([grey_page(16, 16), grey_page(16, 16, t0=(4, 8))], bytes(256))),
    bad("ifd-to-itself.tif", 2, "circle", lambda: tiff_pages([grey_page(16, 16, t0=(4, 8))], bytes(256))),
    bad("ifd-beyond-end.tif", 2, "truncated", lambda: b"II*\0\xff\xff\xff\x7f"),
    bad("strip-beyond-end.tif", 2, "truncated", partial(_tiff, t273=(4, 0x7FFFFFFF))),
    bad("no-strips.tif", 2, "damaged", lambda: tiff_pages([{256: (4, 16), 257: (4, 16), 258: (3, 8), 262: (3, 1)}])),
    bad("samples-65535.tif", 2, "damaged", partial(_tiff, t277=(3, 65535))),
    bad("bits-99.tif", 2, "not supported", partial(_tiff, t258=(3, 99))),
    *(
        bad(f"{dtype}.tif", 12, "not supported", lambda dtype=dtype: tiff((np.ones((4, 5, 1), dtype), {})))
        for dtype in ("int8", "int16", "uint32", "int32", "complex64")
    ),
    bad(
        "7-channels.tif",
        12,
        "7 channels",
        lambda: tiff((np.ones((4, 5, 7), np.uint8), {"photometric": "minisblack", "planarconfig": "contig"})),
    ),
    bad("compression-unknown.tif", 2, "damaged", partial(_tiff, t259=(3, 4711))),
    bad("deflate-of-nothing.tif", 2, "damaged", partial(_tiff, t259=(3, 8))),
    bad("bits-99.bmp", 2, "damaged", bmp, bytes(4096), 16, 16, 99),
    bad("compression-99.bmp", 2, "damaged", lambda: bmp(bytes(4096), 16, 16, 24, compression=99)),
    bad("maxval-0.ppm", 2, "damaged", lambda: b"P6 4 4 0\n" + bytes(48)),
    bad("maxval-70000.ppm", 2, "damaged", lambda: b"P6 4 4 70000\n" + bytes(96)),
    bad("text-for-width.ppm", 2, "damaged", lambda: b"P6 four 4 255\n" + bytes(48)),
    bad("digits-5000.ppm", 2, "damaged", lambda: b"P6 " + b"9" * 5000 + b" 4 255\n" + bytes(48)),
    bad("not-a-number.ppm", 2, "damaged", lambda: b"P3 1 1 255\n1 2 x\n"),
    bad("over-maxval.ppm", 2, "damaged", lambda: b"P3 1 1 255\n1 2 999\n"),
)

WRONG_BUT_READ = (
    Odd("twice-the-rows.png", lambda: _png(chunk(b"IDAT", zlib.compress(_rows() * 2))), subject, "RGB"),
    Odd("compression-9.png", partial(_png_wrong_header, WIDTH, HEIGHT, 8, 2, 9, 0, 0), subject, "RGB"),
    Odd("no-huffman.jpg", partial(_jpeg_without, 0xC4), partial(_decoded, "baseline.jpg"), "RGB", 1),
    Odd(
        "rle-out-of-bounds.bmp",
        lambda: bmp(b"\0\2\xff\xff" * 40 + b"\0\1", 16, 16, 8, compression=1, palette=[(n, n, n) for n in range(256)]),
        lambda: np.zeros((16, 16, 1), np.uint8),
        "L",
    ),
    Odd("idat-256M-for-64x64.png", partial(black_png, 64, 64, 8, 2, 256 << 20), lambda: BLACK, "RGB"),
)
"""With something wrong that leaves the picture as it is."""
