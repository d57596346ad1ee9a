"""One row of a benchmark: a thing of ours and the same of a peer, by turns."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True)
class Case:
    """What is compared.

    Attributes:
        what: is done.
        peer: does it too.
        ours: do it with convfilter.
        theirs: do it with the peer; None where that is not installed.
        aim: the greatest ratio of the two that is aimed at.
    """

    what: str
    peer: str
    ours: Callable[[], object]
    theirs: Callable[[], object] | None
    aim: float


HEAD = """\
| case | peer | convfilter | peer | ratio | spread | aim |
| --- | --- | --- | --- | --- | --- | --- |"""


def row(case: Case, repeats: int) -> str:
    """Measure a case: medians of the turns, their ratio, and the least and greatest ratio of one turn."""
    if case.theirs is None:
        return f"| {case.what} | {case.peer} | | not installed | | | {case.aim:g} |"
    if repeats > 1:
        _seconds(case.ours), _seconds(case.theirs)  # what is read and set up once
    turns = [(_seconds(case.ours), _seconds(case.theirs)) for _ in range(repeats)]
    ours, theirs = (statistics.median(each) for each in zip(*turns, strict=True))
    ratios = sorted(one / other for one, other in turns)
    return (
        f"| {case.what} | {case.peer} | {_shown(ours)} | {_shown(theirs)} | {ours / theirs:.2f} | "
        f"{ratios[0]:.2f} to {ratios[-1]:.2f} | {case.aim:g} |"
    )


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _shown(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def installed(command: list[str]) -> bool:
    """Whether a peer's program is on the PATH, and OpenCV where it is a script for it."""
    needs_opencv = any("cv2" in part for part in command)
    return shutil.which(command[0]) is not None and (not needs_opencv or find_spec("cv2") is not None)
