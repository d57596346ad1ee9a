"""Turn the samples of a TIFF page, in whatever way they are stored, into pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter.errors import ImageError
from convfilter.images.picture import Frame, mode_of
from convfilter.images.samples import unassociated, widened

_WHITE_IS_ZERO, _PALETTE = 0, 3
_ASSOCIATED = 1
_COLOURS = {0: 1, 1: 1, 2: 3, 3: 3, 5: 4, 6: 3}
"""The number of colours, by what TIFF calls the photometric interpretation."""


def frame_of_page(page: Any) -> tuple[Frame, list[str]]:
    """The frame of a tifffile page, not yet turned upright, and notes about what was not kept.

    Raises:
        ImageError: its samples are of a kind that is not supported.
        Exception: whatever tifffile says of damaged data.
    """
    colours = _COLOURS.get(int(page.photometric))
    if colours is None:
        raise ImageError(f"TIFF colour of kind {int(page.photometric)} is not supported; convert it to RGB")
    samples = _contiguous(page)
    pixels, notes = _scaled(samples, page)
    if page.photometric == _PALETTE:
        return Frame(_coloured(samples, page), "RGB"), []
    if page.photometric == _WHITE_IS_ZERO and pixels.dtype.kind == "u":
        pixels = ~pixels
    return _with_extra(pixels, colours, page, notes)


def _contiguous(page: Any) -> NDArray[Any]:
    """The samples as (height, width, channels)."""
    kind = page.dtype
    if kind is None or kind.kind not in "buf" or kind.itemsize > (8 if kind.kind == "f" else 2):
        said = "of an unknown kind" if kind is None else f"of type {kind}"
        raise ImageError(f"samples {said} are not supported; convert it to 8 or 16 bits, or to 32-bit floats")
    if page.axes not in ("YX", "YXS", "SYX"):
        raise ImageError(f"a TIFF with axes {page.axes} is not supported; save its pictures as pages")
    samples: NDArray[Any] = page.asarray(maxworkers=1)
    if page.axes == "SYX":
        samples = np.ascontiguousarray(samples.transpose(1, 2, 0))
    return samples.reshape(page.imagelength, page.imagewidth, -1)


def _scaled(samples: NDArray[Any], page: Any) -> tuple[NDArray[Any], list[str]]:
    """The samples over the whole range of their type, in the byte order of this computer."""
    bits, kind = page.bitspersample, samples.dtype
    if kind.kind == "f":
        notes = ["64-bit floats were rounded to 32 bits"] if kind.itemsize == 8 else []
        with np.errstate(over="ignore"):
            return samples.astype(np.float32, copy=False), notes
    if kind.kind == "b":
        return samples.astype(np.uint8) * np.uint8(255), []
    spread = [f"{bits}-bit samples were spread over 16 bits"] if 8 < bits < 16 else []
    return widened(samples.astype(kind.newbyteorder("="), copy=False), 2**bits - 1), spread


def _coloured(samples: NDArray[Any], page: Any) -> NDArray[np.uint8]:
    colours = np.asarray(page.colormap)
    if samples.shape[2] != 1 or colours.ndim != 2 or samples.max() >= colours.shape[1]:
        raise ImageError("damaged: its palette does not fit its pixels; get a whole copy of it")
    shift = 8 if colours.max() > 255 else 0  # palettes are 16 bits wide, but some programs write 8
    table = np.ascontiguousarray((colours >> shift).astype(np.uint8).T)
    return table[samples[..., 0].astype(np.uint8)]


def _with_extra(pixels: NDArray[Any], colours: int, page: Any, notes: list[str]) -> tuple[Frame, list[str]]:
    """Tell alpha from other channels beyond the colours."""
    extra = pixels.shape[2] - colours
    if extra < 0 or extra > 1:
        raise ImageError(f"{pixels.shape[2]} channels are not supported; save it as grey, RGB, RGBA or CMYK")
    if not extra:
        return Frame(pixels, mode_of(colours, alpha=False)), notes
    kind = int(page.extrasamples[0]) if page.extrasamples else 2  # an unexplained channel is taken as alpha
    if colours == 4 or kind not in (1, 2):
        dropped = "a channel beside the colours was dropped"
        pixels = np.ascontiguousarray(pixels[..., :colours])
        return Frame(pixels, mode_of(colours, alpha=False)), [*notes, dropped]
    pixels = unassociated(pixels) if kind == _ASSOCIATED else pixels
    return Frame(pixels, mode_of(colours, alpha=True)), notes
