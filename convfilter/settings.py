"""What holds for every picture of a run, and which of its outputs stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from convfilter.atomic import check_target, told_as
from convfilter.errors import ImageError
from convfilter.images.limits import MAX_PIXELS
from convfilter.names import Range
from convfilter.operations import Operations
from convfilter.remote import exists, is_remote
from convfilter.targets import Job

if TYPE_CHECKING:
    from convfilter.matching import Match
    from convfilter.stages import Stage


@dataclass(frozen=True)
class Settings:
    """What holds for every picture of a run; `filter_file` tells what most of these mean.

    Attributes:
        operations: what is done; with `match` what is done to 8 bits.
        match: a filter of another tool, which depends on the picture.
        skip_existing: outputs that are there are left as they are; there is nothing to do where all are.
        workers: threads that filter one picture; None for as many as suit the device.
        count_clipped: whether samples that are cut off are counted.
        thumbnails: whether small pictures of before and after are made.
        stages: what a comparison shows beside the input; nothing for before and after.
        steps: what is kept in the files `Job.steps`.
    """

    operations: Operations
    range_: Range = "clip"
    device: str = "auto"
    quality: int | None = None
    max_pixels: int = MAX_PIXELS
    max_memory: int | None = None
    overwrite: bool = False
    skip_existing: bool = False
    workers: int | None = None
    count_clipped: bool = False
    thumbnails: bool = False
    stages: tuple[Stage, ...] = ()
    steps: tuple[Stage, ...] = ()
    match: Match | None = None


def kept_outputs(job: Job, settings: Settings) -> list[Path]:
    """The outputs of a job that are there already and stay; the others are written.

    Raises:
        ImageError: an output is there and may neither be replaced nor left out; or it cannot be written, as far as can
            be told before; or a URL cannot be asked for.
    """
    kept = []
    for path in job.outputs:
        overwrite = settings.overwrite or (job.in_place and path == job.target)
        with told_as(ImageError, path):
            try:
                if not is_remote(path):
                    check_target(path, overwrite=overwrite)
                elif not overwrite and exists(path):
                    raise FileExistsError
            except FileExistsError:
                if not settings.skip_existing:
                    raise
                kept.append(path)
    return kept
