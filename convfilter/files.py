"""One file's trip: read, filter, write."""

from __future__ import annotations

import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from convfilter.atomic import output_file
from convfilter.errors import ImageError
from convfilter.filtering import filter_picture
from convfilter.images.formats import FORMATS, Format, format_of_suffix
from convfilter.images.picture import Picture
from convfilter.images.reading import read
from convfilter.images.sources import read_stream
from convfilter.images.writing import encode
from convfilter.names import MAX_PIXELS, Range
from convfilter.operations import Operation
from convfilter.targets import STREAM, Job


@dataclass(frozen=True)
class Settings:
    """What holds for every picture of a run.

    Attributes:
        operations: applied in order.
        range_: what becomes of results outside [0, 1]: ``clip``, ``abs`` or ``rescale``.
        linear: filter light instead of encoded values.
        device: ``auto``, ``cpu``, ``gpu`` or ``gpu:N``.
        quality: 1 to 100 for lossy formats; None keeps a JPEG's own tables.
        max_pixels: files with more pixels, all frames together, are refused before decoding.
    """

    operations: tuple[Operation, ...]
    range_: Range = "clip"
    linear: bool = False
    device: str = "auto"
    quality: int | None = None
    max_pixels: int = MAX_PIXELS


def filter_file(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *operations: Operation,
    range_: Range = "clip",
    linear: bool = False,
    device: str = "auto",
    quality: int | None = None,
    max_pixels: int = MAX_PIXELS,
    overwrite: bool = False,
) -> tuple[str, ...]:
    """Filter one picture file into another.

    The target is written under a temporary name and renamed when it is whole. Its ending decides its
    format; depth, alpha, EXIF, ICC, resolution and frames are kept where that format holds them.

    Args:
        source: a picture file.
        target: where the result goes; may be the source when `overwrite` is True.
        operations: applied in order, rounded once at the end.
        range_: ``clip`` saturates, ``abs`` shows magnitudes, ``rescale`` stretches to the whole range.
        linear: decode sRGB before and encode it after.
        device: ``auto``, ``cpu``, ``gpu`` or ``gpu:N``.
        quality: 1 to 100 for lossy formats; None keeps a JPEG's own tables.
        max_pixels: refuse files with more pixels, all frames together.
        overwrite: replace an existing target.

    Returns:
        Sentences about what could not be kept; empty where all was.

    Raises:
        ImageError: the file cannot be read, filtered or written.
        DeviceError: there is no such device.
    """
    settings = Settings(operations, range_, linear, device, quality, max_pixels)
    return run_job(Job(Path(source), Path(target), overwrite=overwrite), settings)


def run_job(job: Job, settings: Settings) -> tuple[str, ...]:
    """Read, filter and write one picture, and the comparison if there is one.

    Returns:
        Sentences about what could not be kept.

    Raises:
        ImageError: the file cannot be read, filtered or written.
        DeviceError: there is no such device.
    """
    _refuse_existing(job)
    before = _read(job.source, settings.max_pixels)
    after = filter_picture(
        before, settings.operations, range_=settings.range_, linear=settings.linear, device=settings.device
    )
    notes = _write(after, job.target, _format(job, before), job.overwrite, settings.quality)
    if job.compare is not None:
        from convfilter.comparing import side_by_side

        suffix_format = format_of_suffix(job.compare.suffix) or FORMATS[before.format]
        _write(side_by_side(before, after), job.compare, suffix_format, job.overwrite, settings.quality)
    return notes


def _read(source: Path, max_pixels: int) -> Picture:
    if source != STREAM:
        return read(source, max_pixels=max_pixels)
    if sys.stdin is None:
        raise ImageError("standard input is closed; name a file instead of -")
    return read(read_stream(sys.stdin.buffer), max_pixels=max_pixels)


def _format(job: Job, picture: Picture) -> Format:
    """The ending decides; standard output and a picture replaced in place keep the format that was read."""
    if job.target == STREAM or job.target == job.source:
        return FORMATS[picture.format]
    return format_of_suffix(job.target.suffix) or FORMATS[picture.format]


def _refuse_existing(job: Job) -> None:
    """Say so before the work, not after it; the writing itself checks again."""
    for path in (job.target, job.compare):
        if path is not None and path != STREAM and not job.overwrite and os.path.lexists(path):
            raise ImageError(f"{path} exists already and is kept; --overwrite replaces it")


def _write(picture: Picture, target: Path, format_: Format, overwrite: bool, quality: int | None) -> tuple[str, ...]:
    try:
        if target != STREAM:
            with output_file(target, overwrite=overwrite) as file:
                return encode(picture, format_, file, quality=quality)
        if sys.stdout is None:
            raise ImageError("standard output is closed; name a file with --output")
        whole = io.BytesIO()
        notes = encode(picture, format_, whole, quality=quality)
        sys.stdout.buffer.write(whole.getbuffer())
        sys.stdout.buffer.flush()
        return notes
    except FileExistsError:
        raise ImageError(f"{target} exists already and is kept; --overwrite replaces it") from None
    except OSError as error:
        where = "standard output" if target == STREAM else target
        raise ImageError(f"cannot write {where}: {error.strerror or error}; choose another --output") from None
