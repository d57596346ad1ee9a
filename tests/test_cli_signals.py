"""Signals: Ctrl-C, SIGTERM and SIGHUP end a run at once, with whole files only."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import start, wait_until
from files_pixels import noise
from PIL import Image

from convfilter.atomic import TEMPORARY_PREFIX


@pytest.fixture
def many(tmp_path: Path, random: np.random.Generator) -> list[Path]:
    """Sixty pictures of a megapixel, more than a test waits for."""
    first = tmp_path / "in" / "p00.png"
    first.parent.mkdir()
    Image.fromarray(noise(random, 1000, 1000, 3)).save(first, compress_level=0)
    paths = [first.with_name(f"p{index:02}.png") for index in range(60)]
    for path in paths[1:]:  # copies, as links to one file are done once
        shutil.copy(first, path)
    return paths


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), pytest.param(signal.SIGHUP, 129, marks=pytest.mark.slow)],
)
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
    done = int(err.split(b";")[1].split()[0])
    assert done in (len(written) - 1, len(written)), "a file has its name an instant before it is counted"
    assert err.decode().endswith(f"; {done} done, 0 skipped, 0 failed, {60 - done} not done\n")
    for path in written:
        assert path.suffix == ".png"
        assert not path.name.startswith(".")
        with Image.open(path) as image:
            image.load()


def test_stopping_when_nobody_reads(many: list[Path]) -> None:
    """Item 36: a full pipe on standard error, which nobody reads, does not keep a signal from ending the run."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, b"x" * 4096)
    os.set_blocking(writing, True)
    out = many[0].parent / "out"
    command = [sys.executable, "-m", "convfilter", "blur", *map(str, many), "-o", f"{out}/"]
    process = subprocess.Popen(command, stderr=writing, stdout=subprocess.DEVNULL)
    wait_until(lambda: list(out.glob("*.png")))
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=3) == 130
    os.close(reading)
    os.close(writing)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc to see what a process has loaded")
def test_stopping_while_tensorflow_loads(photo: Path) -> None:
    """Item 36: Ctrl-C while TensorFlow is being loaded ends the run as well, without a traceback and within 2 s."""
    process = start("blur", photo)
    maps = Path(f"/proc/{process.pid}/maps")
    wait_until(lambda: "tensorflow" in maps.read_text())
    process.send_signal(signal.SIGINT)
    sent = time.monotonic()
    out, err = process.communicate(timeout=10)
    assert time.monotonic() - sent < 2
    assert process.returncode == 130
    assert out == b""
    assert err == b"convfilter: stopped by SIGINT; 0 done, 0 skipped, 0 failed, 1 not done\n"
    assert [path.name for path in photo.parent.iterdir()] == ["photo.png"]


def test_killed_runs_leave_whole_files(many: list[Path]) -> None:
    """Item 35: after SIGKILL every output is absent or whole, what is left over is hidden, and the next run goes on."""
    folder, out = many[0].parent, many[0].parent / "out"
    process = start("blur", *many, "-o", f"{out}/")
    wait_until(lambda: len(list(out.glob("*.png"))) >= 2 and list(out.glob(f"{TEMPORARY_PREFIX}*")))
    process.kill()
    process.communicate()
    names = {path.name for path in out.iterdir()}
    left_over = {name for name in names if name.startswith(TEMPORARY_PREFIX)}
    assert len(left_over) <= (os.cpu_count() or 1), "one for each picture at work"
    assert names - left_over < {path.name for path in many}
    for name in names - left_over:
        with Image.open(out / name) as image:
            image.load()
    inputs = " ".join(map(str, many[:3]))
    command = f"shopt -u dotglob; {sys.executable} -m convfilter blur {inputs} -o {out}/ --overwrite && echo {out}/*"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "3 done, 0 skipped, 0 failed\n")
    assert TEMPORARY_PREFIX not in done.stdout, "a shell takes hidden files for inputs"
    for path in many[:3]:
        assert (out / path.name).stat().st_mtime > many[-1].stat().st_mtime
    assert folder.exists()
