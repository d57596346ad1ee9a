"""Threads that share work: everything is done once, a failure ends it, and whoever has enough may go."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from conftest import wait_until

from convfilter import threads

WORKERS = [1, 2, 5]


@pytest.mark.parametrize("workers", WORKERS)
def test_every_item_is_used_once(workers: int) -> None:
    """With one thread or several every item is used, and its result is given, exactly once."""
    used: list[int] = []
    threads.share(iter(range(100)), used.append, workers)
    assert sorted(used) == list(range(100))
    assert sorted(threads.results(iter(range(100)), lambda item: item**2, workers)) == [n**2 for n in range(100)]


@pytest.mark.parametrize("workers", WORKERS)
def test_the_first_failure_ends_it(workers: int) -> None:
    """The caller gets the first failure, whichever thread it came from; at most one more item a thread is used."""
    used: list[int] = []
    failed = threading.Event()

    def use(item: int) -> None:
        used.append(item)
        if item == 3:
            failed.set()
            raise SystemExit("the third")
        if item > 3:
            failed.wait()

    with pytest.raises(SystemExit, match="the third"):
        threads.share(iter(range(1000)), use, workers)
    assert len(used) < 3 + 2 * workers
    with pytest.raises(SystemExit, match="the third"):
        list(threads.results(iter(range(1000)), use, workers))


@pytest.mark.parametrize("workers", WORKERS)
def test_results_wait(workers: int) -> None:
    """Results that nobody takes hold the threads up: one in the queue and one in hand for each of them."""
    begun: list[int] = []
    results = threads.results(iter(range(1000)), begun.append, workers)
    next(results)
    time.sleep(0.1)
    assert len(begun) == (1 if workers == 1 else 2 * workers + 1)


@pytest.mark.parametrize("workers", WORKERS)
def test_results_may_be_left(workers: int) -> None:
    """Whoever has enough closes the results; what is begun is brought to its end, and no other item is begun."""
    begun: list[int] = []
    closed = threading.Event()

    def make(item: int) -> None:
        begun.append(item)
        if len(begun) > workers:
            closed.wait()

    results = threads.results(iter(range(1000)), make, workers)
    for _ in range(workers):
        next(results)
    wait_until(lambda: workers == 1 or len(begun) == 2 * workers)
    results.close()  # type: ignore[attr-defined]
    closed.set()
    time.sleep(0.1)
    assert len(begun) <= 2 * workers


@pytest.mark.parametrize("most", [0, 1, 2])
def test_as_many_as_the_system_starts(most: int, limit_threads: Callable[[int], None]) -> None:
    """Where the system starts fewer threads, even none, these do all of it."""
    limit_threads(most)
    assert sorted(threads.results(iter(range(20)), lambda item: item, 5)) == list(range(20))
    used: list[int] = []
    threads.share(iter(range(20)), used.append, 5)
    assert sorted(used) == list(range(20))
