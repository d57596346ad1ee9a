"""What the output of an input is called: beside it, in a folder, or as a template says."""

from __future__ import annotations

import os
from pathlib import Path
from string import Formatter

from convfilter.errors import ImageError, OptionError
from convfilter.images.formats import FORMATS, HEAD, Format, format_of_suffix, sniff
from convfilter.inputs import STREAM, Source
from convfilter.remote import is_remote, is_url, locate, open_picture


def folder_of(output: str | None, command: str) -> Path | None:
    """The folder that all outputs surely lie in; None where there is none, or that cannot be told."""
    if output is None or output == "-" or is_url(output):
        return None
    output = output.replace("{command}", command)
    folder = output.partition("{")[0].rpartition("/")[0] if "{" in output else output
    return Path(os.path.realpath(folder)) if folder else None


def format_of(target: Path) -> Format:
    """The format that the extension of an output names.

    Raises:
        OptionError: it names none.
    """
    format_ = format_of_suffix(target.suffix)
    if format_ is None:
        known = ", ".join(format_.suffixes[0] for format_ in FORMATS.values())
        raise OptionError(
            f"{target}: the extension names no picture format; take one of {known}, or {target}/ for a folder"
        )
    return format_


def target_of(one: Source, command: str, output: str | None, several: bool) -> tuple[Path, Format | None]:
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


def step_files_of(source: Source, command: str, target: Path, folder: str, names: tuple[str, ...]) -> tuple[Path, ...]:
    """The files for the steps of one input: as the output folder is laid out, with the extension of the output."""
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
    """What an input is called, without its extension."""
    return "stdin" if source == STREAM else source.name.removesuffix(source.suffix)


def _suffix_of_content(source: Path) -> str:
    """The usual extension for what a file holds; its own where that cannot be told, as reading will fail then."""
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
