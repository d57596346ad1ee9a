"""The page that tells people what became of every picture of a run: one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import html
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from convfilter.names import Status
from convfilter.report_style import SCRIPT, STYLE
from convfilter.text import counted, printable

GENERATOR = '<meta name="generator" content="convfilter">'
"""Near the beginning of every page, so that a page can be told from a file of somebody else's."""

_SECTIONS: tuple[Status, ...] = ("failed", "skipped", "done")
"""What needs a look comes first."""

_LIST = 24
"""Rows of one list: 2, 3 or 4 pictures beside each other fill it. Browsers lay out a list when it comes into view;
with 100,000 rows in one, Chromium was busy for four minutes, with lists of 24 for two seconds."""


@dataclass(frozen=True)
class Row:
    """What became of one picture, for people.

    Attributes:
        input: its path; any characters.
        output: the path of the result; None where there is none.
        status: ``done``, ``skipped`` or ``failed``.
        reason: why it was skipped or failed.
        notes: what could not be kept.
        width: pixels of the input.
        height: pixels of the input.
        frames: frames of the input.
        seconds: what the work took.
        clipped: share of the samples, 0 to 1, that were cut off at black or white.
        thumbnails: before and after as JPEG; the two may differ in size.
    """

    input: str
    output: str | None
    status: Status
    reason: str = ""
    notes: tuple[str, ...] = ()
    width: int | None = None
    height: int | None = None
    frames: int | None = None
    seconds: float | None = None
    clipped: float | None = None
    thumbnails: tuple[bytes, bytes] | None = None


def page(rows: Sequence[Row], *, command: str, started: str) -> Iterator[str]:
    """The page in pieces, one for a row, so that many rows never become one string.

    Args:
        rows: gone through once to count and once for every status that occurs.
        command: what ran, such as ``convfilter blur``.
        started: when, as people read it.

    Yields:
        Text that every encoding of Unicode can write; the page declares UTF-8.
    """
    counts: Counter[Status] = Counter()
    pixels, seconds = 0, 0.0
    for row in rows:
        counts[row.status] += 1
        if row.status == "done":
            pixels += (row.width or 0) * (row.height or 0) * (row.frames or 1)
            seconds += row.seconds or 0
    yield _head(command, started)
    total = counted(len(rows), "picture")
    speed = f"{pixels / 1e6:,.1f} megapixels in {seconds:,.1f} s"
    alarm = ' class="some-failed"' * (counts["failed"] > 0)
    yield f"<p><strong{alarm}>{counts['done']:,} done, {counts['skipped']:,} skipped, {counts['failed']:,} failed"
    yield f"</strong> &middot; {total}, {speed}</p>\n"
    for status in _SECTIONS:
        if counts[status]:
            yield f'<section class="{status}">\n<h2>{status} ({counts[status]:,})</h2>\n<ul>\n'
            for number, row in enumerate(row for row in rows if row.status == status):
                yield "</ul>\n<ul>\n" * (number > 0 and number % _LIST == 0) + _item(row)
            yield "</ul>\n</section>\n"
    yield "</body>\n</html>\n"


def _head(command: str, started: str) -> str:
    # Hashes, not 'unsafe-inline': even a name that got past the escaping could run nothing.
    allowed = f"style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; img-src data:"
    policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
{GENERATOR}
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_text(command)}, {_text(started)}</title>
<style>{STYLE}</style>
<script>{SCRIPT}</script>
</head>
<body>
<h1>{_text(command)}</h1>
<p>{_text(started)}</p>
"""


def _hash(text: str) -> str:
    """How a Content-Security-Policy names a script or a style."""
    return f"'sha256-{_base64(hashlib.sha256(text.encode()).digest())}'"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _item(row: Row) -> str:
    lines = [f"<h3><bdi>{_text(row.input)}</bdi></h3>"]
    if row.output is not None:
        lines.append(f"<p>&rarr; <bdi>{_text(row.output)}</bdi></p>")
    if row.reason:
        lines.append(f'<p class="reason">{_text(row.reason)}</p>')
    lines += [f"<p>{', '.join(facts)}</p>" for facts in (_facts(row),) if facts]
    lines += [f"<p>{_text(note)}</p>" for note in row.notes]
    if row.thumbnails:
        lines.insert(0, _pair(row.input, *row.thumbnails))
    return f'<li class="{"seen" if row.thumbnails else "plain"}">{"".join(lines)}</li>\n'


def _facts(row: Row) -> list[str]:
    facts = []
    if row.width is not None and row.height is not None:
        facts.append(f"{row.width} &times; {row.height} pixels")
    if row.frames is not None and row.frames > 1:
        facts.append(f"{row.frames:,} frames")
    if row.seconds is not None:
        facts.append(f"{row.seconds:.2f} s")
    if row.clipped:
        share = f"{100 * row.clipped:.1f}" if row.clipped >= 0.001 else "below 0.1"
        facts.append(f"{share}&nbsp;% of the samples clipped")
    return facts


def _pair(name: str, before: bytes, after: bytes) -> str:
    """Two pictures, and the slider that moves the line between them."""
    images = "".join(
        f'<img alt="{alt}" src="data:image/jpeg;base64,{data}">'
        for alt, data in (("before", _base64(before)), ("after", _base64(after)))
    )
    # Without autocomplete="off" a reload brings the slider back where it was, but not the picture.
    slider = f'<input type="range" autocomplete="off" aria-label="{_text(name)}: percent shown as before">'
    return f'<div class="pair">{images}{slider}</div>'


def _text(raw: str) -> str:
    """Text of any characters as one visible line of HTML, fit for an attribute too."""
    return html.escape(printable(raw))
