"""Picture files put together by hand: PNG chunks, TIFF directories, GIF blocks, BMP headers, RIFF, boxes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

MEGABYTE = 1 << 20
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
ADAM7 = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))


def zeros_deflated(size: int) -> bytes:
    """A zlib stream of so many zeros, made in no time by repeating one deflated megabyte."""
    one, rest = (zlib.compressobj(9, zlib.DEFLATED, -15) for _ in range(2))
    megabyte = one.compress(bytes(MEGABYTE)) + one.flush(zlib.Z_FULL_FLUSH)
    end = rest.compress(bytes(size % MEGABYTE)) + rest.flush()
    return b"\x78\xda" + megabyte * (size // MEGABYTE) + end + struct.pack(">HH", size % 65521, 1)


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    """A PNG chunk with its length and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header(width: int, height: int, depth: int = 8, colour: int = 2, interlaced: bool = False) -> bytes:
    """The IHDR chunk."""
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))


def png_file(*chunks: bytes) -> bytes:
    """The chunks between signature and IEND."""
    return PNG_SIGNATURE + b"".join(chunks) + chunk(b"IEND")


def png_rows(samples: NDArray[Any], depth: int) -> bytes:
    """Samples (height, width, channels) as unfiltered rows of so many bits a sample."""
    rows = samples.reshape(samples.shape[0], -1)
    if depth == 16:
        packed = rows.astype(">u2").view(np.uint8)
    else:
        bits = np.unpackbits(rows.astype(np.uint8)[..., None], axis=-1)[..., 8 - depth :]
        packed = np.packbits(bits.reshape(len(rows), -1), axis=1)
    return b"".join(b"\0" + row.tobytes() for row in packed)


