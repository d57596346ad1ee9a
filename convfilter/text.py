"""Text for people: names and messages without anything that a terminal or a page would obey."""

from __future__ import annotations

import os
from contextlib import suppress


def printable(name: str | os.PathLike[str]) -> str:
    """A name as one visible line: control characters and stray bytes are written as escapes."""
    text = str(name)
    with suppress(UnicodeEncodeError):  # surrogates that stand for no byte, from Windows, are escaped below
        # surrogateescape brings back the bytes that Python could not read in this locale
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def error_line(path: str | os.PathLike[str], message: str) -> str:
    """``path: message``, in one line."""
    return f"{printable(path)}: {printable(message)}"
