"""Many files, one after another: a result for each, whatever happens to the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from convfilter.errors import ImageError
from convfilter.files import Settings, run_job
from convfilter.targets import Job


@dataclass(frozen=True)
class Result:
    """What became of one job.

    Attributes:
        job: what was to be done.
        error: its path and why it failed; None where it is done.
        notes: what could not be kept.
    """

    job: Job
    error: str | None = None
    notes: tuple[str, ...] = ()


def run(jobs: Iterable[Job], settings: Settings) -> Iterator[Result]:
    """Do every job; one that fails leaves no file behind and does not stop the others.

    Raises:
        DeviceError: there is no such device.
    """
    for job in jobs:
        try:
            yield Result(job, notes=run_job(job, settings))
        except ImageError as error:
            yield Result(job, error=str(error))
