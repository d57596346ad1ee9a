"""Text for people: names and messages without anything that a terminal or a page would obey, and short numbers."""

from __future__ import annotations

import math
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


def number(value: float, width: int, digits: int = 4) -> str:
    """A number in so many characters, where it can be, with at most so many digits after the point."""
    if not math.isfinite(value):
        return f"{value:g}"
    value = value + 0.0  # which makes -0 0
    if value == round(value) and len(f"{value:.0f}") <= width:
        return f"{value:.0f}"
    for places in range(digits, -1, -1):
        text = f"{value:.{places}f}"
        if len(text) <= width and abs(value) >= 0.1**places:
            return text
    for places in range(3, -1, -1):
        mantissa, exponent = f"{value:.{places}e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
        if len(text) <= width:
            break
    return text


def shortened(text: str, most: int = 80) -> str:
    """The beginning of a long name."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


def one_line(text: object, most: int = 80) -> str:
    """The start of a library's message, fit for a line on a terminal."""
    return "".join(c for c in " ".join(str(text).split()) if c.isprintable())[:most].strip()


def counted(count: int, noun: str) -> str:
    """``1 picture``, ``2,000 pictures``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
