"""What blur, gray and apply have in common: find the inputs, plan, run."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from convfilter.cli.telling import tell_all

if TYPE_CHECKING:
    from convfilter.matching import Match
    from convfilter.operations import Operations
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
    from convfilter.reports import check_reports, open_report
    from convfilter.runtime import resolve_device
    from convfilter.settings import Settings
    from convfilter.stages import step_names, steps_of

    if skip_existing and (overwrite or in_place):
        raise click.UsageError("--skip-existing leaves outputs as they are; leave out --overwrite and --in-place")
    steps = steps_of(operations) if keep_steps is not None else ()
    kept = None if keep_steps is None else (keep_steps, step_names(operations))
    planned = plan_jobs(command, inputs, in_place=in_place, keep_steps=kept, reports=reports, **planning)
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
        check_reports(reports)
        from convfilter.cli.dry_run import show_plan

        if scheduler:
            from convfilter.cluster import check_jobs

            check_jobs(planned)
        show_plan(planned, settings, None if scheduler else batch.pictures_at_once(planned, jobs))
        return
    if planned[0].target == STREAM and sys.stdout is not None and sys.stdout.isatty():
        raise click.UsageError("standard output is a terminal, not a place for a picture; give --output or a pipe")
    if scheduler:
        from convfilter.cluster import run_on

        results = run_on(scheduler, planned, settings)
    else:
        results = batch.run(planned, settings, at_once=jobs)
    with open_report(reports, f"convfilter {command}") as report:
        if not tell_all(results, planned, settings, report, quiet, verbose, previewed):
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
    reports: tuple[str, ...],
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
    return plan(
        sources, command, output=output, compare=compare, in_place=in_place, keep_steps=keep_steps, reports=reports
    )
