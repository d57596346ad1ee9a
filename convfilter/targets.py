"""Where results go: one output path for every input, and no clash among them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from convfilter.errors import OptionError
from convfilter.images.formats import Format
from convfilter.inputs import STREAM, Source
from convfilter.output_names import step_files_of, target_of
from convfilter.remote import identity_of, is_remote


@dataclass(frozen=True)
class Job:
    """One picture's way.

    Attributes:
        source: the picture, or `STREAM`.
        target: where the result goes, or `STREAM`.
        format: what it is written as; None keeps the format that is read.
        compare: where before and after go side by side, if they do.
        in_place: the target is the source, and is to be replaced.
        steps: where the picture after every step goes, if that is kept.
    """

    source: Path
    target: Path
    format: Format | None = None
    compare: Path | None = None
    in_place: bool = False
    steps: tuple[Path, ...] = ()

    @property
    def outputs(self) -> list[Path]:
        """The files that are written; none for a folder that stands for no picture."""
        paths = [path for path in (self.target, self.compare, *self.steps) if path is not None and path != STREAM]
        return [path for path in paths if self.in_place or path != self.source]


def plan(
    sources: Sequence[Source],
    command: str,
    *,
    output: str | None = None,
    compare: str | None = None,
    in_place: bool = False,
    keep_steps: tuple[str, tuple[str, ...]] | None = None,
    reports: Sequence[str] = (),
) -> list[Job]:
    """Decide every output path.

    An input that is named twice by one path is done once. Nothing is read but the first bytes (behind URLs,
    all) of inputs whose name does not tell a format.

    Args:
        sources: the pictures.
        command: fills ``{command}`` of a template.
        output: a file, a folder (an existing one, a name ending in ``/``, or any name when there are
            several inputs), a template with ``{stem}``, ``{suffix}``, ``{name}``, ``{folder}``, ``{below}``
            and ``{command}``, or ``-``. Without it ``{stem}.{command}{suffix}`` beside the input. Folders below one
            that was named are made below the output folder, too.
        compare: the same for the picture of before and after.
        in_place: every output is its input.
        keep_steps: a folder for the picture after every step, or a template of one, and the names of these.
        reports: files that are written beside the pictures.

    Raises:
        OptionError: paths contradict each other, an extension names no format, an output would
            overwrite an input, or two outputs are one file.
    """
    real = os.path.realpath if in_place else os.path.abspath  # a link is another name, but the same file
    unique: dict[str, Source] = {}
    for source in sources:
        path = source.path
        unique.setdefault(str(path) if path == STREAM or is_remote(path) else real(path), source)
    if in_place and (output is not None or "-" in unique):
        raise OptionError("--in-place writes to the inputs themselves; leave out --output and -")
    if compare == "-" or (keep_steps is not None and keep_steps[0] == "-"):
        raise OptionError("--compare and --keep-steps write files; standard output is for --output")
    found = next((source for source in unique.values() if source.found), None)
    if found and not in_place and output is None:
        # Beside the inputs, the next run would take them for inputs.
        raise OptionError(f"{found.path}: was found in a folder; say with --output where results go, or --in-place")
    several = len(unique) > 1 or found is not None
    jobs = []
    for source in unique.values():
        path, target, format_, before_after = source.path, source.path, None, None
        steps: tuple[Path, ...] = ()
        local = path != STREAM and not is_remote(path)
        if path.name and not (local and os.path.isdir(path)):
            if not in_place:
                target, format_ = target_of(source, command, output, several)
            if compare is not None:
                before_after, _ = target_of(source, f"{command}.compare", compare, several)
            if keep_steps is not None:
                steps = step_files_of(source, command, target, *keep_steps)
        jobs.append(Job(path, target, format_, before_after, in_place, steps))
    _refuse_clashes(jobs)
    _refuse_nesting([*(path for job in jobs for path in job.outputs if path != job.source), *map(Path, reports)])
    return jobs


def _refuse_clashes(jobs: list[Job]) -> None:
    """No two outputs may be one file, and none an input, unless it is to be replaced in place."""
    inputs = {identity_of(job.source): job.source for job in jobs if job.source != STREAM}
    outputs: dict[object, Job] = {}
    for job in jobs:
        for path in ([job.target] if job.format else []) + ([job.compare] if job.compare else []) + [*job.steps]:
            identity = identity_of(path)
            if identity in inputs:
                raise OptionError(f"{path}: is the input {inputs[identity]}; --in-place replaces inputs")
            if identity in outputs:
                raise OptionError(f"{path}: written twice, {_remedy(path, outputs[identity], job)}")
            outputs[identity] = job


def _refuse_nesting(outputs: list[Path]) -> None:
    """No output may be a folder that another one is in."""
    paths = [path for path in outputs if not is_remote(path)]
    folders = {path.parent.absolute() for path in paths}
    folders |= {above for folder in folders for above in folder.parents}
    inside = next((path for path in paths if path.absolute() in folders), None)
    if inside is not None:
        raise OptionError(f"{inside}: would be an output, and a folder of others; name them apart with --output")


def _remedy(path: Path, one: Job, other: Job) -> str:
    """For whom a file would be written twice, and what to do."""
    if one is other:
        return f"for {one.source}; name different files with --output, --compare and --keep-steps"
    option = "--keep-steps" if path in other.steps else "--compare" if path == other.compare else "--output"
    return f"for {one.source} and {other.source}; give {option} a template that tells them apart"
