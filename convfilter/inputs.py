"""Which pictures a command line names: files, folders, patterns, and lists of them."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from glob import glob, has_magic
from itertools import takewhile
from pathlib import Path, PurePath

from convfilter.errors import OptionError
from convfilter.images.formats import format_of_suffix
from convfilter.remote import Location, exists, found_in, is_url, locate
from convfilter.walking import lying_below, matching

STREAM = Path("-")
"""Standard input as an input, standard output as an output."""

_HERE = PurePath()


@dataclass(frozen=True)
class Source:
    """A picture to read.

    Attributes:
        path: where it is, or `STREAM`.
        below: the folders from the one that was named down to it; the output has them too.
        found: whether it was looked for, in a folder or by a pattern, and not named itself.
    """

    path: Location
    below: PurePath = _HERE
    found: bool = False


@dataclass(frozen=True)
class Selection:
    """Which of the files that are found are wanted.

    Attributes:
        recursive: look in the folders below a folder, too; symbolic links to folders are not followed.
        include: patterns; where there are any, a file must match one of them.
        exclude: patterns that no file may match.
        outside: real paths of folders that are not looked into, as results go there.

    A pattern is for the name of a file, or for its path below the folder that was named. Case does not matter.
    """

    recursive: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    outside: tuple[Path, ...] = ()

    def takes(self, source: Source) -> bool:
        """Whether a file is wanted."""
        names = [name.lower() for name in (source.path.name, (source.below / source.path.name).as_posix())]

        def matches(patterns: Iterable[str]) -> bool:
            return any(fnmatchcase(name, pattern.lower()) for name in names for pattern in patterns)

        return (not self.include or matches(self.include)) and not matches(self.exclude)


def as_path(name: str) -> Location:
    """The path of a name on the command line; ``-`` is `STREAM`, and ``./-`` is a file of that name."""
    path = locate(name)
    return path.absolute() if path == STREAM and name != "-" else path


def find(names: Sequence[str], literal: Sequence[str], selection: Selection) -> list[Source]:
    """All pictures that are named.

    A folder stands for the pictures in it, those whose names end as pictures do (with `include`: whose names match).
    A name that no file has, with ``*``, ``?`` or ``[``, is a pattern as shells have them, with ``**`` for any folders,
    but not for links to them. What is named and is not there, or holds nothing, stays in the list; reading it will say
    so.

    Args:
        names: from the command line.
        literal: from lists, where a name is never a pattern.
        selection: which of them are wanted.

    Raises:
        OptionError: no file matches a pattern, or nothing is left of all names.
    """
    sources = [source for name in names for source in _named(name, selection)]
    sources += [source for name in literal for source in _named(name, selection, pattern=False)]
    wanted = [source for source in sources if selection.takes(source)]
    if sources and not wanted:
        raise OptionError("--include and --exclude leave no picture")
    return wanted


def listed(name: str, *, separator: bytes) -> list[str]:
    r"""The names in a list of files; ``-`` is a list on standard input.

    Args:
        name: the file.
        separator: ``b"\n"``, or ``b"\0"`` as ``find -print0`` writes.

    Raises:
        OptionError: the list cannot be read, or is empty.
    """
    try:
        if name == "-":
            content = sys.stdin.buffer.read() if sys.stdin is not None else b""
        else:
            content = Path(name).read_bytes()
    except (OSError, ValueError) as error:
        raise OptionError(f"{name}: the list cannot be read ({getattr(error, 'strerror', None) or error})") from None
    lines = content.removeprefix(codecs.BOM_UTF8).split(separator)
    if separator == b"\n":
        if b"\0" in content:
            raise OptionError(f"{name}: its names end with NUL; add -0")
        lines = [line.removesuffix(b"\r") for line in lines]
    names = [os.fsdecode(line) for line in lines if line]
    if not names:
        raise OptionError(f"{name}: the list is empty")
    return names


def _named(name: str, selection: Selection, *, pattern: bool = True) -> Iterator[Source]:
    pattern = pattern and has_magic(name)
    if is_url(name):
        pattern = pattern and not exists(as_path(name))
        objects = found_in(name, recursive=selection.recursive, pattern=pattern)
        found = [Source(path, below, found=True) for path, below in objects if _is_picture(path, selection)]
        if pattern and not found:
            raise OptionError(f"{name}: no object matches")
        yield from found or [Source(as_path(name))]
    elif name != str(STREAM) and os.path.isdir(name):
        found = list(_in_folder(Path(name), PurePath(), selection))
        yield from found or [Source(Path(name))]
    elif pattern and not os.path.lexists(name):
        found = list(_matching(name, selection))
        if not found:
            raise OptionError(f"{name}: no file matches")
        yield from found
    else:
        yield Source(as_path(name))


def _matching(pattern: str, selection: Selection) -> Iterator[Source]:
    """The files that match a pattern, and the pictures of the folders that do."""
    fixed = _before_magic(pattern)
    outside = [folder for folder in selection.outside if Path(os.path.realpath(fixed)) in folder.parents]
    matches = matching(fixed, pattern) if "**" in Path(pattern).parts else map(Path, glob(pattern))  # noqa: PTH207
    for path in sorted(matches):
        below = path.parent.relative_to(fixed)
        if any(folder in (real := Path(os.path.realpath(path))).parents or folder == real for folder in outside):
            continue
        if not path.is_dir():
            yield Source(path, below, found=True)
        elif Path(pattern).name != "**":  # which finds what is in them, too
            yield from _in_folder(path, below / path.name, selection)


def _before_magic(pattern: str) -> Path:
    """The folder that all matches lie below."""
    return Path(*takewhile(lambda part: not has_magic(part), Path(pattern).parts[:-1]))


def _in_folder(folder: Path, below: PurePath, selection: Selection) -> Iterator[Source]:
    """The pictures of a folder, and of those below it, in the order of their names."""
    real = Path(os.path.realpath(folder))  # and so are the folders below it, as links are not followed

    def enters(path: Path) -> bool:
        return selection.recursive and real / path.relative_to(folder) not in selection.outside

    for path, under, kind in lying_below(folder, below, enters):
        if kind == "closed":
            yield Source(path, under.parent)  # reading it will say why, and that it failed
        elif kind == "file" and _is_picture(path, selection):
            yield Source(path, under, found=True)


def _is_picture(path: Location, selection: Selection) -> bool:
    """Whether a file that nobody named is taken: by its extension, or, with `include`, by the patterns alone."""
    return bool(selection.include) or format_of_suffix(path.suffix) is not None
