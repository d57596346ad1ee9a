"""What tests share: the command line in this process and in one of its own, and small pictures."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"
MAX_PIXELS = 100_000_000
"""The limit that README.md promises."""

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as in the background of a script; commands would inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:  # as under nohup
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Run a command line in this process, which has TensorFlow loaded already."""
    from convfilter.cli.main import run

    def call(*arguments: object) -> Answer:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        return Answer(code, *capfd.readouterr())

    return call


def convfilter(*arguments: object, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own, as users do."""
    settings = {"capture_output": True, "stdin": subprocess.DEVNULL, "timeout": 60, "check": False, **options}
    if "stdout" in settings or "stderr" in settings:
        del settings["capture_output"]
    return subprocess.run([sys.executable, "-m", "convfilter", *map(os.fspath, map(str, arguments))], **settings)


def start(*arguments: object) -> subprocess.Popen[bytes]:
    """Start a command and return at once."""
    return subprocess.Popen(
        [sys.executable, "-m", "convfilter", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def wait_until(condition: Callable[[], object], seconds: float = 40) -> None:
    """Wait for something to come true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.005)


@pytest.fixture
def random(request: pytest.FixtureRequest) -> np.random.Generator:
    """Random numbers that are the same whenever this test runs, whichever ran before."""
    return np.random.default_rng(zlib.crc32(request.node.nodeid.encode()))


@pytest.fixture(scope="session")
def data() -> Any:
    """A part of MNIST, for trainings."""
    from trainings import some_data

    return some_data()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A small photograph, 96 x 64, as PNG."""
    path = tmp_path / "photo.png"
    with Image.open(SAMPLES / "chelsea.png") as image:
        image.resize((96, 64)).save(path, icc_profile=None)
    return path


@pytest.fixture
def tree(tmp_path: Path, photo: Path) -> Path:
    """A folder with pictures, in folders too, and other things."""
    root = tmp_path / "photos"
    for name in ("a.png", "B.PNG", "2025/a.png", "2025/may/c.png", ".hidden/d.png"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(photo, root / name)
    shutil.copy(photo, root / ".convfilter-1-00.tmp")
    (root / "notes.txt").write_text("no picture")
    return root


def outputs(folder: Path) -> list[str]:
    """The files below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def digits(tmp_path: Path) -> list[Path]:
    """The first six images of MNIST's test set (7 2 1 0 4 1), dark on light, in pictures of 140 x 140."""
    from convfilter.mnist.data import load_test

    paths = []
    for index, image in enumerate(load_test().images[:6]):
        paths.append(tmp_path / f"digit-{index}.png")
        Image.fromarray(255 - image).resize((140, 140), Image.Resampling.BICUBIC).save(paths[-1])
    return paths


@pytest.fixture
def mnist(tmp_path: Path) -> Path:
    """A folder with the four files of MNIST."""
    return Path(shutil.copytree(SAMPLES / "mnist", tmp_path / "mnist"))


def pixels_of(path: Path) -> np.ndarray:
    """The pixels of a picture as Pillow reads them."""
    with Image.open(path) as image:
        return np.asarray(image)


def fingerprint(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Content, mode and time of every file below a folder."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mode,
            path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def limit_threads(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let the system start so many threads more, and then refuse."""

    def limit(most: int) -> None:
        begin, begun = threading.Thread.start, []

        def limited(thread: threading.Thread) -> None:
            if len(begun) >= most:
                raise RuntimeError("can't start new thread")
            begun.append(thread)
            begin(thread)

        monkeypatch.setattr(threading.Thread, "start", limited)

    return limit
