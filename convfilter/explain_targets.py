"""Where an explanation is drawn to, checked before any work."""

from __future__ import annotations

import os
from pathlib import Path

from convfilter.atomic import EXISTS
from convfilter.errors import OptionError, WritingError
from convfilter.figures import format_of_drawing
from convfilter.inputs import STREAM
from convfilter.remote import Location, identity_of


def check_targets(source: Location, drawing: Path | None, animation: Path | None, *, overwrite: bool) -> None:
    """Refuse drawings that could not be written.

    Args:
        source: the picture.
        drawing: a .png, .svg or .pdf file, if there is to be one.
        animation: a .gif file, if there is to be one.
        overwrite: whether files that exist are replaced.

    Raises:
        OptionError: an extension names no format, or a drawing would be written over the picture.
        WritingError: a file exists and is kept.
    """
    if drawing is not None:
        format_of_drawing(drawing)
    if animation is not None and animation.suffix.lower() != ".gif":
        raise OptionError(f"{animation}: it is animated as .gif; give it this extension")
    targets = [path for path in (drawing, animation) if path is not None]
    for path in targets:
        if source != STREAM and identity_of(path) == identity_of(source):
            raise OptionError(f"{path}: is the picture that is to be read; give the drawing another name")
    for path in targets:
        if not overwrite and os.path.lexists(path):
            raise WritingError(f"{path} {EXISTS}")
