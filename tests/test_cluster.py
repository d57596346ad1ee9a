"""A Dask cluster on this machine: a real scheduler, and two worker processes, one of which is killed."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import convfilter, pixels_of, start, wait_until
from files_pixels import noise
from PIL import Image

pytest.importorskip("distributed")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and its workers."""
    file = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    host = ["--host", "127.0.0.1"]
    run = [sys.executable, "-m", "dask"]
    scheduler = subprocess.Popen(
        [*run, "scheduler", *host, "--port", "0", "--no-dashboard", "--scheduler-file", str(file)], **quiet
    )
    options = ["--nthreads", "1", "--no-dashboard", "--no-nanny", "--local-directory", str(tmp_path)]
    workers = [subprocess.Popen([*run, "worker", "--scheduler-file", str(file), *options], **quiet) for _ in range(2)]
    try:
        wait_until(lambda: file.exists() and file.read_text().endswith("}"), 60)  # it is written piece by piece
        workers[-1].scheduler = scheduler  # type: ignore[attr-defined]
        yield json.loads(file.read_text())["address"], workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


@pytest.mark.slow
def test_a_worker_that_dies(cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path) -> None:
    """Item 39: kill -9 of a worker in mid-run costs nothing: the other does its files, and all are the usual ones."""
    address, workers = cluster
    (tmp_path / "in").mkdir()
    first = tmp_path / "in" / "0.png"
    Image.fromarray(noise(np.random.default_rng(1), 400, 600, 3)).save(first)
    for index in range(1, 24):
        shutil.copy(first, first.with_name(f"{index}.png"))
    (tmp_path / "in" / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    out = tmp_path / "out"
    arguments = ("blur", tmp_path / "in", "-o", out, "--scheduler", address, "--report", tmp_path / "r.jsonl")
    process = start(*arguments)
    wait_until(lambda: len(list(out.glob("*.png"))) >= 4, 90)
    workers[0].send_signal(signal.SIGKILL)
    _, err = process.communicate(timeout=90)
    assert process.returncode == 1
    assert [line for line in err.decode().splitlines() if " of 25 files, " not in line] == [
        f"{tmp_path}/in/bad.jpg: truncated or damaged: it ends after 4 bytes, too early; get a whole copy of it",
        "24 done, 0 skipped, 1 failed",
    ]
    assert convfilter("blur", first, "-o", tmp_path / "here.png").returncode == 0
    for index in range(24):
        np.testing.assert_array_equal(pixels_of(out / f"{index}.png"), pixels_of(tmp_path / "here.png"))
    statuses = [json.loads(line)["status"] for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    assert sorted(statuses) == ["done"] * 24 + ["failed"]


@pytest.mark.slow
def test_a_scheduler_that_goes_away(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], photo: Path, tmp_path: Path
) -> None:
    """A scheduler that stops in mid-run costs a line for each picture that is left, and no traceback."""
    address, workers = cluster
    folder = tmp_path / "in"
    folder.mkdir()
    for index in range(200):
        shutil.copy(photo, folder / f"{index}.png")
    process = start("blur", folder, "-o", tmp_path / "out", "--scheduler", address)
    wait_until(lambda: len(list((tmp_path / "out").glob("*.png"))) >= 4, 90)
    for one in workers:
        one.kill()
    workers[-1].scheduler.kill()  # type: ignore[attr-defined]
    _, err = process.communicate(timeout=100)
    assert process.returncode == 1
    assert b"Traceback" not in err
    assert re.search(rb"\n\d+ done, 0 skipped, \d+ failed\n$", err)


def test_no_scheduler(cli: Any, photo: Path) -> None:
    """An address where nobody answers is refused with exit code 2, in one line; so is standard output."""
    done = convfilter("gray", photo, "--scheduler", "tcp://127.0.0.1:9")
    assert done.returncode == 2
    assert done.stderr.startswith(b"convfilter: tcp://127.0.0.1:9: no scheduler answers there")
    assert done.stderr.count(b"\n") == 1
    for arguments, words in ((("-o", "-"), "--scheduler works on files"), (("--in-place",), "filtered twice")):
        answer = cli("gray", photo, *arguments, "--scheduler", "tcp://127.0.0.1:9")
        assert answer.code == 2
        assert words in answer.err
