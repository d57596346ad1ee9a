"""What became of every picture of a run, as files: lines of JSON as they happen, and one page at the end."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from io import FileIO
from pathlib import Path

from convfilter.atomic import check_target, output_file, told_as
from convfilter.batch import Result
from convfilter.errors import ImageError, OptionError, WritingError
from convfilter.images.sources import open_regular, read_up_to
from convfilter.inputs import STREAM
from convfilter.report_page import GENERATOR, Row, page

_BEGINS, _GOES_ON = b'{"input": "', b', "status": "'
"""How a line begins that `_line` has written, and what every whole one has."""

_HEAD = 2**16
"""Bytes that tell whose a file is; what a line begins with is shorter, whatever the names in it."""


class Report:
    """The reports of a run; `open_report` begins them. What cannot be written is given up and told, once.

    Args:
        lines: where each result becomes a line of JSON as it comes, if anywhere; unbuffered.
        page: where the page goes, if anywhere.
        command: what was run, for the page.

    Attributes:
        whole: False once something could not be written.
    """

    def __init__(self, lines: FileIO | None, page: Path | None, command: str) -> None:
        self._lines, self._page, self._command = lines, page, command
        self._rows: list[Row] = []
        self._started = datetime.now().astimezone().isoformat(" ", "seconds")
        self.whole = True

    def add(self, result: Result) -> list[str]:
        """Take one more result; what went wrong in writing it."""
        row = _row(result)
        if self._page is not None:
            self._rows.append(row)
        if self._lines is not None:
            try:
                line = f"{_line(row)}\n".encode()
                while line:  # of a disk that gets full, a part may be taken
                    line = line[self._lines.write(line) :]
            except OSError as error:
                name, self._lines, self.whole = self._lines.name, None, False
                return [f"cannot write {name}: {error.strerror}; the report ends here"]
        return []

    def finish(self) -> list[str]:
        """Write the page; what went wrong in doing so."""
        if self._page is None:
            return []
        try:
            with told_as(WritingError, self._page), output_file(self._page, overwrite=True) as file:
                for piece in page(list(self._rows), command=self._command, started=self._started):
                    file.write(piece.encode())
        except WritingError as error:
            self.whole = False
            return [str(error)]
        return []


def check_reports(paths: tuple[str, ...]) -> dict[str, Path]:
    """The reports of a run by their extensions.

    Args:
        paths: files that end in .jsonl, to which lines are added, or in .html, which are written anew.

    Raises:
        OptionError: another extension, two of a kind, a file that is not an earlier report, or that surely cannot be
            written.
    """
    by_ending: dict[str, Path] = {}
    for path in map(Path, paths):
        if path.suffix not in (".jsonl", ".html") or path.suffix in by_ending:
            raise OptionError(f"{path}: a report ends in .jsonl or .html, and there is one of each at most")
        by_ending[path.suffix] = path
    for ending, path in by_ending.items():
        with _told(path):
            if not (ending == ".jsonl" and (path.is_fifo() or path.is_char_device())):  # lines may go there, too
                check_target(path, overwrite=True)
                _refuse_foreign(path, ending)
                if ending == ".jsonl" and path.exists():
                    path.open("ab").close()  # which may be refused, and changes nothing
    return by_ending


@contextmanager
def open_report(paths: tuple[str, ...], command: str) -> Iterator[Report]:
    """Begin the reports of a run.

    Args:
        paths: as for `check_reports`.
        command: what is run.

    Raises:
        OptionError: as for `check_reports`, or a file cannot be opened.
    """
    by_ending = check_reports(paths)
    for path in by_ending.values():
        with _told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
    jsonl = by_ending.get(".jsonl")
    lines = None
    if jsonl is not None:
        with _told(jsonl):
            lines = jsonl.open("ab", buffering=0)
            if _ends_in_mid_line(jsonl):
                lines.write(b"\n")
    with lines or nullcontext():
        yield Report(lines, by_ending.get(".html"), command)


def _told(path: Path) -> AbstractContextManager[None]:
    return told_as(OptionError, path, "; name another --report")


def _refuse_foreign(path: Path, ending: str) -> None:
    """A file that is there is only replaced, or added to, where it is a report, or empty."""
    if not os.path.lexists(path):
        return
    try:
        with open_regular(path, folders=False) as file:
            begins = read_up_to(file, _HEAD)
    except ImageError as error:
        raise OptionError(f"{path}: {error}") from None
    first = begins.partition(b"\n")[0].rstrip()
    is_line = first.startswith(_BEGINS) and (_GOES_ON in first or not first.endswith(b"}"))  # it may be cut short
    if begins and not (is_line if ending == ".jsonl" else GENERATOR.encode() in begins):
        raise OptionError(f"{path}: is not a report of convfilter; name another --report")


def _ends_in_mid_line(path: Path) -> bool:
    """Whether the last line of a report is not whole, as that of a run may be that was killed or had a full disk."""
    if not path.is_file() or path.stat().st_size == 0:
        return False
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


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
