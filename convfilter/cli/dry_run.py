"""What a run would do, without doing it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from convfilter.cli import streams
from convfilter.text import counted, printable

if TYPE_CHECKING:
    from pathlib import Path

    from convfilter.images.probing import Size
    from convfilter.settings import Settings
    from convfilter.targets import Job


def show_plan(jobs: list[Job], settings: Settings, at_once: int | None) -> None:
    """Print a line for every picture, and how they are filtered.

    The lines go to standard output: input, output, size and frames, and what would keep the picture from being
    written, as far as names and the headers of files tell.

    Args:
        jobs: one for every picture.
        settings: what holds for all of them.
        at_once: how many pictures share the memory of this machine; None on a cluster.
    """
    from convfilter import batch
    from convfilter.errors import ImageError

    sizes, unsound = [], 0
    settings = replace(settings, workers=1) if at_once is None else batch.shared(settings, at_once)
    for job in jobs:
        try:
            size, facts = _foreseen(job, settings)
            if size is not None:
                sizes.append(size)
        except ImageError as error:
            facts, unsound = f"fails: {error}", unsound + 1
        streams.result(printable(f"{job.source} -> {job.target}  {facts}"))
        for path in (job.compare, *job.steps):
            if path is not None:
                streams.result(printable(f"{job.source} -> {path}"))
    tell_method(settings)
    megapixels = sum(size.pixels for size in sizes) / 1e6
    streams.warn(
        f"{counted(len(jobs), 'picture')}, {megapixels:,.1f} megapixels; {at_once or 'as many as workers take'} at once"
    )
    if sizes:
        _tell_memory(max(sizes, key=lambda size: size.pixels), settings)
    if unsound:
        streams.warn(f"{unsound:,} will fail")
    streams.warn("nothing has been written")


def _foreseen(job: Job, settings: Settings) -> tuple[Size | None, str]:
    """The size of a picture that is to be read, and what becomes of it; ImageError where it will fail."""
    from convfilter.images.probing import probe
    from convfilter.inputs import STREAM
    from convfilter.remote import exists, open_picture
    from convfilter.settings import kept_outputs

    kept = kept_outputs(job, settings)
    if kept and kept == job.outputs:
        return None, "skipped, its output is there"
    size, facts = None, "whatever comes"
    if job.source != STREAM:
        with open_picture(job.source) as file:
            size = probe(file)
        _check_size(job, size, kept, settings)
        facts = f"{size.format}, {size}"
    if kept:
        facts += "; only what is missing is written"
    elif job.in_place:
        facts += "; replaced"
    elif settings.overwrite and any(map(exists, job.outputs)):
        facts += "; its output is replaced"
    return size, facts


def _check_size(job: Job, size: Size, kept: list[Path], settings: Settings) -> None:
    """ImageError where a picture of a size is not filtered, or its outputs, but for those kept, are not written.

    Of the memory, what 8-bit grey needs is checked, the least there is.
    """
    from convfilter.comparing import size_beside
    from convfilter.endpoints import naming
    from convfilter.filtering import left_for_tiles
    from convfilter.images.fitting import check_side
    from convfilter.images.formats import FORMATS
    from convfilter.images.limits import check_frames
    from convfilter.operations import output_size, require_output
    from convfilter.output_names import format_of

    check_frames(settings.max_pixels, size.frames)
    if settings.max_memory is not None:
        left_for_tiles(2 * size.pixels, settings.max_memory)
    for width, height in {*size.frames}:
        require_output(settings.operations, height, width)
        if job.target not in kept:
            check_side(job.format or FORMATS[size.format], max(output_size(settings.operations, height, width)))
        for path, stage in zip(job.steps, settings.steps, strict=True):
            if path not in kept:
                with naming(path):
                    check_side(format_of(path), max(output_size(stage.operations, height, width)))
    if job.compare is not None and job.compare not in kept and not settings.stages:
        width, height = size.frames[0]
        with naming(job.compare):
            beside = size_beside((height, width), output_size(settings.operations, height, width))
            check_side(format_of(job.compare), max(beside))


def tell_method(settings: Settings) -> None:
    """Print how pictures are filtered, an operation a line."""
    from convfilter import engine

    if settings.match is not None:
        streams.warn(f"as {settings.match.tool} does with 8 bits:")
    for method in engine.methods_of(settings.operations, settings.device):
        streams.warn(printable(method))


def _tell_memory(size: Size, settings: Settings) -> None:
    from convfilter import engine

    tiles, largest, pixels = 0, 0, 6 * size.pixels
    left = None if settings.max_memory is None else max(settings.max_memory - pixels, 1)
    for (width, height), frames in Counter(size.frames).items():
        count, tile_bytes = engine.tiles_of(
            settings.operations, height, width, device=settings.device, tile_bytes=left, workers=settings.workers
        )
        tiles, largest = tiles + frames * count, max(largest, tile_bytes)
    tiled = f"{counted(tiles, 'tile')} of {largest / 1e6:,.1f} MB"
    streams.warn(f"the largest, {size}, if 8-bit RGB: {pixels / 1e6:,.0f} MB of pixels, {tiled}")
