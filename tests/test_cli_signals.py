"""Signals: Ctrl-C, SIGTERM and SIGHUP end a run at once, with whole files only."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


def start(*arguments: object) -> subprocess.Popen[bytes]:
    """Start a command and return at once."""
    return subprocess.Popen(
        [sys.executable, "-m", "convfilter", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def wait_until(condition: object, seconds: float = 40) -> None:
    """Wait for something to come true."""
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


@pytest.fixture
def many(tmp_path: Path) -> list[Path]:
    """Sixty pictures of a megapixel, more than a test waits for."""
    first = tmp_path / "p00.png"
    random = np.random.default_rng(1)
    Image.fromarray(random.integers(0, 256, (1000, 1000, 3), dtype=np.uint8)).save(first, compress_level=0)
    return [first, *(Path(shutil.copy(first, tmp_path / f"p{index:02}.png")) for index in range(1, 60))]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_stopping_in_mid_run(many: list[Path], number: int, code: int) -> None:
    """Item 36: the run ends within 2 s with its code and one line; finished files are whole, nothing else is left."""
    folder = many[0].parent
    process = start("blur", *many, "-o", f"{folder}/out/")
    wait_until(lambda: len(list(folder.glob("out/*.png"))) >= 2)
    process.send_signal(number)
    sent = time.monotonic()
    _, err = process.communicate(timeout=10)
    assert time.monotonic() - sent < 2
    assert process.returncode == code
    assert err.startswith(f"convfilter: stopped by {signal.Signals(number).name}; ".encode())
    assert err.count(b"\n") == 1
    written = list((folder / "out").iterdir())
    assert 2 <= len(written) < 60
    for path in written:
        assert path.suffix == ".png"
        assert not path.name.startswith(".")
        with Image.open(path) as image:
            image.load()


@pytest.mark.parametrize("delay", [0.1, 0.5, 1.5])
def test_stopping_while_tensorflow_loads(many: list[Path], delay: float) -> None:
    """Item 36: Ctrl-C during the start ends it as well, without a traceback."""
    process = start("blur", many[0])
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    sent = time.monotonic()
    _, err = process.communicate(timeout=10)
    assert time.monotonic() - sent < 2
    assert b"Traceback" not in err or delay < 0.3
    assert process.returncode in (130, -signal.SIGINT) if delay < 0.3 else process.returncode == 130


def test_killed_runs_leave_whole_files(many: list[Path]) -> None:
    """Item 35: after SIGKILL every output is absent or whole, and what is left over is no input of the next run."""
    folder = many[0].parent
    for delay in (0.0, 0.13, 0.31):
        process = start("blur", *many, "-o", f"{folder}/out{delay}/")
        wait_until(lambda delay=delay: len(list(folder.glob(f"out{delay}/*.png"))) >= 1)
        time.sleep(delay)
        process.kill()
        process.communicate()
        for path in (folder / f"out{delay}").iterdir():
            if path.name.startswith(".convfilter-"):
                continue
            with Image.open(path) as image:
                image.load()
