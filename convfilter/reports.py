"""What became of every picture of a run, as files: lines of JSON as they happen, and one page at the end."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from convfilter.atomic import output_file, told_as
from convfilter.batch import Result
from convfilter.errors import OptionError, WritingError
from convfilter.inputs import STREAM
from convfilter.report_page import GENERATOR, Row, page


class Report:
    """The reports of a run. `open_report` begins them.

    Args:
        lines: where each result becomes a line of JSON as it comes, if anywhere.
        page: where the page goes, if anywhere.
        command: what was run, for the page.
    """

    def __init__(self, lines: IO[str] | None, page: Path | None, command: str) -> None:
        self._lines, self._page, self._command = lines, page, command
        self._rows: list[Row] = []
        self._started = datetime.now().astimezone().isoformat(" ", "seconds")

    def add(self, result: Result) -> None:
        """Take one more result.

        Raises:
            WritingError: the line cannot be written.
        """
        row = _row(result)
        if self._page is not None:
            self._rows.append(row)
        if self._lines is not None:
            with told_as(WritingError, self._lines.name):
                self._lines.write(_line(row) + "\n")
                self._lines.flush()

    def finish(self) -> None:
        """Write the page.

        Raises:
            WritingError: it cannot be written.
        """
        if self._page is not None:
            with told_as(WritingError, self._page), output_file(self._page, overwrite=True) as file:
                for piece in page(list(self._rows), command=self._command, started=self._started):
                    file.write(piece.encode())


@contextmanager
def open_report(paths: tuple[str, ...], command: str) -> Iterator[Report]:
    """Begin the reports of a run.

    Args:
        paths: files that end in .jsonl, to which lines are added, or in .html, which are written anew.
        command: what is run.

    Raises:
        OptionError: another ending, two of a kind, or a page that is not an earlier report.
        WritingError: the system cannot write there.
    """
    by_ending: dict[str, Path] = {}
    for path in map(Path, paths):
        if path.suffix not in (".jsonl", ".html") or path.suffix in by_ending:
            raise OptionError(f"{path}: a report ends in .jsonl or .html, and there is one of each at most")
        by_ending[path.suffix] = path
    html, jsonl = by_ending.get(".html"), by_ending.get(".jsonl")
    if html is not None:
        _refuse_foreign(html)
    if jsonl is None:
        yield Report(None, html, command)
        return
    with told_as(WritingError, jsonl):
        jsonl.parent.mkdir(parents=True, exist_ok=True)
        file = jsonl.open("a", encoding="utf-8")
    with file:
        yield Report(file, html, command)


def _refuse_foreign(path: Path) -> None:
    """A page that is there is only replaced where it is a report."""
    if not os.path.lexists(path):
        return
    try:
        with path.open("rb") as file:
            own = GENERATOR.encode() in file.read(2000)
    except OSError as error:
        raise OptionError(f"{path}: cannot be replaced ({error.strerror}); name another --report") from None
    if not own:
        raise OptionError(f"{path}: is not a report of convfilter; name another --report")


def _row(result: Result) -> Row:
    job, outcome = result.job, result.outcome
    output = None if job.target == STREAM or result.status == "failed" else str(job.target)
    seconds = round(result.seconds, 4)
    facts = vars(outcome) if outcome else {}
    return Row(str(job.source), output, result.status, result.reason, seconds=seconds, **facts)


def _line(row: Row) -> str:
    """A row as a line of JSON, in ASCII, so that names of any bytes survive."""
    fields = {name: value for name, value in vars(row).items() if name != "thumbnails"}
    return json.dumps(fields)
