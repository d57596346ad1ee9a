"""Names that a drawing must not have, refused before any work."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from convfilter.atomic import check_target, told_as
from convfilter.errors import OptionError, WritingError
from convfilter.figures import FORMATS, format_of_drawing
from convfilter.inputs import STREAM
from convfilter.remote import Location, identity_of


def check_names(targets: Iterable[Path], inputs: Iterable[Location], formats: tuple[str, ...] = FORMATS) -> None:
    """Refuse the name of a drawing that could not become one.

    Args:
        targets: the drawings.
        inputs: what is read, under any name.
        formats: those that the drawings can have.

    Raises:
        OptionError: an extension names none of the formats, or a drawing is an input.
    """
    taken = {identity_of(path) for path in inputs if path != STREAM}
    for path in targets:
        format_of_drawing(path, formats)
        if identity_of(path) in taken:
            raise OptionError(f"{path}: is an input; give the drawing another name")


def check_drawings(
    targets: Iterable[Path], inputs: Iterable[Location], formats: tuple[str, ...] = FORMATS, *, overwrite: bool
) -> None:
    """Refuse drawings as `check_names` does, and those that would be written over what is to be kept, or nowhere.

    Args:
        targets: the drawings.
        inputs: as for `check_names`.
        formats: the same.
        overwrite: whether files that exist, and are no inputs, are replaced.

    Raises:
        OptionError: as for `check_names`.
        WritingError: a file exists and is kept, or cannot be written there.
    """
    targets = [*targets]
    check_names(targets, inputs, formats)
    for path in targets:
        with told_as(WritingError, path):
            check_target(path, overwrite=overwrite)