def black_png(width: int, height: int, depth: int, colour: int, size: int = 0) -> bytes:
    """A black PNG of any size, whole and small; the size is that of its unpacked rows, if they are too many."""
    size = size or height * (1 + (width * depth * PNG_CHANNELS[colour] + 7) // 8)
    return png_file(png_header(width, height, depth, colour), chunk(b"IDAT", zeros_deflated(size)))


def png(
    samples: NDArray[Any], colour: int, depth: int = 8, before: Iterable[bytes] = (), interlaced: bool = False
) -> bytes:
    """A PNG of samples (height, width, channels), with chunks such as PLTE, tRNS or eXIf before the IDAT."""
    height, width = samples.shape[:2]
    passes = [samples]
    if interlaced:
        passes = [samples[y::down, x::right] for y, x, down, right in ADAM7]
    rows = b"".join(png_rows(part, depth) for part in passes if part.size)
    header = png_header(width, height, depth, colour, interlaced)
    return png_file(header, *before, chunk(b"IDAT", zlib.compress(rows)))


def tiff_pages(pages: Sequence[dict[int, tuple[int, int]]], tail: bytes = b"", order: str = "<") -> bytes:
    """A TIFF of hand-made directories, each tag -> (field type, value or offset), and bytes after them.

    An offset of -1 stands for the first byte of the tail. Key 0 sets the next directory instead.
    """
    sizes = [2 + 12 * len([tag for tag in page if tag]) + 4 for page in pages]
    tail_at = 8 + sum(sizes)
    parts, at = [b"II" if order == "<" else b"MM", struct.pack(order + "HI", 42, 8)], 8
    for index, (page, size) in enumerate(zip(pages, sizes, strict=True)):
        tags = sorted(tag for tag in page if tag)
        parts.append(struct.pack(order + "H", len(tags)))
        for tag in tags:
            kind, value = page[tag]
            value = tail_at if value == -1 else value
            packed = struct.pack(order + ("HH" if kind == 3 else "I"), *((value, 0) if kind == 3 else (value,)))
            parts.append(struct.pack(order + "HHI", tag, kind, 1) + packed)
        at += size
        following = page.get(0, (4, at if index + 1 < len(pages) else 0))[1]
        parts.append(struct.pack(order + "I", following))
    return b"".join(parts) + tail


def grey_page(width: int, height: int, **more: tuple[int, int]) -> dict[int, tuple[int, int]]:
    """The directory of an 8-bit grey page in one strip; ``t<number>=(type, value)`` adds or replaces a tag."""
    tags = {256: (4, width), 257: (4, height), 258: (3, 8), 259: (3, 1), 262: (3, 1), 273: (4, -1)}
    tags |= {277: (3, 1), 278: (4, height), 279: (4, min(width * height, 0xFFFFFFFF))}
    return tags | {int(name[1:]): value for name, value in more.items()}


def gif_header(width: int, height: int, palette: Sequence[tuple[int, int, int]] = (), loop: bool = False) -> bytes:
    """Signature, screen and global palette (2, 4, 8, ... colours), and if wanted an endless loop."""
    flags = 0x80 | (len(palette).bit_length() - 2) if palette else 0
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, flags, 0, 0) + bytes(np.ravel(palette).tolist())
    return head + (b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0" if loop else b"")


def gif_frame(
    indices: NDArray[Any],
    at: tuple[int, int] = (0, 0),
    *,
    duration: int = 0,
    disposal: int = 0,
    transparent: int | None = None,
    palette: Sequence[tuple[int, int, int]] = (),
    bits: int = 2,
) -> bytes:
    """A frame of palette numbers at (x, y); the duration is in hundredths of a second."""
    flags = disposal << 2 | (transparent is not None)
    control = struct.pack("<BBBBHBB", 0x21, 0xF9, 4, flags, duration, transparent or 0, 0)
    local = 0x80 | (len(palette).bit_length() - 2) if palette else 0
    height, width = indices.shape
    place = struct.pack("<BHHHHB", 0x2C, *at, width, height, local)
    return control + place + bytes(np.ravel(palette).astype(np.uint8).tolist()) + lzw(indices.ravel().tolist(), bits)


def lzw(indices: Sequence[int], bits: int) -> bytes:
    """GIF image data that never lets the code table grow: a clear code after every few literals."""
    clear, width, run = 1 << bits, bits + 1, (1 << bits) - 2
    codes = []
    for start in range(0, len(indices), run):
        codes += [clear, *indices[start : start + run]]
    codes.append(clear + 1)
    table = np.array(codes, np.uint32)[:, None] >> np.arange(width) & 1
    return bytes([bits]) + sub_blocks(np.packbits(table.astype(np.uint8).ravel(), bitorder="little").tobytes())


def sub_blocks(data: bytes) -> bytes:
    """GIF sub-blocks of at most 255 bytes, and the empty one that ends them."""
    blocks = [data[start : start + 255] for start in range(0, len(data), 255)]
    return b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def bmp(
    body: bytes,
    width: int,
    height: int,
    bits: int,
    *,
    compression: int = 0,
    palette: Sequence[tuple[int, int, int]] = (),
    masks: Sequence[int] = (),
) -> bytes:
    """A BMP; four masks make a version 4 header, three stand after the version 1 header."""
    table = b"".join(bytes([blue, green, red, 0]) for red, green, blue in palette)
    size = 108 if len(masks) == 4 else 40
    info = struct.pack(
        "<IiiHHIIiiII", size, width, height, 1, bits, compression, len(body), 2835, 2835, len(palette), 0
    )
    info += struct.pack(f"<{len(masks)}I", *masks)
    info += b"BGRs".ljust(size - len(info), b"\0") if len(masks) == 4 else b""
    offset = 14 + len(info) + len(table)
    return b"BM" + struct.pack("<IHHI", offset + len(body), 0, 0, offset) + info + table + body


def riff_chunk(kind: bytes, data: bytes) -> bytes:
    """A RIFF chunk, padded to an even length."""
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def webp_file(*chunks: bytes) -> bytes:
    """A WebP of RIFF chunks."""
    return riff_chunk(b"RIFF", b"WEBP" + b"".join(chunks))


def box(kind: bytes, data: bytes) -> bytes:
    """A box of JPEG 2000 or AVIF."""
    return struct.pack(">I", 8 + len(data)) + kind + data


def jpeg_segments(jpeg: bytes) -> list[tuple[int, bytes]]:
    """The marker segments of a JPEG: marker and bytes; the data of a scan belongs to its SOS."""
    parts, at = [], 2
    while at < len(jpeg) and jpeg[at + 1] != 0xD9:
        marker = jpeg[at + 1]
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker == 0xDA:
            while jpeg[end] != 0xFF or jpeg[end + 1] == 0 or 0xD0 <= jpeg[end + 1] <= 0xD7:
                end += 1
        parts.append((marker, jpeg[at:end]))
        at = end
    return parts


def jpeg_file(segments: Iterable[tuple[int, bytes]]) -> bytes:
    """Marker segments between SOI and EOI."""
    return b"\xff\xd8" + b"".join(data for _, data in segments) + b"\xff\xd9"
