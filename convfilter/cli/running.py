"""What blur, gray and apply have in common: find the inputs, plan, run, report."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from convfilter.cli import signals, streams
from convfilter.text import error_line, printable

if TYPE_CHECKING:
    from convfilter.batch import Result
    from convfilter.cli.progress import Say
    from convfilter.matching import Match
    from convfilter.operations import Operations
    from convfilter.reports import Report
    from convfilter.settings import Settings
    from convfilter.stages import Stage
    from convfilter.targets import Job


def run(
    command: str,
    inputs: tuple[str, ...],
    operations: Operations,
    *,
    overwrite: bool,
    in_place: bool,
    skip_existing: bool,
    quality: int | None,
    device: str,
    max_pixels: int,
    max_memory: int | None,
    jobs: int | None,
    scheduler: str | None,
    dry_run: bool,
    reports: tuple[str, ...],
    quiet: bool,
    verbose: bool,
    preview: bool,
    range_: Any = "clip",
    linear: bool = False,
    stages: tuple[Stage, ...] = (),
    keep_steps: str | None = None,
    match: Match | None = None,
    **planning: Any,
) -> None:
    """Filter every input and end with the right exit code; `planning` goes to `plan_jobs`.

    A comparison shows `stages`, if there are any, beside the input.
    """
    from convfilter import batch
    from convfilter.cli.preview import can_show
    from convfilter.inputs import STREAM
    from convfilter.operations import in_linear_light
    from convfilter.reports import open_report
    from convfilter.runtime import resolve_device
    from convfilter.settings import Settings
    from convfilter.stages import step_names, steps_of

    if skip_existing and (overwrite or in_place):
        raise click.UsageError("--skip-existing leaves outputs as they are; leave out --overwrite and --in-place")
    steps = steps_of(operations) if keep_steps is not None else ()
    kept = None if keep_steps is None else (keep_steps, step_names(operations))
    planned = plan_jobs(command, inputs, in_place=in_place, keep_steps=kept, **planning)
    previewed = preview and not quiet and can_show()
    light = in_linear_light if linear else tuple
    settings = Settings(
        light(operations),
        match=match,
        range_=range_,
        device=device,
        quality=quality,
        max_pixels=max_pixels,
        max_memory=max_memory,
        overwrite=overwrite,
        skip_existing=skip_existing,
        count_clipped=bool(reports),
        thumbnails=previewed or any(path.endswith(".html") for path in reports),
        stages=tuple(replace(stage, operations=light(stage.operations)) for stage in stages),
        steps=tuple(replace(stage, operations=light(stage.operations)) for stage in steps),
    )
    if device != "auto":
        resolve_device(device)  # refused before any file is touched
    if dry_run:
        from convfilter.cli.dry_run import show_plan

        show_plan(planned, settings, jobs)
        return
    if planned[0].target == STREAM and sys.stdout is not None and sys.stdout.isatty():
        raise click.UsageError("standard output is a terminal, not a place for a picture; give --output or a pipe")
    if scheduler:
        from convfilter.cluster import run_on

        results = run_on(scheduler, planned, settings)
    else:
        results = batch.run(planned, settings, at_once=jobs)
    with open_report(reports, f"convfilter {command}") as report:
        if not _tell_all(results, planned, settings, report, quiet, verbose, previewed):
            click.get_current_context().exit(1)


def plan_jobs(
    command: str,
    inputs: tuple[str, ...],
    *,
    recursive: bool,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    lists: tuple[str, ...],
    null: bool,
    output: str | None,
    compare: str | None,
    in_place: bool,
    keep_steps: tuple[str, tuple[str, ...]] | None,
) -> list[Job]:
    """Find the inputs and decide where their results go, before anything is written."""
    from convfilter.inputs import Selection, find, listed
    from convfilter.output_names import folder_of
    from convfilter.targets import plan

    names = [name for list_ in lists for name in listed(list_, separator=b"\0" if null else b"\n")]
    if not inputs and not names:
        raise click.UsageError("Missing argument 'INPUT...': name pictures, folders or patterns.")
    folders = (
        folder_of(output, command),
        folder_of(compare, f"{command}.compare"),
        folder_of(keep_steps[0] if keep_steps else None, command),
    )
    outside = tuple(folder for folder in folders if folder is not None)
    sources = find(inputs, names, Selection(recursive, include, exclude, outside))
    return plan(sources, command, output=output, compare=compare, in_place=in_place, keep_steps=keep_steps)


def _tell_all(
    results: Iterator[Result],
    jobs: list[Job],
    settings: Settings,
    report: Report,
    quiet: bool,
    verbose: bool,
    previewed: bool,
) -> bool:
    """Tell what becomes of each job as it ends; True where none failed, nor a report.

    Results, the paths that were written, go to standard output; everything else to standard error.
    """
    from convfilter.cli.dry_run import tell_method
    from convfilter.cli.preview import show
    from convfilter.cli.progress import Tally, batch_progress

    if verbose:
        tell_method(settings)
    tally = Tally(len(jobs))
    signals.summary = lambda: f"; {tally}, {tally.total - tally.ended} not done"
    signals.wind_up = threading.Thread(target=_stop, args=(report,), daemon=True).start
    with batch_progress(tally, quiet) as (say, changed):
        for result in results:
            tally.add(result)
            _tell(result, say, quiet)
            if previewed and result.outcome is not None and result.outcome.thumbnails is not None:
                say(show(*result.outcome.thumbnails), True)
            for trouble in report.add(result):
                say(printable(trouble), False)
            changed()
    signals.wind_up = None
    for trouble in report.finish():
        streams.warn(printable(trouble))
    if tally.counts["failed"] or (len(jobs) > 1 and not quiet) or verbose:
        seconds = f" in {tally.seconds:.2f} s" if verbose else ""
        streams.warn(f"{tally}{seconds}")
    return not tally.counts["failed"] and report.whole


def _stop(report: Report) -> None:
    """End at once, but for the page of a report."""
    for trouble in report.finish():
        streams.warn(printable(trouble))
    signals.end()


def _tell(result: Result, say: Say, quiet: bool) -> None:
    from convfilter.inputs import STREAM

    if result.status == "failed":
        say(printable(result.reason), False)
        return
    if quiet or result.outcome is None:
        return
    for note in result.outcome.notes:
        say(error_line(result.job.source, note), False)
    if result.job.target != STREAM:
        say(printable(result.job.target), True)
