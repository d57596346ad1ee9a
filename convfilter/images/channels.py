"""Channels added to a frame and taken from it: colour for grey, alpha, and a ground behind what is transparent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np

from convfilter.images.picture import Frame, Mode, mode_of
from convfilter.images.samples import to_depth, white


def is_transparent(frame: Frame) -> bool:
    """Whether any pixel is less than opaque."""
    full = frame.pixels.dtype.type(white(frame.pixels.dtype))
    return frame.has_alpha and bool((frame.pixels[..., -1] != full).any())


def laid_on(frame: Frame, ground: Literal["black", "white"]) -> Frame:
    """The frame without alpha, laid on black or white; one without alpha as it is."""
    if not frame.has_alpha:
        return frame
    colour, alpha = frame.pixels[..., :-1], frame.pixels[..., -1:]
    light = int(ground == "white")
    pixels: Any
    if frame.pixels.dtype.kind == "f":
        pixels = colour * alpha + light * (1 - alpha)
    else:
        full = np.uint32(white(frame.pixels.dtype))
        wide = alpha.astype(np.uint32)
        pixels = (colour * wide + light * full * (full - wide) + full // 2) // full  # full is odd: no ties
    return replace(frame, pixels=pixels.astype(frame.pixels.dtype), mode=mode_of(frame.colours, alpha=False))


def widened_to(frame: Frame, depth: str, mode: Mode) -> Frame:
    """The frame with the depth and the channels of another one that has no fewer; nothing is lost."""
    pixels = to_depth(frame.pixels, depth)
    parts = [pixels[..., : frame.colours]]
    if frame.colours == 1 and mode in ("RGB", "RGBA"):
        parts = [np.repeat(parts[0], 3, axis=2)]
    if frame.has_alpha:
        parts.append(pixels[..., -1:])
    elif mode in ("LA", "RGBA"):
        parts.append(np.full_like(pixels[..., :1], white(depth)))
    return replace(frame, pixels=np.concatenate(parts, axis=2), mode=mode)
