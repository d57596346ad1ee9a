"""Tell from its outer structure alone whether a file was cut short; lenient decoders do not."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

from convfilter.errors import ImageError

_MARKER = re.compile(rb"\xff[^\0\x01\xd0-\xd8\xff]")
"""The markers of a JPEG that have content, and the end."""


def is_cut(name: str, data: bytes) -> bool:
    """Whether a file of the named format ends before its structure does; False where that cannot be told."""
    check = _CHECKS.get(name)
    try:
        return bool(check and check(data))
    except (struct.error, IndexError):  # the structure itself is cut
        return True


def gif_canvas(data: bytes) -> tuple[int, int, int]:
    """Width and height that hold every frame of a GIF, and the number of frames.

    Raises:
        ImageError: it is truncated or damaged.
    """
    try:
        width, height, flags = struct.unpack_from("<HHB", data, 6)
        at, frames = 13 + _table(flags), 0
        while data[at] != 0x3B:
            if data[at] == 0x2C:
                left, top, across, down, flags = struct.unpack_from("<HHHHB", data, at + 1)
                width, height, frames = max(width, left + across), max(height, top + down), frames + 1
                at += 11 + _table(flags)
            elif data[at] == 0x21:
                at += 2
            else:
                raise ImageError("damaged: a GIF block of unknown kind; get a whole copy of it")
            while data[at]:
                at += 1 + data[at]
            at += 1
    except (struct.error, IndexError):
        raise ImageError(truncated(data)) from None
    return width, height, frames


def jpeg_scans(data: bytes) -> int:
    """The scans of the first picture in a JPEG; what follows it, be it a video, does not count."""
    at, scans = 2, 0
    while found := _MARKER.search(data, at):
        kind = data[found.end() - 1]
        if kind == 0xD9:
            break
        scans += kind == 0xDA
        at = found.end() + int.from_bytes(data[found.end() : found.end() + 2], "big")
    return scans


def truncated(data: bytes) -> str:
    """The message about a file that ends too early."""
    return f"truncated or damaged: it ends after {len(data)} bytes, too early; get a whole copy of it"


def _table(flags: int) -> int:
    return 3 * 2 << (flags & 7) if flags & 0x80 else 0


def _jpeg(data: bytes) -> bool:
    """Whether no end follows the last scan; looks for it from behind, as pictures are long."""
    end = data.rfind(b"\xff\xd9")
    return data.find(b"\xff\xda", 0, max(end, 0)) < 0 or data.find(b"\xff\xda", end) >= 0


def _png(data: bytes) -> bool:
    at, name = 8, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", data, at)
        at += 12 + length
    return False


def _webp(data: bytes) -> bool:
    return len(data) < 8 + int(struct.unpack_from("<I", data, 4)[0])


def _bmp(data: bytes) -> bool:
    return len(data) < int(struct.unpack_from("<I", data, 2)[0])


def _boxes(data: bytes) -> bool:
    """ISO base media files, as AVIF, and JP2: a row of boxes."""
    if data[:4] == b"\xff\x4f\xff\x51":
        return data[-2:] != b"\xff\xd9"
    at = 0
    while at < len(data):
        length = int(struct.unpack_from(">I", data, at)[0])
        if length == 1:
            length = int(struct.unpack_from(">Q", data, at + 8)[0])
        elif length == 0:  # to the end of the file
            return data[4:8] == b"jP  " and data[-2:] != b"\xff\xd9"
        if length < 8:
            return False  # damaged, not cut
        at += length
    return at > len(data)


_CHECKS: dict[str, Callable[[bytes], bool]] = {
    "JPEG": _jpeg,
    "PNG": _png,
    "WEBP": _webp,
    "BMP": _bmp,
    "AVIF": _boxes,
    "JPEG2000": _boxes,
}
