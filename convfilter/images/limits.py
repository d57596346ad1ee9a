"""The limit on pixels, checked before anything is decoded; imports nothing heavy."""

from __future__ import annotations

from collections.abc import Sequence

from convfilter.errors import ImageError

MAX_PIXELS = 100_000_000
"""The pixels of one file, all frames together, that are read unless the user raises the limit."""


def check_pixels(max_pixels: int, width: int, height: int, frames: int = 1) -> None:
    """Check that a picture of this size is within the limit.

    Raises:
        ImageError: it has more than max_pixels over all its frames, or none at all.
    """
    if width < 1 or height < 1 or frames < 1:
        raise ImageError(f"damaged: it has no pixels ({width} x {height})")
    total = width * height * frames
    if total > max_pixels:
        count = f" x {frames} frames" if frames > 1 else ""
        raise ImageError(
            f"{width} x {height}{count} = {_megapixels(total)} MP is over the limit of "
            f"{_megapixels(max_pixels)} MP; raise with --max-pixels"
        )


def check_frames(max_pixels: int, sizes: Sequence[tuple[int, int]]) -> None:
    """Check that a picture of frames of these widths and heights is within the limit; ImageError as above."""
    unlike = {*sizes}
    for width, height in unlike:
        check_pixels(max_pixels, width, height, len(sizes) if len(unlike) == 1 else 1)
    check_pixels(max_pixels, sum(width * height for width, height in sizes), 1)


def _megapixels(pixels: int) -> str:
    """Pixels in millions, to the last one, without a tail of zeros."""
    return f"{pixels / 1e6:.6f}".rstrip("0").rstrip(".")
