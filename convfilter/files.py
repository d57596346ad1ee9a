"""One file's trip: read, filter, write."""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from convfilter.comparing import contact_sheet, side_by_side, thumbnail
from convfilter.endpoints import naming, output_to, read_source
from convfilter.errors import OptionError
from convfilter.filtering import filter_picture, prepared
from convfilter.images.formats import FORMATS
from convfilter.images.limits import MAX_PIXELS
from convfilter.images.picture import Picture
from convfilter.images.writing import encode
from convfilter.names import Range
from convfilter.operations import Operation, Operations, in_linear_light
from convfilter.output_names import format_of
from convfilter.settings import Settings, kept_outputs
from convfilter.targets import Job

if TYPE_CHECKING:
    from convfilter.stages import Stage


@dataclass(frozen=True)
class Outcome:
    """What there is to tell of a picture that was filtered.

    Attributes:
        width: of the input, in pixels.
        height: the same.
        frames: their number.
        notes: sentences about what could not be kept.
        clipped: the share of samples that were cut off at black or white; None where they were not counted.
        thumbnails: before and after, as small JPEG files, where they were made.
    """

    width: int
    height: int
    frames: int
    notes: tuple[str, ...]
    clipped: float | None = None
    thumbnails: tuple[bytes, bytes] | None = None


def filter_file(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *operations: Operation,
    range_: Range = "clip",
    linear: bool = False,
    device: str = "auto",
    quality: int | None = None,
    max_pixels: int = MAX_PIXELS,
    max_memory: int | None = None,
    overwrite: bool = False,
) -> tuple[str, ...]:
    """Filter one picture file into another.

    The target is written under a temporary name and renamed when it is whole. Its extension decides its
    format; depth, alpha, EXIF, ICC, resolution and frames are kept where that format holds them.

    Args:
        source: a picture file.
        target: where the result goes; may be the source when `overwrite` is True.
        operations: applied in order, rounded once at the end.
        range_: ``clip`` saturates, ``abs`` shows magnitudes, ``rescale`` stretches to the whole range.
        linear: filter light: decode sRGB before and encode it after.
        device: ``auto``, ``cpu``, ``gpu`` or ``gpu:N``.
        quality: 1 to 100 for lossy formats; None keeps a JPEG's own tables.
        max_pixels: refuse files with more pixels, all frames together, before decoding them.
        max_memory: as for `filtering.filter_picture`.
        overwrite: replace an existing target.

    Returns:
        Sentences about what could not be kept; empty where all was.

    Raises:
        ImageError: the file cannot be read, filtered or written; the message begins with its path.
        OptionError: the target's extension names no format, quality is out of range, or there is no such range.
        DeviceError: there is no such device.
    """
    if quality is not None and not 1 <= quality <= 100:
        raise OptionError(f"quality is from 1 to 100, not {quality}")
    source, target = Path(source).absolute(), Path(target).absolute()  # "-" is a file here
    settings = Settings(
        in_linear_light(operations) if linear else operations,
        range_=range_,
        device=device,
        quality=quality,
        max_pixels=max_pixels,
        max_memory=max_memory,
        overwrite=overwrite,
    )
    job = Job(source, target, format_of(target))
    with naming(source):
        return run_job(job, settings, kept_outputs(job, settings)).notes


def run_job(job: Job, settings: Settings, kept: list[Path]) -> Outcome:
    """Read, filter and write one picture, and its comparison and its steps where they are asked for.

    Args:
        job: which picture, and where to.
        settings: what is done.
        kept: the `kept_outputs`, which are told before the work and not after it; writing checks again.

    Raises:
        ImageError: the file cannot be read, filtered or written.
        DeviceError: there is no such device.
    """
    before = read_source(job.source, settings.max_pixels)
    format_ = job.format or FORMATS[before.format]
    match = settings.match
    operations = settings.operations if match is None else match.operations_for(before, format_.name)
    after, clipped = _filtered(before, operations, settings)
    height, width, _ = before.frames[0].pixels.shape
    outcome = Outcome(
        width,
        height,
        len(before.frames),
        after.notes,
        clipped if settings.count_clipped else None,
        (thumbnail(before), thumbnail(after)) if settings.thumbnails else None,
    )
    if job.compare is None and not job.steps:
        before = after  # sets the memory of what was read free
    notes: tuple[str, ...] = ()
    with nullcontext() if job.target in kept else output_to(job.target, settings.overwrite or job.in_place) as file:
        if file is not None:
            notes += encode(after, format_, file, quality=settings.quality)
        # Inside, so that what cannot be written beside the target leaves it alone.
        notes += _write_steps(job, before, after, settings, kept)
        if job.compare is not None and job.compare not in kept:
            with output_to(job.compare, settings.overwrite) as beside:
                sheet = _comparison(before, after, settings)
                with naming(job.compare):
                    notes += encode(sheet, format_of(job.compare), beside, quality=settings.quality)
    return replace(outcome, notes=tuple(dict.fromkeys(after.notes + notes)))


def _filtered(picture: Picture, operations: Operations, settings: Settings) -> tuple[Picture, float]:
    return filter_picture(
        picture,
        operations,
        range_=settings.range_,
        device=settings.device,
        max_memory=settings.max_memory,
        workers=settings.workers,
        count_clipped=settings.count_clipped,
    )


def _write_steps(job: Job, before: Picture, after: Picture, settings: Settings, kept: list[Path]) -> tuple[str, ...]:
    """The picture after every step, each in a file of its own."""
    notes: tuple[str, ...] = ()
    for path, stage in zip(job.steps, settings.steps, strict=True):
        if path in kept:
            continue
        with output_to(path, settings.overwrite) as file:
            shown = _shown(stage, before, after, settings)
            with naming(path):
                notes += encode(shown, format_of(path), file, quality=settings.quality)
    return notes


def _comparison(before: Picture, after: Picture, settings: Settings) -> Picture:
    """Before and after; with stages, all of them on a sheet."""
    if not settings.stages:
        return side_by_side(before, after)
    panels = ((stage.label, _shown(stage, before, after, settings)) for stage in settings.stages)
    return contact_sheet(before, panels)


def _shown(stage: Stage, before: Picture, after: Picture, settings: Settings) -> Picture:
    """What a stage leaves of a picture; the last one is the result, which is there already."""
    if stage.operations == settings.operations:
        return after
    # In the channels of the whole chain, whose later steps may be the ones that take CMYK as RGB.
    before = prepared(before, settings.operations)
    return _filtered(before, stage.operations, replace(settings, count_clipped=False))[0]
