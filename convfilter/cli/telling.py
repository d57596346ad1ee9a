"""What a run tells as it goes: results on standard output, all else on standard error, and reports."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from convfilter.cli import signals, streams
from convfilter.text import error_line, printable

if TYPE_CHECKING:
    from convfilter.batch import Result
    from convfilter.cli.progress import Say
    from convfilter.reports import Report
    from convfilter.settings import Settings
    from convfilter.targets import Job


def tell_all(
    results: Iterator[Result],
    jobs: list[Job],
    settings: Settings,
    report: Report,
    quiet: bool,
    verbose: bool,
    previewed: bool,
) -> bool:
    """Tell what becomes of each job as it ends; True where none failed, nor a report.

    Results, the paths that were written, go to standard output; everything else to standard error.
    """
    from convfilter.cli.dry_run import tell_method
    from convfilter.cli.preview import show
    from convfilter.cli.progress import Tally, batch_progress

    if verbose:
        tell_method(settings)
    tally = Tally(len(jobs))
    signals.summary = lambda: f"; {tally}, {tally.total - tally.ended} not done"
    signals.wind_up = threading.Thread(target=_stop, args=(report,), daemon=True).start
    with batch_progress(tally, quiet) as (say, changed):
        for result in results:
            tally.add(result)
            _tell(result, say, quiet)
            if previewed and result.outcome is not None and result.outcome.thumbnails is not None:
                say(show(*result.outcome.thumbnails), True)
            for trouble in report.add(result):
                say(printable(trouble), False)
            changed()
    signals.wind_up = None
    for trouble in report.finish():
        streams.warn(printable(trouble))
    if tally.counts["failed"] or (len(jobs) > 1 and not quiet) or verbose:
        seconds = f" in {tally.seconds:.2f} s" if verbose else ""
        streams.warn(f"{tally}{seconds}")
    return not tally.counts["failed"] and report.whole


def _stop(report: Report) -> None:
    """End at once, but for the page of a report."""
    for trouble in report.finish():
        streams.warn(printable(trouble))
    signals.end()


def _tell(result: Result, say: Say, quiet: bool) -> None:
    from convfilter.inputs import STREAM

    if result.status == "failed":
        say(printable(result.reason), False)
        return
    if quiet or result.outcome is None:
        return
    for note in result.outcome.notes:
        say(error_line(result.job.source, note), False)
    if result.job.target != STREAM:
        say(printable(result.job.target), True)
