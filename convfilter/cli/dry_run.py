"""What a run would do, without doing it."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from convfilter.cli import streams
from convfilter.text import counted, printable

if TYPE_CHECKING:
    from convfilter.images.probing import Size
    from convfilter.settings import Settings
    from convfilter.targets import Job

LONGEST_NAME = 255
"""Bytes of the name of a file, at most, as nearly every file system has it."""


def show_plan(jobs: list[Job], settings: Settings, at_once: int | None) -> None:
    """Print a line for every picture, and how they are filtered.

    The lines go to standard output: input, output, size and frames, and what would keep the picture from being
    written, as far as names and the headers of files tell.
    """
    from convfilter import batch, engine
    from convfilter.errors import ImageError
    from convfilter.images.probing import probe
    from convfilter.inputs import STREAM
    from convfilter.remote import open_picture

    largest, pixels, unsound = None, 0, 0
    count = batch.pictures_at_once(jobs, at_once)
    for job in jobs:
        size, facts = None, "whatever comes"
        try:
            if job.source != STREAM:
                with open_picture(job.source) as file:
                    size = probe(file)
                facts = f"{size.format}, {size.width} x {size.height}{_frames(size)}"
                _check_size(job, size, settings, count)
            facts += _fate(job, settings)
        except ImageError as error:
            facts, unsound = f"fails: {error}", unsound + 1
        streams.result(printable(f"{job.source} -> {job.target}  {facts}"))
        for path in (job.compare, *job.steps):
            if path is not None:
                streams.result(printable(f"{job.source} -> {path}"))
        if size is not None:
            own = size.width * size.height * size.frames
            pixels += own
            largest = max(largest or (0, size), (own, size))
    tell_method(settings)
    streams.warn(f"{counted(len(jobs), 'picture')}, {pixels / 1e6:,.1f} megapixels; {count} at once")
    if largest is not None:
        _, size = largest
        left = None if settings.max_memory is None else max(settings.max_memory - 6 * largest[0], 1)
        tiles, tile_bytes = engine.tiles_of(settings.operations, size.height, size.width, settings.device, left)
        tiled = f"{counted(tiles * size.frames, 'tile')} of {tile_bytes / 1e6:,.1f} MB"
        streams.warn(
            f"the largest, {size.width} x {size.height}{_frames(size)}, if 8-bit RGB: "
            f"{6 * largest[0] / 1e6:,.0f} MB of pixels, {tiled}"
        )
    if unsound:
        streams.warn(f"{unsound:,} will fail")
    streams.warn("nothing has been written")


def _check_size(job: Job, size: Size, settings: Settings, at_once: int) -> None:
    """ImageError where a picture of a size is not filtered or written; it may also be too large for the memory."""
    from convfilter.filtering import left_for_tiles
    from convfilter.images.fitting import check_side
    from convfilter.images.formats import FORMATS
    from convfilter.images.limits import check_pixels
    from convfilter.operations import output_size, require_output
    from convfilter.runtime import default_memory

    check_pixels(settings.max_pixels, size.width, size.height, size.frames)
    require_output(settings.operations, size.height, size.width)
    grey = 2 * size.width * size.height * size.frames  # in 8 bits, the least there is
    left_for_tiles(grey, (settings.max_memory or default_memory()) // at_once)
    check_side(job.format or FORMATS[size.format], max(output_size(settings.operations, size.height, size.width)))


def tell_method(settings: Settings) -> None:
    """Print how pictures are filtered, an operation a line."""
    from convfilter import engine

    if settings.match is not None:
        streams.warn(f"as {settings.match.tool} does with 8 bits:")
    for method in engine.methods_of(settings.operations, settings.device):
        streams.warn(printable(method))


def _frames(size: Size) -> str:
    return f" x {size.frames} frames" if size.frames > 1 else ""


def _fate(job: Job, settings: Settings) -> str:
    """What becomes of outputs that are there already; ImageError where the picture cannot be written."""
    from convfilter.errors import ImageError
    from convfilter.remote import exists, is_remote
    from convfilter.settings import kept_outputs

    kept = kept_outputs(job, settings)
    if kept:
        return "; skipped, its output is there" if kept == job.outputs else "; only what is missing is written"
    for path in job.outputs:
        if is_remote(path):
            continue
        if len(os.fsencode(path.name)) > LONGEST_NAME:
            raise ImageError(f"cannot write {path}: {os.strerror(errno.ENAMETOOLONG)}")
        above = next(one for one in path.parents if os.path.lexists(one))
        if not (os.path.isdir(above) and os.access(above, os.W_OK)):
            raise ImageError(f"cannot write {path}: {above} is not a folder that can be written to")
    if job.in_place:
        return "; replaced"
    return "; its output is replaced" if settings.overwrite and any(map(exists, job.outputs)) else ""
