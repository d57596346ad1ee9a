"""Threads of our own that share work: as many as are wanted, or as many as the system lets start."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import takewhile
from queue import Queue
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_END: Any = object()
"""Stands where nothing follows."""


def share(items: Iterator[Item], use: Callable[[Item], object], workers: int) -> None:
    """Use every item, in this thread and in others beside it; once one has failed, nobody takes another.

    Args:
        items: taken one at a time.
        use: gets an item, in one of the threads.
        workers: threads, with this one; fewer where the system refuses more.

    Raises:
        BaseException: the first failure, when every thread has ended.
    """
    taking = threading.Lock()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            while not failures:
                with taking:
                    item = next(items, _END)
                if item is _END:
                    return
                use(item)
        except BaseException as error:
            failures.append(error)

    helpers = start(work, workers - 1)
    work()
    for helper in helpers:
        helper.join()
    if failures:
        raise failures[0]


def results(items: Iterator[Item], make: Callable[[Item], Result], workers: int) -> Iterator[Result]:
    """What is made of each item, as it ends; no more than `workers` results wait to be taken.

    Whoever takes no more may close this; then no other item is begun. Arguments and errors are those of `share`.
    """
    ended: Queue[Any] = Queue(workers)
    over = threading.Event()
    wanted = takewhile(lambda _: not over.is_set(), items)

    def work() -> None:
        try:
            share(wanted, lambda item: ended.put(make(item)), workers)
            ended.put(_END)
        except BaseException as error:  # the one who asked for results gets it
            ended.put(error)

    if workers <= 1 or not start(work, 1):
        yield from map(make, items)
        return
    try:
        for result in iter(ended.get, _END):
            if isinstance(result, BaseException):
                raise result
            yield result
    finally:
        over.set()


def start(work: Callable[[], None], count: int) -> list[threading.Thread]:
    """Start threads that work; fewer, even none, where the system refuses more (ulimit -u).

    They do not keep the process from ending.
    """
    threads: list[threading.Thread] = []
    for _ in range(count):
        thread = threading.Thread(target=work, daemon=True)
        try:
            thread.start()
        except RuntimeError:
            break
        threads.append(thread)
    return threads
