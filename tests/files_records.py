"""The records in which test files are listed: what must be refused, and what must be read right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]


@dataclass(frozen=True)
class Bad:
    """A picture or kernel file that must be refused.

    Attributes:
        name: the file name.
        make: its content.
        item: its number in the list of faults.
        says: words that the refusal contains.
    """

    name: str
    make: Callable[[], bytes]
    item: int
    says: str


@dataclass(frozen=True)
class Odd:
    """An unusual picture file, and what a right reader sees in it.

    Attributes:
        name: the file name.
        make: its content.
        pixels: (height, width, channels) of the first frame, uint8, uint16 or float32.
        mode: names the channels: L, LA, RGB, RGBA or CMYK.
        tolerance: levels by which a right decoder may differ; `ANY` where only size and type are known.
        frames: all frames of an animation or a file of several pages; empty for a single picture.
        modes: the mode of each frame, where they differ.
        durations: milliseconds on screen of each frame of an animation.
        icc: the profile that the file carries.
        notes: what the reader says it could not keep.
    """

    name: str
    make: Callable[[], bytes]
    pixels: Callable[[], Pixels]
    mode: str
    tolerance: int = 0
    frames: tuple[Pixels, ...] = ()
    modes: tuple[str, ...] = ()
    durations: tuple[float, ...] = ()
    icc: bytes | None = None
    notes: tuple[str, ...] = ()


ANY = 255
"""The tolerance for a damaged file: the whole picture is there, whatever it shows."""


def animation(name: str, make: Callable[[], bytes], frames: tuple[Pixels, ...], mode: str, **more: Any) -> Odd:
    """An odd picture of several frames; its pixels are those of the first."""
    return Odd(name, make, lambda: frames[0], mode, frames=frames, **more)


def difference(wanted: Pixels, found: Pixels, mode: str = "RGBA") -> float:
    """The largest difference between two pictures, in levels; infinite if shape or type differ.

    An alpha channel that is opaque everywhere counts as none, and colour under alpha 0 as the same;
    with mode CMYK the fourth channel is ink.
    """
    if mode != "CMYK":
        wanted, found = _without_opaque_alpha(wanted), _without_opaque_alpha(found)
    if wanted.shape != found.shape or wanted.dtype != found.dtype:
        return float("inf")
    gap = np.abs(wanted.astype(np.float64) - found.astype(np.float64))
    if wanted.shape[2] in (2, 4) and mode != "CMYK":
        hidden = (wanted[..., -1] == 0) & (found[..., -1] == 0)
        gap[hidden] = 0
    return float(gap.max(initial=0))


def _without_opaque_alpha(pixels: Pixels) -> Pixels:
    """The picture without an alpha channel that says nothing."""
    if pixels.shape[2] not in (2, 4) or pixels.dtype.kind == "f":
        return pixels
    opaque = np.iinfo(pixels.dtype).max
    return pixels[..., :-1] if np.all(pixels[..., -1] == opaque) else pixels
