"""Where results go: one output path for every input, all checked before anything is read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from convfilter.errors import ImageError, OptionError
from convfilter.images.formats import FORMATS, HEAD, Format, format_of_suffix, sniff
from convfilter.inputs import STREAM, Source
from convfilter.remote import identity_of, is_remote, is_url, locate, open_picture


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

    Raises:
        OptionError: paths contradict each other, an ending names no format, an output would
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
                target, format_ = _target(source, command, output, several)
            if compare is not None:
                before_after, _ = _target(source, f"{command}.compare", compare, several)
            if keep_steps is not None:
                steps = _steps(source, command, target, *keep_steps)
        jobs.append(Job(path, target, format_, before_after, in_place, steps))
    _refuse_clashes(jobs)
    return jobs


def folder_of(output: str | None, command: str) -> Path | None:
    """The folder that all outputs surely lie in; None where there is none, or that cannot be told."""
    if output is None or output == "-" or is_url(output):
        return None
    output = output.replace("{command}", command)
    folder = output.partition("{")[0].rpartition("/")[0] if "{" in output else output
    return Path(os.path.realpath(folder)) if folder else None


def format_of(target: Path) -> Format:
    """The format that the ending of an output names.

    Raises:
        OptionError: it names none.
    """
    format_ = format_of_suffix(target.suffix)
    if format_ is None:
        known = ", ".join(format_.suffixes[0] for format_ in FORMATS.values())
        raise OptionError(
            f"{target}: the ending names no picture format; take one of {known}, or {target}/ for a folder"
        )
    return format_


def _target(one: Source, command: str, output: str | None, several: bool) -> tuple[Path, Format | None]:
    """The output path of one input, and its format; None where the input's is kept."""
    source = one.path
    if output == "-" or (output is None and source == STREAM):
        if several:
            raise OptionError("standard output holds one picture; give --output a folder for several")
        return STREAM, None
    stem, suffix = _stem(source), source.suffix if format_of_suffix(source.suffix) else _suffix_of_content(source)
    if output is None:
        target = source.with_name(f"{stem}.{command}{suffix}")
    elif "{" in output:
        target = _fill(output, one, suffix, command)
    elif output.endswith(("/", os.sep)) or os.path.isdir(output) or several:
        if os.path.lexists(output) and not os.path.isdir(output):
            raise OptionError(f"{output}: is a file; several inputs need a folder or a template like out/{{stem}}.png")
        target = locate(output).joinpath(*one.below.parts, stem + suffix)
    else:
        target = locate(output)
    if source != STREAM and target.suffix == suffix and format_of_suffix(suffix) is None:
        return target, None
    return target, format_of(target)


def _steps(source: Source, command: str, target: Path, folder: str, names: tuple[str, ...]) -> tuple[Path, ...]:
    """The files for the steps of one input: as the output folder is laid out, with the ending of the output."""
    suffix = source.path.suffix if target == STREAM else target.suffix
    suffix = suffix if format_of_suffix(suffix) else ".png"
    if "{" in folder:
        inside = _fill(folder, source, source.path.suffix, command)
    else:
        inside = locate(folder).joinpath(*source.below.parts)
    if not is_remote(inside) and os.path.lexists(inside) and not os.path.isdir(inside):
        raise OptionError(f"{inside}: is a file; --keep-steps needs a folder")
    return tuple(inside / f"{_stem(source.path)}.{name}{suffix}" for name in names)


def _stem(source: Path) -> str:
    """What an input is called, without its ending."""
    return "stdin" if source == STREAM else source.name.removesuffix(source.suffix)


def _suffix_of_content(source: Path) -> str:
    """The usual ending for what a file holds; its own where that cannot be told, as reading will fail then."""
    if source == STREAM:
        return ""
    try:
        with open_picture(source) as file:
            format_ = sniff(file.read(HEAD))
    except ImageError:
        return source.suffix
    return format_.suffixes[0] if format_ else source.suffix


def _fill(template: str, one: Source, suffix: str, command: str) -> Path:
    """The path that a template gives for an input; a field is a bare name, without format or attributes."""
    stem = _stem(one.path)
    values = {"stem": stem, "suffix": suffix, "name": stem + suffix, "command": command}
    values |= {"folder": str(one.path.parent), "below": str(one.below)}
    try:
        fields = {tuple(field) for _, *field in Formatter().parse(template) if field[0] is not None}
    except ValueError:
        fields = {("",)}
    if not fields <= {(name, "", None) for name in values}:
        known = ", ".join(f"{{{name}}}" for name in values)
        raise OptionError(f"{template}: not a template; its fields are {known}")
    return locate(template.format(**values))


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


def _remedy(path: Path, one: Job, other: Job) -> str:
    """For whom a file would be written twice, and what to do."""
    if one is other:
        return f"for {one.source}; name different files with --output, --compare and --keep-steps"
    option = "--keep-steps" if path in other.steps else "--compare" if path == other.compare else "--output"
    return f"for {one.source} and {other.source}; give {option} a template that tells them apart"
