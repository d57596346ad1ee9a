"""Many files, several at once: a result for each as it ends, whatever happens to the others."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from convfilter import threads
from convfilter.endpoints import naming
from convfilter.errors import DeviceError, ImageError
from convfilter.files import Outcome, run_job
from convfilter.names import Status
from convfilter.runtime import core_count, default_memory, tf_operations
from convfilter.settings import Settings, kept_outputs
from convfilter.targets import Job

THUMBNAILS = 500
"""So many pictures of a run are shown in a report, the first ones; a page with more would be slow to open."""


@dataclass(frozen=True)
class Result:
    """What became of one job.

    Attributes:
        job: what was to be done.
        status: done, skipped as its output is there, or failed.
        reason: the input's path and why it failed, or why it was skipped.
        outcome: what there is to tell where it is done.
        seconds: how long it took.
    """

    job: Job
    status: Status
    reason: str = ""
    outcome: Outcome | None = None
    seconds: float = 0.0


def run(jobs: list[Job], settings: Settings, *, at_once: int | None = None) -> Iterator[Result]:
    """Do every job; one that fails leaves no file behind and does not stop the others.

    Reading, filtering and writing of several pictures overlap, as each has a thread of its own, which also filters
    it. No more than so many pictures are in memory, and they share `Settings.max_memory`.

    Args:
        jobs: from `targets.plan`.
        settings: what holds for all of them.
        at_once: how many pictures are worked on at once; by default as many as there are cores.

    Yields:
        A result for each job as it ends, with several at once in no certain order.

    Raises:
        DeviceError: there is no such device.
    """
    if not settings.skip_existing:  # with it, there may be nothing to filter
        threads.start(_load_tensorflow, 1)  # while the first picture is read
    at_once = pictures_at_once(jobs, at_once)
    each = with_settings(jobs, shared(settings, at_once))
    yield from threads.results(each, lambda one: run_one(*one), at_once)


def _load_tensorflow() -> None:
    """Load what filters run with; who needs it waits for that, and is told what goes wrong."""
    with suppress(DeviceError):
        tf_operations()


def with_settings(jobs: list[Job], settings: Settings) -> Iterator[tuple[Job, Settings]]:
    """Each job with its settings: only the first `THUMBNAILS` make small pictures."""
    plain = replace(settings, thumbnails=False)
    return ((job, settings if index < THUMBNAILS else plain) for index, job in enumerate(jobs))


def pictures_at_once(jobs: list[Job], wanted: int | None) -> int:
    """How many pictures are worked on at once: as many as are wanted, or one a core, but no more than there are."""
    return min(wanted or core_count(), len(jobs))


def shared(settings: Settings, at_once: int) -> Settings:
    """The settings for each of so many pictures at once, which share the memory and the cores of this machine."""
    memory = settings.max_memory or default_memory()
    return replace(settings, workers=max(1, core_count() // at_once), max_memory=memory // at_once)


def run_one(job: Job, settings: Settings) -> Result:
    """Do one job, and tell what became of it; DeviceError as for `run`."""
    begun = time.monotonic()
    try:
        with naming(job.source):
            kept = kept_outputs(job, settings)
            if kept and kept == job.outputs:
                return Result(job, "skipped", f"{job.target} is there")
            outcome = run_job(job, settings, kept)
    except ImageError as error:
        return Result(job, "failed", str(error), seconds=time.monotonic() - begun)
    return Result(job, "done", outcome=outcome, seconds=time.monotonic() - begun)
