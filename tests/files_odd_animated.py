"""Animations put together frame by frame: GIF, APNG, WebP, AVIF, and the two pictures of an MPO."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from files_build import chunk, gif_frame, gif_header, png_file, png_header, png_rows, riff_chunk, webp_file
from files_odd_tags import BLOCKS
from files_pixels import PALETTE, numbers, saved, saved_together
from files_records import Odd, Pixels, animation

COLOURS = np.array([(*colour, 255) for colour in PALETTE], np.uint8)
LOCAL = [(1, 2, 3), (200, 100, 50), (9, 250, 9), (120, 0, 120)]
FIRST = numbers(12, 16, 3)[..., 0]
PATCH = np.array([[3, 1, 3], [1, 3, 1]])
"""A small frame; in it 3 is transparent where the frame says so."""


def _clear(height: int = 12, width: int = 16) -> Pixels:
    return np.zeros((height, width, 4), np.uint8)


def _over(canvas: Pixels, patch: Pixels, x: int, y: int) -> Pixels:
    """The canvas with the opaque pixels of the patch at (x, y)."""
    result = canvas.copy()
    part = result[y : y + patch.shape[0], x : x + patch.shape[1]]
    part[patch[..., 3] > 0] = patch[patch[..., 3] > 0]
    return result


def _patch(palette: Pixels = COLOURS) -> Pixels:
    """The small frame in colours, its 3s transparent."""
    seen = palette[PATCH].copy()
    seen[PATCH == 3] = 0
    return seen


def _disposal(disposal: int) -> Odd:
    """A picture, a small frame with the disposal, and another small frame elsewhere."""
    base = COLOURS[FIRST]
    second = _over(base, _patch(), 4, 5)
    left = {1: second, 2: base.copy(), 3: base}[disposal]
    if disposal == 2:
        left[5:7, 4:7] = 0
    frames = (base, second, _over(left, _patch(), 9, 2))
    data = (
        gif_header(16, 12, PALETTE, loop=True)
        + gif_frame(FIRST, duration=10, disposal=1, transparent=3)
        + gif_frame(PATCH, (4, 5), duration=5, disposal=disposal, transparent=3)
        + gif_frame(PATCH, (9, 2), duration=20, transparent=3)
        + b";"
    )
    return animation(f"disposal-{disposal}.gif", lambda: data, frames, "RGBA", durations=(100, 50, 200))


def _gif(name: str, frames: list[tuple[Pixels, list[tuple[int, int, int]]]]) -> Odd:
    """Whole frames of palette numbers, each with its local palette or none."""
    data = gif_header(16, 12, PALETTE, loop=True)
    data += b"".join(gif_frame(indices, duration=7, palette=palette) for indices, palette in frames) + b";"
    seen = tuple(np.array(palette or PALETTE, np.uint8)[indices] for indices, palette in frames)
    return animation(name, lambda: data, seen, "RGB", durations=(70,) * len(seen))


def _flat(number: int) -> Pixels:
    return np.full((12, 16), number)


ONE_TRANSPARENT = _over(_clear(), np.where((FIRST == 2)[..., None], 0, COLOURS[FIRST]).astype(np.uint8), 0, 0)
GIF = (
    _disposal(1),
    _disposal(2),
    _disposal(3),
    _gif("local-palettes.gif", [(FIRST, []), (FIRST, LOCAL), (FIRST[::-1], LOCAL[::-1])]),
    _gif("single-colours.gif", [(_flat(0), []), (_flat(1), []), (_flat(2), [])]),
    _gif("twice-the-same.gif", [(FIRST, []), (FIRST, []), (FIRST[::-1], [])]),
    Odd(
        "one-frame-transparent.gif",
        lambda: gif_header(16, 12, PALETTE) + gif_frame(FIRST, transparent=2) + b";",
        lambda: ONE_TRANSPARENT,
        "RGBA",
    ),
)


def _apng(frames: list[tuple[Pixels, tuple[int, int], int, int, int]], before: Sequence[bytes] = ()) -> bytes:
    """RGBA frames, or palette numbers, each with place, duration in milliseconds, disposal and blending."""
    height, width, channels = frames[0][0].shape
    header = png_header(width, height, 8, {1: 3, 4: 6}[channels])
    chunks, number = [header, chunk(b"acTL", struct.pack(">II", len(frames), 0)), *before], 0
    for index, (pixels, (x, y), duration, disposal, blend) in enumerate(frames):
        size = pixels.shape[1], pixels.shape[0]
        control = struct.pack(">IIIIIHHBB", number, *size, x, y, duration, 1000, disposal, blend)
        data = zlib.compress(png_rows(pixels, 8))
        chunks.append(chunk(b"fcTL", control))
        number += 1
        for piece in (data[:-3], data[-3:]):  # the second one holds no pixel
            chunks.append(chunk(b"fdAT", struct.pack(">I", number) + piece) if index else chunk(b"IDAT", piece))
            number += 1 if index else 0
    return png_file(*chunks)


def _apng_odd(name: str, disposal: int, blend: int) -> Odd:
    """A picture, a patch with the disposal and blending, and another patch blended over what is left."""
    base, patch = COLOURS[FIRST], _patch()
    second = base.copy()
    second[5:7, 4:7] = patch
    second = _over(base, patch, 4, 5) if blend else second
    left = (second if disposal == 0 else base).copy()
    if disposal == 1:
        left[5:7, 4:7] = 0
    frames = (base, second, _over(left, patch, 9, 2))
    parts = [(base, (0, 0), 100, 0, 0), (patch, (4, 5), 50, disposal, blend), (patch, (9, 2), 200, 0, 1)]
    return animation(name, lambda: _apng(parts), frames, "RGBA", durations=(100, 50, 200))


def _apng_palette(disposal: int) -> Odd:
    """The same in palette numbers, the last of which is transparent."""
    still = _apng_odd(f"palette-{disposal}.png", disposal, 1)
    patch = PATCH[..., np.newaxis]
    parts = [(FIRST[..., np.newaxis], (0, 0), 100, 0, 0), (patch, (4, 5), 50, disposal, 1), (patch, (9, 2), 200, 0, 1)]
    before = chunk(b"PLTE", bytes(np.ravel(PALETTE).tolist())), chunk(b"tRNS", bytes([255, 255, 255, 0]))
    return replace(still, make=lambda: _apng(parts, before))


def _apng_rare(name: str, parts: list[tuple[Pixels, tuple[int, int], int, int, int]], *frames: Pixels) -> Odd:
    return animation(name, lambda: _apng(parts), frames, "RGBA", durations=(50.0,) * len(frames))


RED, HALF = (np.full((4, 6, 4), colour, np.uint8) for colour in ((255, 0, 0, 255), (255, 0, 0, 128)))
NOTHING, BLUE = np.zeros((4, 6, 4), np.uint8), np.full((2, 2, 4), (0, 0, 255, 255), np.uint8)
APNG = (
    _apng_rare(
        "half-over-nothing.png",
        [(NOTHING, (0, 0), 50, 0, 0), (HALF, (0, 0), 50, 0, 1), (HALF, (0, 0), 50, 0, 1)],
        NOTHING,
        HALF,
        np.full_like(HALF, (255, 0, 0, 192)),
    ),
    _apng_rare(
        "background-then-previous.png",
        [(RED, (0, 0), 50, 1, 0), (HALF, (0, 0), 50, 2, 0), (BLUE, (1, 1), 50, 0, 0)],
        RED,
        HALF,
        _over(NOTHING, BLUE, 1, 1),
    ),
    _apng_palette(1),
    _apng_palette(2),
    _apng_odd("keep-over.png", 0, 1),
    _apng_odd("keep-source.png", 0, 0),
    _apng_odd("background-over.png", 1, 1),
    _apng_odd("previous-over.png", 2, 1),
)


def _webp(frames: list[tuple[Pixels, tuple[int, int], int, int]]) -> bytes:
    """RGBA frames at even places, each with duration and flags (2: do not blend, 1: clear after)."""
    height, width = frames[0][0].shape[:2]
    canvas = b"\x12\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunks = [riff_chunk(b"VP8X", canvas), riff_chunk(b"ANIM", bytes(6))]
    for pixels, (x, y), duration, flags in frames:
        numbers_ = (x // 2, y // 2, pixels.shape[1] - 1, pixels.shape[0] - 1, duration)
        head = b"".join(number.to_bytes(3, "little") for number in numbers_) + bytes([flags])
        still = saved(pixels, "WEBP", lossless=True, exact=True)
        coded = still[still.index(b"VP8L") :]
        chunks.append(riff_chunk(b"ANMF", head + coded))
    return webp_file(*chunks)


def _webp_odd() -> Odd:
    """A picture, a blended patch that is cleared, another patch, and the same once more."""
    base, patch = COLOURS[FIRST], _patch()
    second = _over(base, patch, 4, 6)
    left = second.copy()
    left[6:8, 4:7] = 0
    third = _over(left, patch, 10, 2)
    parts = [(base, (0, 0), 100, 0), (patch, (4, 6), 50, 1), (patch, (10, 2), 200, 0), (patch, (10, 2), 30, 0)]
    return animation(
        "animated.webp", lambda: _webp(parts), (base, second, third, third), "RGBA", durations=(100, 50, 200, 30)
    )


TURNS = (BLOCKS, BLOCKS[::-1].copy(), BLOCKS[:, ::-1].copy())
ANIMATED = (
    *GIF,
    *APNG,
    _webp_odd(),
    animation(
        "animated.avif",
        lambda: saved_together(TURNS, "AVIF", quality=100, subsampling="4:4:4", duration=80),
        TURNS,
        "RGB",
        tolerance=4,
        durations=(80, 80, 80),
    ),
    animation(
        "two-pictures.mpo",
        lambda: saved_together(TURNS[:2], "MPO", quality=95, subsampling=0),
        TURNS[:2],
        "RGB",
        tolerance=3,
        notes=("2 pictures in the file, only the first is kept",),
    ),
)
