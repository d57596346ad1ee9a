"""Operations over a picture: every frame, its alpha, its colour space."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from convfilter.errors import ImageError
from convfilter.images.picture import Frame, Mode, Picture
from convfilter.names import Range
from convfilter.operations import Grayscale, Operation, in_linear_light, output_size

Operations = tuple[Operation, ...]


def filter_picture(
    picture: Picture,
    operations: Operations,
    *,
    range_: Range = "clip",
    linear: bool = False,
    device: str = "auto",
) -> Picture:
    """Run operations over every frame of a picture.

    Args:
        picture: as it was read.
        operations: applied in order, rounded once at the end.
        range_: ``clip`` saturates, ``abs`` shows magnitudes, ``rescale`` stretches the result, over
            all frames alike, to the whole range.
        linear: filter light instead of encoded values: decode sRGB before and encode it after.
        device: ``auto``, ``cpu``, ``gpu`` or ``gpu:N``.

    Raises:
        ImageError: the kernel leaves nothing of the picture.
        DeviceError: there is no such device.
    """
    from convfilter import engine

    gray = any(isinstance(operation, Grayscale) for operation in operations)
    if gray or linear:
        from convfilter.images.fitting import without_cmyk

        picture = without_cmyk(picture)
    chain = in_linear_light(operations) if linear else operations
    for frame in picture.frames:
        _check_size(frame, chain)
    frames: list[Frame] = []
    # Pages of a TIFF may differ in type and channels; each run of equal ones is one call.
    for _, group in groupby(picture.frames, key=lambda frame: (frame.depth, frame.mode)):
        alike = list(group)
        pixels = engine.run(
            [frame.pixels for frame in alike], chain, alpha=alike[0].has_alpha, range_=range_, device=device
        )
        frames += [
            replace(frame, pixels=result, mode=_gray_mode(frame.mode) if gray else frame.mode)
            for frame, result in zip(alike, pixels, strict=True)
        ]
    return replace(picture, frames=tuple(frames))


def _gray_mode(mode: Mode) -> Mode:
    return "LA" if mode in ("LA", "RGBA") else "L"


def _check_size(frame: Frame, operations: Operations) -> None:
    height, width = frame.pixels.shape[:2]
    if min(output_size(operations, height, width)) < 1:
        raise ImageError(
            f"the picture is {width} x {height}, smaller than the kernel, and border valid leaves nothing; "
            "take another border or a smaller kernel"
        )
