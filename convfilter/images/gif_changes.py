"""An animated GIF with one palette, of which every frame holds only what has changed."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import GifImagePlugin, Image

_KEEP = 1
"""What happens to a frame before the next."""


def write_changes(
    frames: Iterable[NDArray[np.uint8]], times: Iterable[int], palette: list[int], unused: int, file: BinaryIO
) -> None:
    """Write frames that are shown for ever.

    Args:
        frames: (height, width) each, all of one size: colours by their places in the palette.
        times: milliseconds of each.
        palette: red, green and blue of every colour.
        unused: a place in the palette that no frame uses; it stands for what stays.
        file: where to.
    """
    before = None
    for frame, time in zip(frames, times, strict=True):
        height, width = frame.shape
        if before is None:
            file.write(b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0))
            file.write(b"!\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<HB", 0, 0))
            changed = np.ones_like(frame, np.bool_)
        else:
            changed = frame != before
        rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        top, left = (int(index[0]) if index.size else 0 for index in (rows, columns))
        here = (
            slice(top, int(rows[-1]) + 1 if rows.size else 1),
            slice(left, int(columns[-1]) + 1 if rows.size else 1),
        )
        image = Image.fromarray(np.where(changed[here], frame[here], np.uint8(unused)))
        image.putpalette(palette)
        for part in GifImagePlugin.getdata(
            image, (left, top), duration=time, disposal=_KEEP, transparency=unused, include_color_table=True
        ):
            file.write(part)
        before = frame
    file.write(b";")
