"""The limit on pixels, checked before anything is decoded."""

from __future__ import annotations

from dataclasses import dataclass

from convfilter.errors import ImageError


@dataclass(frozen=True)
class Limit:
    """The most pixels a picture may have, over all its frames."""

    pixels: int

    def check(self, width: int, height: int, frames: int = 1) -> None:
        """Raises ImageError where a picture of this size is over the limit, or has no pixels."""
        if width < 1 or height < 1 or frames < 1:
            raise ImageError(f"damaged: it has no pixels ({width} x {height})")
        total = width * height * frames
        if total > self.pixels:
            count = f" x {frames} frames" if frames > 1 else ""
            raise ImageError(
                f"{width} x {height}{count} = {megapixels(total)} MP is over the limit of "
                f"{megapixels(self.pixels)} MP; raise with --max-pixels"
            )


def megapixels(pixels: int) -> str:
    """Pixels in millions, to the last one, without a tail of zeros."""
    return f"{pixels / 1e6:.6f}".rstrip("0").rstrip(".")
