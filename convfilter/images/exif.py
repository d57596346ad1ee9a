"""Read, patch and build EXIF blocks entry by entry, so that every byte nobody asked to change stays."""

from __future__ import annotations

import struct
from typing import NamedTuple

from convfilter.images.tiff_structure import first_at, is_big, order_of, slots

PREFIX = b"Exif\0\0"
ORIENTATION, EXIF_IFD, GPS_IFD, INTEROP_IFD = 0x0112, 0x8769, 0x8825, 0xA005
ON_ITS_SIDE = (5, 6, 7, 8)
"""Orientations that make height of width."""
_WIDTHS, _HEIGHTS = (0x0100, 0xA002), (0x0101, 0xA003)
_THUMBNAIL = ((0x0201, 0x0202), (0x0111, 0x0117))
"""Offset and length of a JPEG, or of a strip."""
DESCRIPTIVE = (269, 270, 271, 272, 285, 305, 306, 315, 316, 18246, 18249, 33432, *range(40091, 40096))
"""Descriptions, makers, dates, copyright, ratings: what EXIF puts into its first directory."""


class Entry(NamedTuple):
    """One entry of a directory: its tag, TIFF type, number of values, value as bytes, and where that value lies."""

    tag: int
    type: int
    length: int
    raw: bytes
    position: int


def without_prefix(block: bytes) -> bytes:
    """The block without the word that some formats put before it."""
    return block.removeprefix(PREFIX)


def directory(block: bytes, offset: int) -> tuple[list[Entry], int]:
    """The entries of the directory at offset, and the offset of the next directory.

    Entries that point outside the block are left out.

    Raises:
        struct.error: the directory itself lies outside the block, or its values together are larger.
    """
    found, following = slots(block, offset)
    if sum(slot.size for slot in found) > len(block):
        raise struct.error("values overlap, and together would fill the memory")
    entries = [
        Entry(slot.tag, slot.type, slot.length, block[slot.position : slot.position + slot.size], slot.position)
        for slot in found
        if slot.size and slot.position + slot.size <= len(block)
    ]
    return entries, following or 0


def first(block: bytes) -> tuple[list[Entry], int]:
    """The entries of the first directory, and the offset of the next; ValueError or struct.error if damaged."""
    if is_big(block):
        raise ValueError("not an EXIF block")
    return directory(block, first_at(block))


def number(block: bytes, entry: Entry) -> int:
    """The value of an entry that holds one whole number; 0 for any other."""
    code = {1: "B", 3: "H", 4: "I", 13: "I"}.get(entry.type)
    return int(struct.unpack_from(order_of(block) + code, entry.raw)[0]) if code else 0


def sub_directory(block: bytes, entries: list[Entry], tag: int) -> list[Entry]:
    """The entries of the directory that tag points to; empty where there is none, or it is damaged."""
    for entry in entries:
        if entry.tag == tag:
            try:
                return directory(block, number(block, entry))[0]
            except struct.error:
                return []
    return []


def orientation(block: bytes) -> int:
    """The orientation from 1 to 8; 1 where the block says nothing sound; ValueError or struct.error if damaged."""
    found = [number(block, entry) for entry in first(block)[0] if entry.tag == ORIENTATION]
    return found[0] if found and 1 <= found[0] <= 8 else 1


def patched(block: bytes, values: dict[int, int]) -> bytes:
    """The block with whole numbers replaced in the first and the EXIF directory; absent tags stay absent."""
    out = bytearray(block)
    order = order_of(block)
    entries = first(block)[0]
    for entry in entries + sub_directory(block, entries, EXIF_IFD):
        code = {3: "H", 4: "I"}.get(entry.type)
        if entry.tag in values and code and values[entry.tag] < 2 ** (8 * len(entry.raw)):
            struct.pack_into(order + code, out, entry.position, values[entry.tag])
    return bytes(out)


def with_size(block: bytes, width: int, height: int) -> bytes:
    """The block with the picture's size in it brought up to date."""
    return patched(block, dict.fromkeys(_WIDTHS, width) | dict.fromkeys(_HEIGHTS, height))


def without_thumbnail(block: bytes) -> bytes:
    """The block without its thumbnail, which would go on showing the picture as it was."""
    following = first(block)[1]
    if not following:
        return block
    order, start = order_of(block), first_at(block)
    out = bytearray(block)
    count = struct.unpack_from(order + "H", block, start)[0]
    struct.pack_into(order + "I", out, start + 2 + 12 * count, 0)
    try:
        found = {entry.tag: number(block, entry) for entry in directory(block, following)[0]}
    except struct.error:
        return bytes(out)
    for offset_tag, length_tag in _THUMBNAIL:
        begin, length = found.get(offset_tag, 0), found.get(length_tag, 0)
        if following < begin < len(out):  # thumbnails follow their directory; anything else is damage
            end = min(begin + length, len(out))
            out[begin:end] = bytes(end - begin)
            if end == len(out):
                del out[begin:]
    return bytes(out)


def packed(order: str, entries: list[Entry], offset: int, following: int = 0) -> bytes:
    """A directory for these entries, to be placed at offset, its long values right behind it."""
    entries = sorted(entries)
    head = struct.pack(order + "H", len(entries))
    tail = b""
    values_at = offset + 2 + 12 * len(entries) + 4
    for entry in entries:
        head += struct.pack(order + "HHI", entry.tag, entry.type, entry.length)
        if len(entry.raw) <= 4:
            head += entry.raw.ljust(4, b"\0")
        else:
            head += struct.pack(order + "I", values_at + len(tail))
            tail += entry.raw + b"\0" * (len(entry.raw) % 2)
    return head + struct.pack(order + "I", following) + tail


def built(order: str, entries: list[Entry], subs: dict[int, list[Entry]]) -> bytes:
    """A whole block: the first directory with entries, and a directory for each pointer tag in subs."""
    subs = {tag: [e for e in sub if e.tag != INTEROP_IFD] for tag, sub in subs.items() if sub}
    pointers = [Entry(tag, 4, 1, bytes(4), 0) for tag in subs]
    size = len(packed(order, entries + pointers, 8))
    at, tail = 8 + size, b""
    for index, (tag, sub) in enumerate(subs.items()):
        pointers[index] = Entry(tag, 4, 1, struct.pack(order + "I", at + len(tail)), 0)
        tail += packed(order, sub, at + len(tail))
    head = b"II*\0\x08\0\0\0" if order == "<" else b"MM\0*\0\0\0\x08"
    return head + packed(order, entries + pointers, 8) + tail
