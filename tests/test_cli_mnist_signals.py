"""`convfilter mnist predict` and signals: what was read is kept, and nothing keeps it from ending."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from conftest import start, wait_until


def test_a_signal_keeps_what_was_read(digits: list[Path], tmp_path: Path) -> None:
    """Ctrl-C prints the rows that are done, says how many are not, and ends with its code within 2 s."""
    copies = [Path(shutil.copy(digits[0], tmp_path / f"copy-{index}.png")) for index in range(60)]
    process = start("mnist", "predict", *copies, "--explain", tmp_path / "seen")
    wait_until(lambda: len(list(tmp_path.glob("seen/*.png"))) >= 2)
    process.send_signal(signal.SIGINT)
    sent = time.monotonic()
    out, err = process.communicate(timeout=10)
    assert time.monotonic() - sent < 2
    assert process.returncode == 130
    rows, drawn = len(out.decode().splitlines()[1:]), len(list(tmp_path.glob("seen/*.png")))
    assert rows in (drawn, drawn + 1)  # an answer comes before its drawing
    assert drawn >= 2
    assert err.decode() == f"convfilter: stopped by SIGINT; {drawn} done, 0 failed, {60 - drawn} not done\n"


@pytest.mark.parametrize("option", ["--json", pytest.param("--digits=one", marks=pytest.mark.slow)])
def test_a_signal_ends_what_nobody_reads(digits: list[Path], tmp_path: Path, option: str) -> None:
    """Ctrl-C ends it within 2.5 s with its code and counts, also while it waits for a reader of standard output."""
    folder = tmp_path / ("n" * 200)
    folder.mkdir()
    copies = [Path(shutil.copy(digits[0], folder / f"{index}{'x' * 200}.png")) for index in range(14)]
    ours, theirs = os.pipe()
    fcntl.fcntl(theirs, fcntl.F_SETPIPE_SZ, 4096)
    command = [sys.executable, "-m", "convfilter", "mnist", "predict", option, *map(str, copies)]
    process = subprocess.Popen(command, stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    wait_until(lambda: int.from_bytes(fcntl.ioctl(ours, termios.FIONREAD, bytes(4)), sys.byteorder) > 3000)
    time.sleep(0.5)  # until the pipe is full and it waits
    process.send_signal(signal.SIGINT)
    sent = time.monotonic()
    _, err = process.communicate(timeout=10)
    assert time.monotonic() - sent < 2.5
    assert process.returncode == 130
    assert re.fullmatch(rb"convfilter: stopped by SIGINT; \d+ done, 0 failed, \d+ not done\n", err)
    os.close(ours)


@pytest.mark.slow
def test_a_signal_during_the_last_line_is_heeded(digits: list[Path], tmp_path: Path) -> None:
    """A signal that comes while the table is printed gives its exit code, and the table is whole."""
    folder = tmp_path / ("n" * 200)
    folder.mkdir()
    copies = [Path(shutil.copy(digits[0], folder / f"{index}{'x' * 200}.png")) for index in range(14)]
    ours, theirs = os.pipe()
    fcntl.fcntl(theirs, fcntl.F_SETPIPE_SZ, 4096)
    process = subprocess.Popen(
        [sys.executable, "-m", "convfilter", "mnist", "predict", *map(str, copies)],
        stdout=theirs,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    os.close(theirs)
    wait_until(lambda: int.from_bytes(fcntl.ioctl(ours, termios.FIONREAD, bytes(4)), sys.byteorder) > 3000)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    with os.fdopen(ours, "rb") as file:
        out = file.read()
    _, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert err == b"convfilter: stopped by SIGINT; 14 done, 0 failed, 0 not done\n"
    assert out.count(b"7: ") == 14
    assert out.endswith(b"%\n")


def test_a_signal_during_a_slow_picture_keeps_the_others(digits: list[Path]) -> None:
    """Where one picture takes longer than a signal waits, the rows of those before it are printed all the same."""
    script = """
import sys, time
import convfilter.mnist.answers as answers
from convfilter.__main__ import main
read = answers.answer
answers.answer = lambda path, *rest, **more: time.sleep(9) if "digit-2" in path.name else read(path, *rest, **more)
sys.argv = ["convfilter", "mnist", "predict", *sys.argv[1:]]
main()
"""
    command = [sys.executable, "-c", script, *map(str, digits[:2]), "missing.png", *map(str, digits[2:4])]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stderr is not None
    assert process.stderr.readline() == b"missing.png: no such file; check the name\n"
    time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=10)
    assert process.returncode == 143
    assert [row.split()[1] for row in out.splitlines()[1:]] == [b"7", b"2"]
    assert err == b"convfilter: stopped by SIGTERM; 2 done, 1 failed, 2 not done\n"
