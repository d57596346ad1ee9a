"""Many files on many machines: the same jobs as tasks of a Dask cluster, one file each."""

from __future__ import annotations

import logging
from asyncio import CancelledError
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from convfilter.batch import Result, run_one, with_settings
from convfilter.errors import ConvfilterError, ImageError, OptionError
from convfilter.inputs import STREAM
from convfilter.remote import Location, exists, is_remote
from convfilter.settings import Settings
from convfilter.targets import Job
from convfilter.text import one_line

RETRIES = 3
"""How often a file is given to another worker after one has died over it."""


def run_on(address: str, jobs: list[Job], settings: Settings) -> Iterator[Result]:
    """Do every job on a cluster; the workers must see the files under the same names.

    An output that is not there when its task is given out is replaced if it has appeared when it is written.

    Args:
        address: of the scheduler, such as ``tcp://host:8786``.
        jobs: from `targets.plan`, none of them a stream.
        settings: what holds for all of them; each file is filtered by one thread of a worker.

    Yields:
        A result for each job as it ends, in no certain order.

    Raises:
        OptionError: there is no such scheduler, Dask is not installed, or a job is a stream or in place.
    """
    check_jobs(jobs)
    from dask.distributed import Client

    for name in list(logging.root.manager.loggerDict):
        if name.startswith(("distributed", "tornado")):  # what concerns a file is in its result
            logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client: Any = Client(address, timeout=5, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise OptionError(f"{address}: no scheduler answers there ({one_line(error)})") from None
    return _results(client, jobs, replace(settings, workers=1))


def check_jobs(jobs: list[Job]) -> None:
    """Refuse what no cluster does.

    Raises:
        OptionError: a job that only this machine can do, or Dask is not installed.
    """
    try:
        import dask.distributed  # noqa: F401
    except ImportError:
        raise OptionError("--scheduler needs more packages; in the clone, pip install '.[dask]'") from None
    if any(STREAM in (job.source, job.target) for job in jobs):
        raise OptionError("--scheduler works on files; standard input and output are of this machine")
    if any(job.in_place for job in jobs):
        raise OptionError(
            "--scheduler cannot work --in-place: what a dying worker had done would be filtered twice; give --output"
        )


def _results(client: Any, jobs: list[Job], settings: Settings) -> Iterator[Result]:
    from dask.distributed import as_completed
    from distributed.scheduler import KilledWorker

    with client:
        by_key = {}
        for job, one in with_settings(jobs, settings):
            if not _may_exist(job):
                # It may be there in a moment, by a worker that dies before it can tell.
                one = replace(one, overwrite=True, skip_existing=False)
            future = client.submit(run_one, _anywhere(job), one, pure=False, retries=RETRIES)
            by_key[future.key] = job, future
        for future in as_completed([future for _, future in by_key.values()], loop=client.loop):
            job, _ = by_key.pop(future.key)
            try:
                yield replace(future.result(), job=job)
            except KilledWorker:
                yield Result(job, "failed", f"{job.source}: {RETRIES + 1} workers died over it")
            except ConvfilterError:  # concerns all of them
                raise
            except (Exception, CancelledError) as error:  # a scheduler that has gone away, a worker without convfilter
                yield Result(job, "failed", f"{job.source}: the cluster has failed ({type(error).__name__})")


def _may_exist(job: Job) -> bool:
    """Whether an output is there, or that cannot be told."""
    try:
        return any(map(exists, job.outputs))
    except ImageError:
        return True


def _anywhere(job: Job) -> Job:
    """The same job wherever a worker's current folder is."""
    compare = job.compare and _absolute(job.compare)
    steps = tuple(map(_absolute, job.steps))
    return replace(job, source=_absolute(job.source), target=_absolute(job.target), compare=compare, steps=steps)


def _absolute(path: Location) -> Location:
    return path if is_remote(path) else path.absolute()
