"""The page that tells people what became of every picture of a run: one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import html
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from convfilter.names import Status
from convfilter.text import printable

GENERATOR = '<meta name="generator" content="convfilter">'
"""Near the beginning of every page, so that a page can be told from a file of somebody else's."""

_SECTIONS: tuple[Status, ...] = ("failed", "skipped", "done")
"""What needs a look comes first."""

_LIST = 24
"""Rows of one list: 2, 3 or 4 pictures beside each other fill it. Browsers lay out a list when it comes into view;
with 100,000 rows in one, Chromium was busy for four minutes, with lists of 24 for two seconds."""

# The overlay holds for screens only, so that paper, like a browser without JavaScript, shows two pictures.
_STYLE = """
:root { color-scheme: light dark; --muted: #5a5a5a; --bad: #b3261e; --stage: #e6e6e6 }
@media (prefers-color-scheme: dark) { :root { --muted: #a8a8a8; --bad: #ff8a80; --stage: #262626 } }
body { font: 1rem/1.4 system-ui, sans-serif; max-width: 80rem; margin: 0 auto; padding: 1rem }
h1, h2 { line-height: 1.2; margin: 0; overflow-wrap: anywhere }
h2 { margin: 2rem 0 .5rem; text-transform: capitalize }
ul { list-style: none; margin: 0 0 .5rem; padding: 0; display: grid; gap: .5rem 1rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr));
  content-visibility: auto; contain-intrinsic-block-size: auto 120rem }
li { min-width: 0; padding: .5rem; overflow-wrap: anywhere; border-top: 1px solid #8885 }
li.plain { grid-column: 1 / -1 }
p { color: var(--muted); margin: .25rem 0 }
h3, li p { font-size: .9rem; margin: .1rem 0 }
h3 { font-family: ui-monospace, monospace; font-weight: 600 }
.failed .reason, .some-failed { color: var(--bad) }
.pair { position: relative; display: flex; margin-bottom: .5rem }
.pair img { width: 50%; aspect-ratio: 4/3; object-fit: contain; background: var(--stage) }
.pair::before, .pair::after { position: absolute; z-index: 1; bottom: 0; padding: 0 .4em; font-size: .75rem;
  color: #fff; background: #000a; pointer-events: none }
.pair::before { content: "before"; left: 0 }
.pair::after { content: "after"; right: 0 }
.pair input { display: none }
@media screen {
  .js .pair img { width: 100% }
  .js .pair img + img { position: absolute; inset: 0; clip-path: inset(0 0 0 var(--at, 50%)) }
  .js .pair input { display: block; position: absolute; inset: 0; width: 100%; height: 100%; margin: 0;
    appearance: none; background: none; cursor: ew-resize; touch-action: pan-y }
  .js .pair input:focus-visible { outline: 3px solid LinkText }
  input::-webkit-slider-runnable-track { height: 100% }
  input::-webkit-slider-thumb { appearance: none; width: 3px; height: 100%; background: #fff;
    box-shadow: 0 0 3px #000 }
  input::-moz-range-track { background: none }
  input::-moz-range-thumb { width: 3px; height: 100%; border: 0; border-radius: 0; background: #fff;
    box-shadow: 0 0 3px #000 }
}
"""
_SCRIPT = """
document.documentElement.className = "js";
addEventListener("input", ({target}) => target.parentNode.style.setProperty("--at", target.value + "%"));
"""


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
    total = f"{len(rows):,} picture{'s' * (len(rows) != 1)}"
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
    allowed = f"style-src {_hash(_STYLE)}; script-src {_hash(_SCRIPT)}; img-src data:"
    policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
{GENERATOR}
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_text(command)}, {_text(started)}</title>
<style>{_STYLE}</style>
<script>{_SCRIPT}</script>
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
