"""The values that travel through convfilter: a picture, its frames, and what its file said beside the pixels."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from numpy.typing import NDArray

Mode = Literal["L", "LA", "RGB", "RGBA", "CMYK"]

_MODES: dict[tuple[int, bool], Mode] = {
    (1, False): "L", (1, True): "LA", (3, False): "RGB", (3, True): "RGBA", (4, False): "CMYK",
}  # fmt: skip
"""By the number of colours, and whether there is alpha beside them."""

CHANNELS: dict[Mode, int] = {mode: colours + alpha for (colours, alpha), mode in _MODES.items()}


def mode_of(colours: int, alpha: bool) -> Mode:
    """The mode of 1, 3 or 4 (CMYK) colours, with or without alpha; KeyError where there is none."""
    return _MODES[colours, alpha]


def mode_of_channels(count: int) -> Mode:
    """The mode of 1 to 4 channels that are not CMYK."""
    return mode_of(3 if count > 2 else 1, alpha=count in (2, 4))


@dataclass(frozen=True)
class Frame:
    """One frame of an animation, one page of a TIFF, or the one picture of any other file.

    Attributes:
        pixels: (height, width, channels), uint8, uint16 or float32; integers span the whole range of
            their type, floats are nominally in [0, 1] but may lie outside. Alpha is not premultiplied.
        mode: names the channels, as Pillow does.
        duration: time on screen in milliseconds; 0 where the file has none.
    """

    pixels: NDArray[Any]
    mode: Mode
    duration: float = 0.0

    def __post_init__(self) -> None:
        if self.pixels.ndim != 3 or self.pixels.shape[2] != CHANNELS[self.mode]:
            raise ValueError(f"pixels of shape {self.pixels.shape} do not hold the channels of {self.mode}")

    @property
    def has_alpha(self) -> bool:
        """True where the last channel is alpha."""
        return self.mode in ("LA", "RGBA")

    @property
    def colours(self) -> int:
        """The number of channels that are not alpha."""
        return CHANNELS[self.mode] - self.has_alpha


@dataclass(frozen=True)
class JpegCoding:
    """How a JPEG was compressed, so that it can be compressed alike again."""

    tables: dict[int, list[int]]
    subsampling: int
    progressive: bool


@dataclass(frozen=True)
class Meta:
    """What a file says beside its pixels; None or empty where it says nothing.

    Attributes:
        exif: a TIFF-structured block without the "Exif" prefix; the orientation in it is 1, because
            reading has applied it.
        icc: an ICC profile.
        xmp: an XMP packet.
        dpi: pixels per inch, horizontal and vertical.
        text: keyword and text of PNG text chunks.
        colorimetry: the PNG chunks that say which light the samples stand for, as they are.
        comment: a JPEG or GIF comment.
        loop: how often an animation repeats; 0 is for ever, None is once.
        lossless: True where the file's own coding keeps every sample.
        compression: the compression of a TIFF, by tifffile's name ("none", "lzw", ...); None where it
            loses samples, or is not one to be written again.
        jpeg: tables and sampling of a JPEG.
    """

    exif: bytes | None = None
    icc: bytes | None = None
    xmp: bytes | None = None
    dpi: tuple[float, float] | None = None
    text: dict[str, str] = field(default_factory=dict)
    colorimetry: tuple[tuple[bytes, bytes], ...] = ()
    comment: bytes | None = None
    loop: int | None = None
    lossless: bool = True
    compression: str | None = None
    jpeg: JpegCoding | None = None

    @property
    def plays(self) -> int:
        """How often an animation plays, as PNG and WebP count it: one more than it repeats; 0 is for ever."""
        return 1 if self.loop is None else self.loop and self.loop + 1


def loop_of(plays: int) -> int | None:
    """`Meta.loop` for an animation that plays so often; the inverse of `Meta.plays`."""
    return None if plays == 1 else max(plays - 1, 0)


@dataclass(frozen=True)
class Picture:
    """A picture in memory.

    Attributes:
        frames: at least one.
        format: the name of the file format it was read from, a key of `formats.FORMATS`.
        meta: what travels beside the pixels.
        notes: sentences about anything that could not be kept, for the user's eyes.
    """

    frames: tuple[Frame, ...]
    format: str
    meta: Meta = Meta()
    notes: tuple[str, ...] = ()

    def noting(self, *notes: str) -> Picture:
        """The same picture with more notes, each of them once."""
        return replace(self, notes=tuple(dict.fromkeys(self.notes + notes)))
