"""What lies below a folder, and which of it a pattern with ``**`` means."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePath
from typing import Literal


def lying_below(
    folder: Path, below: PurePath, enters: Callable[[Path], bool]
) -> Iterator[tuple[Path, PurePath, Literal["file", "folder", "closed"]]]:
    """What lies in a folder, and in the folders below it that are entered, in the order of names.

    Each is given with the folders down to it, a folder itself among them; `closed` are those that cannot be looked
    into. What is hidden is left out, such as our own unfinished files, and so are links to folders. Folders may be
    nested deeper than calls.
    """
    waiting = [(folder, below, True)]
    while waiting:
        path, under, is_folder = waiting.pop()
        if not is_folder:
            yield path, under, "file"
            continue
        if path != folder:
            yield path, under, "folder"
            if not enters(path):
                continue
        try:
            entries = sorted(os.scandir(path), key=lambda entry: entry.name, reverse=True)
        except OSError:
            yield path, under, "closed"
            continue
        for entry in entries:
            is_folder_link = entry.is_symlink() and os.path.isdir(entry)  # it might not end
            if not entry.name.startswith(".") and not is_folder_link:
                inner = entry.is_dir(follow_symlinks=False)
                waiting.append((path / entry.name, under / entry.name if inner else under, inner))


def matching(root: Path, pattern: str) -> Iterator[Path]:
    """What matches a pattern with ``**`` below a folder; links to folders are not followed, as that might not end."""
    wanted = Path(pattern).parts[len(root.parts) :]
    for path, below, kind in lying_below(root, PurePath(), lambda _: True):
        parts = (*below.parts, path.name) if kind == "file" else below.parts
        if kind != "closed" and _fits(parts, wanted):
            yield path


def _fits(parts: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Whether the parts of a path match those of a pattern."""

    def skipping(places: set[int]) -> set[int]:
        """The places in the pattern, and those that ``**`` lets skip to."""
        for place in range(len(wanted)):
            if place in places and wanted[place] == "**":
                places.add(place + 1)
        return places

    places = skipping({0})
    for part in parts:
        inside = {place for place in places if place < len(wanted)}
        stay = {place for place in inside if wanted[place] == "**"}
        places = skipping(stay | {place + 1 for place in inside - stay if fnmatchcase(part, wanted[place])})
    return len(wanted) in places
