"""How many pictures run in one command: several at once, skipped, in little memory, with progress."""

from __future__ import annotations

import contextlib
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import outputs
from files_pixels import noise
from PIL import Image


def test_skip_existing(cli: Any, tree: Path, tmp_path: Path) -> None:
    """Item 47: --skip-existing leaves outputs alone, by their names and not their dates, and does the rest."""
    assert cli("gray", tree, "-o", tmp_path / "out").code == 0
    kept = tmp_path / "out" / "a.png"
    kept.write_bytes(b"kept")
    os.utime(kept, (0, 0))
    answer = cli("gray", tree, "-r", "-o", tmp_path / "out", "--skip-existing")
    assert answer.code == 0
    assert answer.err == "2 done, 2 skipped, 0 failed\n"
    assert kept.read_bytes() == b"kept"
    assert cli("gray", tree, "-o", tmp_path / "out", "--skip-existing", "--overwrite").code == 2
    assert cli("gray", tree, "--in-place", "--skip-existing").code == 2


def test_skipping_hides_no_failure(cli: Any, tree: Path, tmp_path: Path) -> None:
    """With --skip-existing, a folder in which nothing is found still fails."""
    (tmp_path / "empty").mkdir()
    answer = cli("gray", tmp_path / "empty", tree, "-o", tmp_path / "out", "--skip-existing")
    assert answer.code == 1
    assert answer.err.endswith("2 done, 0 skipped, 1 failed\n")


@pytest.mark.parametrize("most", [0, 1])
def test_no_more_threads(cli: Any, tree: Path, tmp_path: Path, most: int, limit_threads: Callable[[int], None]) -> None:
    """Item 46: where the system starts no more threads, those that there are do all of it."""
    limit_threads(most)
    answer = cli("blur", tree, "-r", "-j", 3, "-o", tmp_path / "out")
    assert (answer.code, answer.err) == (0, "4 done, 0 skipped, 0 failed\n")


def test_progress_on_a_terminal(tree: Path, tmp_path: Path) -> None:
    """On a terminal a bar shows files, speed, the time left and failures; names stand above it as they are."""
    (tree / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    shutil.copy(tree / "a.png", tree / ":cat: [b]x.png")
    ours, theirs = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "160"}
    command = [sys.executable, "-m", "convfilter", "gray", tree, "-r", "-j", "1", "-o", tmp_path / "out"]
    process = subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # Linux's way to say that the other side is closed
        while part := os.read(ours, 65536):
            shown += part
    os.close(ours)
    assert process.wait() == 1
    text = shown.decode()
    for words in ("━", "6 of 6 files, ", " MP/s, ", " left, 1 failed", ":cat: [b]x.png", "5 done, 0 skipped, 1 failed"):
        assert words in text
    assert text.rstrip().endswith("5 done, 0 skipped, 1 failed")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems count address space in another way")
def test_low_limits(tree: Path, tmp_path: Path) -> None:
    """Item 46: 2 GB of address space and 32 open files are enough, with more pictures and more jobs than cores."""
    for index in range(40):
        shutil.copy(tree / "a.png", tree / f"{index}.png")
    command = f"ulimit -v 2000000 -n 32; exec {sys.executable} -m convfilter blur {tree} -j 8 -o {tmp_path}/out"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "42 done, 0 skipped, 0 failed\n")


@pytest.mark.parametrize("jobs", [0, -1, "1e9", 10**9])
def test_wrong_numbers_of_jobs(cli: Any, photo: Path, jobs: object) -> None:
    """Item 28: --jobs is a whole number from 1 to 1024."""
    assert cli("gray", photo, "--jobs", jobs).code == 2


def test_several_at_once_give_the_same(cli: Any, tmp_path: Path, random: np.random.Generator) -> None:
    """With one or with several pictures at once the files are the same to the byte."""
    (tmp_path / "in").mkdir()
    for index in range(12):
        side = int(random.integers(20, 400))
        Image.fromarray(noise(random, side, side + index, 3)).save(tmp_path / "in" / f"{index}.png")
    for jobs in (1, 4):
        assert cli("blur", tmp_path / "in", "--jobs", jobs, "-o", tmp_path / f"{jobs}").code == 0
    for name in outputs(tmp_path / "1"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "4" / name).read_bytes()


def test_memory_is_shared_by_pictures_at_once(cli: Any, tree: Path, tmp_path: Path) -> None:
    """Item 20: --max-memory is for all pictures that are worked on at once."""
    assert cli("gray", tree, "--max-memory", "100M", "--jobs", 1, "-o", tmp_path / "one").code == 0
    answer = cli("gray", tree, "--max-memory", "100M", "--jobs", 2, "-o", tmp_path / "two")
    assert answer.code == 1
    assert answer.err.count("50 MB are allowed") == 2
