"""Where results go: one output path for every input, all checked before anything is read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from convfilter.errors import ImageError, OptionError
from convfilter.images.formats import FORMATS, HEAD, format_of_suffix, sniff
from convfilter.images.sources import open_regular

STREAM = Path("-")
"""Standard input as an input, standard output as an output."""

_FIELDS = ("stem", "suffix", "name", "command", "folder")


@dataclass(frozen=True)
class Job:
    """One picture's way: from `source` to `target`, and the picture of both side by side if asked for."""

    source: Path
    target: Path
    compare: Path | None = None
    overwrite: bool = False


def plan(
    inputs: list[Path],
    command: str,
    *,
    output: str | None = None,
    compare: str | None = None,
    overwrite: bool = False,
    in_place: bool = False,
) -> list[Job]:
    """Decide every output path.

    An input that is named twice is done once. Nothing is read but the first bytes of inputs whose
    name does not tell a format.

    Args:
        inputs: files, or `STREAM`.
        command: fills ``{command}`` of a template.
        output: a file, a folder (an existing one, a name ending in ``/``, or any name when there are
            several inputs), a template with ``{stem}``, ``{suffix}``, ``{name}``, ``{folder}`` and
            ``{command}``, or ``-``. Without it ``{stem}.{command}{suffix}`` beside the input.
        compare: the same for the picture of before and after.
        overwrite: existing outputs are replaced.
        in_place: every output is its input.

    Raises:
        OptionError: paths contradict each other, an ending names no format, an output would
            overwrite an input, or two outputs are one file.
    """
    unique = list({path if path == STREAM else _identity(path): path for path in inputs}.values())
    if in_place and (output is not None or STREAM in unique):
        raise OptionError("--in-place writes to the inputs themselves; leave out --output and -")
    several = len(unique) > 1
    jobs = [
        Job(
            path,
            path if in_place else _target(path, command, output, several),
            None if compare is None else _target(path, f"{command}.compare", compare, several),
            overwrite or in_place,
        )
        for path in unique
    ]
    _refuse_clashes(jobs, in_place)
    return jobs


def _target(source: Path, command: str, output: str | None, several: bool) -> Path:
    """The output path of one input."""
    if output == "-" or (output is None and source == STREAM):
        if several:
            raise OptionError("standard output holds one picture; give --output a folder for several")
        return STREAM
    suffix = source.suffix if format_of_suffix(source.suffix) else _suffix_of_content(source)
    name = "stdin" if source == STREAM else source.name.removesuffix(source.suffix) + suffix
    if output is None:
        target = source.with_name(f"{name.removesuffix(suffix)}.{command}{suffix}")
    elif "{" in output:
        stem = name.removesuffix(suffix)
        target = _fill(output, stem=stem, suffix=suffix, name=name, command=command, folder=str(source.parent))
    elif output.endswith(("/", os.sep)) or Path(output).is_dir() or several:
        if several and Path(output).exists() and not Path(output).is_dir():
            raise OptionError(
                f"{output}: is a file; several inputs need a folder or a template like out/{{stem}}{{suffix}}"
            )
        target = Path(output) / name
    else:
        target = Path(output)
    if format_of_suffix(target.suffix) is None and target.suffix != suffix:
        known = ", ".join(format_.suffixes[0] for format_ in FORMATS.values())
        raise OptionError(
            f"{target}: the ending names no picture format; take one of {known}, or {target}/ for a folder"
        )
    return target


def _suffix_of_content(source: Path) -> str:
    """The usual ending for what a file holds; its own where that cannot be told, as reading will fail then."""
    if source == STREAM:
        return ""
    try:
        with open_regular(source) as file:
            format_ = sniff(file.read(HEAD))
    except ImageError:
        return source.suffix
    return format_.suffixes[0] if format_ else source.suffix


def _fill(template: str, **values: str) -> Path:
    """The path that a template gives."""
    try:
        return Path(template.format(**values))
    except (KeyError, IndexError, ValueError, AttributeError):
        fields = ", ".join(f"{{{field}}}" for field in _FIELDS)
        raise OptionError(f"{template}: not a template; its fields are {fields}") from None


def _refuse_clashes(jobs: list[Job], in_place: bool) -> None:
    """No two outputs may be one file, and none an input, unless it is to be replaced in place."""
    inputs = {_identity(job.source): job.source for job in jobs if job.source != STREAM}
    outputs: dict[object, Job] = {}
    for job in jobs:
        for path in filter(None, (None if in_place else job.target, job.compare)):
            if path == STREAM:
                continue
            identity = _identity(path)
            if identity in inputs:
                raise OptionError(f"{path}: is the input {inputs[identity]}; --in-place replaces inputs")
            if identity in outputs:
                both = f"{outputs[identity].source} and {job.source}"
                raise OptionError(f"{path}: written twice, for {both}; give --output a template that tells them apart")
            outputs[identity] = job


def _identity(path: Path) -> object:
    """What is the same for every name of a file: its device and inode, or for a new one its real path."""
    try:
        status = path.stat()
    except OSError:
        return os.path.realpath(path)
    return status.st_dev, status.st_ino
