"""Operations over a picture: every frame, its alpha, its colour space."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import groupby

from convfilter import engine
from convfilter.errors import ImageError
from convfilter.images.fitting import without_cmyk
from convfilter.images.picture import Frame, Picture, mode_of
from convfilter.names import Range
from convfilter.operations import DecodeSrgb, Grayscale, Operations, makes_gray
from convfilter.runtime import default_memory

LEAST_TILES = 2**26
"""Bytes that tiles need to be worth while, beside the pixels."""


def filter_picture(
    picture: Picture,
    operations: Operations,
    *,
    range_: Range = "clip",
    device: str = "auto",
    max_memory: int | None = None,
    workers: int | None = None,
    count_clipped: bool = False,
) -> tuple[Picture, float]:
    """Run operations over every frame of a picture.

    Args:
        picture: as it was read.
        operations: applied in order, rounded once at the end.
        range_: ``clip`` saturates, ``abs`` shows magnitudes, ``rescale`` stretches the result to the whole
            range, all frames of one kind alike.
        device: ``auto``, ``cpu``, ``gpu`` or ``gpu:N``.
        max_memory: bytes for the pixels, before and after, and for the tiles in which they are computed; half of
            what this machine has where it is None.
        workers: threads that compute at once; by default as many as suit the device.
        count_clipped: count the samples that are cut off at black or white, which takes some time.

    Returns:
        The new picture, and the share of its samples that were cut off, if they were counted.

    Raises:
        ImageError: the kernel leaves nothing of the picture, or the memory does not suffice.
        DeviceError: there is no such device.
    """
    picture = prepared(picture, operations)
    gray = makes_gray(operations)
    pixels = 2 * sum(frame.pixels.nbytes for frame in picture.frames)
    tile_bytes = left_for_tiles(pixels, default_memory() if max_memory is None else max_memory)
    frames: list[Frame] = []
    clipped = 0
    # Pages of a TIFF may differ in type and channels; each run of equal ones is one call.
    for _, group in groupby(picture.frames, key=lambda frame: (frame.pixels.dtype, frame.mode)):
        alike = list(group)
        filtered = engine.run(
            [frame.pixels for frame in alike],
            operations,
            alpha=alike[0].has_alpha,
            range_=range_,
            device=device,
            tile_bytes=tile_bytes,
            workers=workers,
            count_clipped=count_clipped,
        )
        clipped += filtered.clipped
        frames += [
            replace(frame, pixels=result, mode=mode_of(1, frame.has_alpha) if gray else frame.mode)
            for frame, result in zip(alike, filtered.frames, strict=True)
        ]
    return replace(picture, frames=tuple(frames)), clipped / sum(frame.pixels.size for frame in frames)


def prepared(picture: Picture, operations: Operations) -> Picture:
    """The picture in channels that the operations are for: ink is neither grey nor light."""
    light = any(isinstance(operation, (Grayscale, DecodeSrgb)) for operation in operations)
    return without_cmyk(picture) if light else picture


def left_for_tiles(pixels: int, budget: int) -> int:
    """The bytes of a budget that those of all pixels, before and after, leave for tiles.

    Raises:
        ImageError: they leave too little.
    """
    if pixels + LEAST_TILES > budget:
        raise ImageError(
            f"it needs at least {math.ceil((pixels + LEAST_TILES) / 1e6):,} MB for its pixels before and after, and "
            f"{budget / 1e6:,.0f} MB are allowed; raise --max-memory, or make it smaller first"
        )
    return budget - pixels
