"""Sample types: how 8, 10, 12 and 16 bits and floats become one another without a systematic error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


def white(dtype: DTypeLike) -> float:
    """The sample of this type that is white, and full alpha: the largest integer, 1 for floats."""
    kind = np.dtype(dtype)
    return 1.0 if kind.kind == "f" else float(np.iinfo(kind).max)


def widened(samples: NDArray[Any], maximum: int) -> NDArray[Any]:
    """Integers in [0, maximum] as uint8 or uint16 over the whole range of that type, rounded to nearest."""
    full, kind = (255, np.uint8) if maximum <= 255 else (65535, np.uint16)
    if maximum == full:
        return samples.astype(kind, copy=False)
    table = (np.arange(full + 1, dtype=np.uint32) * full + maximum // 2) // maximum
    spread: NDArray[Any] = np.minimum(table, full).astype(kind)[samples]
    return spread


def to_depth(pixels: NDArray[Any], depth: str) -> NDArray[Any]:
    """Pixels as "uint8", "uint16" or "float32", whole range to whole range, rounded half to even.

    Floats are clipped to [0, 1] on the way to integers; NaN becomes 0.
    """
    if pixels.dtype == depth:
        return pixels
    result: NDArray[Any]
    if depth == "float32":
        result = pixels.astype(np.float32) / np.float32(white(pixels.dtype))
    elif pixels.dtype == np.uint8:
        result = pixels.astype(np.uint16) * np.uint16(257)
    elif pixels.dtype == np.uint16:  # 257 is odd, so a tie cannot happen
        result = ((pixels.astype(np.uint32) + 128) // 257).astype(depth)
    else:
        clipped = np.clip(np.nan_to_num(pixels, nan=0.0, posinf=1.0, neginf=0.0), 0.0, 1.0)
        result = np.rint(clipped * np.float32(white(depth))).astype(depth)
    return result


def unassociated(pixels: NDArray[Any]) -> NDArray[Any]:
    """Pixels whose colour was multiplied by alpha (the last channel), divided by it again."""
    full = white(pixels.dtype)
    alpha = pixels[..., -1:].astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        colour = np.where(alpha > 0, pixels[..., :-1] * full / alpha, 0.0)
    if pixels.dtype.kind != "f":
        colour = np.rint(np.clip(colour, 0.0, full))
    return np.concatenate([colour.astype(pixels.dtype), pixels[..., -1:]], axis=2)
