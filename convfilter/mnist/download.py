"""Fetching MNIST from its public mirrors: within limits of time and size, checked, whole or not at all."""

from __future__ import annotations

import contextlib
import http.client
import io
import os
import queue
import threading
import time
import urllib.request
from pathlib import Path

from convfilter import atomic
from convfilter.errors import DataError
from convfilter.mnist.idx import File, samples
from convfilter.text import one_line

MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)

MAX_BYTES = 16_000_000
"""The largest of the files has 9.9 MB."""

PATIENCE = 20.0
"""Seconds that a server may be silent."""

TIME_LIMIT = 300.0
"""Seconds for one file."""


def fetch(
    file: File,
    folder: Path,
    mirrors: tuple[str, ...] = MIRRORS,
    *,
    damaged: Path | None = None,
    patience: float = PATIENCE,
    limit: float = TIME_LIMIT,
) -> Path:
    """Fetch one of the four files, from the first mirror that has it whole.

    Args:
        file: which.
        folder: where it goes; made if it is missing.
        damaged: a file that has its place, and is set aside once a whole one is here.
        mirrors: the beginnings of its address.
        patience: seconds that a server may be silent.
        limit: seconds that a mirror may take.

    Raises:
        DataError: no mirror gave it, or it cannot be written; nothing is left behind.
    """
    data, failures = None, []
    for mirror in mirrors:
        url = f"{mirror}{file.name}.gz"
        try:
            data = _within(limit, url, patience)
            samples(io.BytesIO(data), file)
            break
        except (OSError, http.client.HTTPException, ValueError) as error:  # ValueError: of a proxy that cannot be
            failures.append(f"{url}: {one_line(getattr(error, 'reason', error))}")
        except DataError as error:
            failures.append(f"{url}: what it sent {error}")
    else:
        raise DataError(
            f"MNIST cannot be fetched ({'; '.join(failures)}); get its four files elsewhere, and put them into "
            f"{folder} or name their folder with --data"
        )
    path = folder / f"{file.name}.gz"
    if damaged is not None:
        _set_aside(damaged)
    advice = "; CONVFILTER_CACHE names another folder, --data one that has MNIST"
    with atomic.told_as(DataError, path, advice), atomic.output_file(path, overwrite=True) as target:
        target.write(data)
    return path


def _set_aside(path: Path) -> None:
    """Give a damaged file a name that is free, so that its own is."""
    number = 1
    while os.path.lexists(aside := path.with_name(f"{path.name}.damaged-{number}")):
        number += 1
    with contextlib.suppress(OSError):
        path.rename(aside)


def _within(limit: float, url: str, patience: float) -> bytes:
    """A download that is given up after so many seconds, whatever it waits for; a thread of its own waits on."""
    answers: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put(_download(url, patience, limit))
        except Exception as error:  # the one who waits gets it
            answers.put(error)

    threading.Thread(target=work, daemon=True).start()
    try:
        answer = answers.get(timeout=limit)
    except queue.Empty:
        raise TimeoutError(f"took longer than {limit:.0f} s") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _download(url: str, patience: float, limit: float) -> bytes:
    end = time.monotonic() + limit
    data = bytearray()
    with urllib.request.urlopen(url, timeout=patience) as response:
        while part := response.read1(1 << 16):
            data += part
            if len(data) > MAX_BYTES:
                raise DataError("has no end")
            if time.monotonic() > end:
                raise TimeoutError(f"took longer than {limit:.0f} s")
        expected = response.headers.get("Content-Length", "")
    if expected.isdecimal() and len(data) < int(expected):
        raise ConnectionError(f"broke off after {len(data):,} of {int(expected):,} bytes")
    return bytes(data)
