"""Many pictures in one command beside others, and what a picture costs in a long run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from programs import OPENCV, PILLOW, jpeg
from timing import Case, installed

POOL = """
import os, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
{setup}
def one(path):
    source, target = str(path), str(Path(sys.argv[2]) / path.name)
    {work}
with ThreadPoolExecutor(2) as pool:
    list(pool.map(one, sorted(Path(sys.argv[1]).iterdir())))
"""
PLAIN = """
import sys, time
from pathlib import Path
from PIL import Image
begun = time.process_time()
for path in Path(sys.argv[1]).iterdir():
    with Image.open(path) as image:
        image.load()
        image.save(Path(sys.argv[2]) / path.name, quality="keep")
print(time.process_time() - begun)
"""


def cases(folder: Path, megapixels: float, pictures: int) -> Iterator[Case]:
    """A folder of JPEGs to another, sigma 3."""
    source, target = _copies(folder / "many", megapixels, pictures), folder / "many.out"
    what = f"{pictures} JPEGs of {megapixels:g} MP"
    ours = _anew(target, *_convfilter(source, target))
    magick = ["magick", "mogrify"] if shutil.which("magick") else ["mogrify"]
    vips = f"ls {source} | xargs -P2 -I@ vips gaussblur {source}/@ {target}/@ 3"
    for peer, aim, command in (
        ("ImageMagick mogrify", 0.1, [*magick, "-path", str(target), "-blur", "0x3", f"{source}/*.jpg"]),
        ("Pillow, 2 threads", 0.5, _pool(PILLOW, source, target)),
        ("OpenCV, 2 threads", 1.3, _pool(OPENCV, source, target)),
        ("vips, xargs -P2", 0.9, ["sh", "-c", vips] if shutil.which("vips") else ["vips"]),
    ):
        yield Case(what, peer, ours, _anew(target, *command) if installed(command) else None, aim)


def long_run(folder: Path, pictures: int) -> Iterator[tuple[str, str, str]]:
    """What was measured of a long run over 640 x 480 JPEGs, the figure, and the aim."""
    source, target = _copies(folder / "small", 0.307, pictures), folder / "small.out"
    target.mkdir()
    plain = float(subprocess.run([sys.executable, "-c", PLAIN, source, target], capture_output=True, check=True).stdout)
    shutil.rmtree(target)
    before = os.times()
    process = subprocess.Popen(_convfilter(source, target), stdout=subprocess.DEVNULL)
    memory: dict[int, int] = {}
    marks = [pictures // 100, pictures // 2, pictures - max(1, pictures // 100)]
    while process.poll() is None:
        done = sum(1 for _ in target.iterdir()) if target.exists() else 0
        for mark in marks:
            if done >= mark and mark not in memory:
                memory[mark] = _resident(process.pid)
        time.sleep(0.05)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    yield f"{pictures:,} JPEGs of 640 x 480: CPU time, of that of Pillow without a filter", f"{used / plain:.1f}", "1.5"
    growth = (max(memory.values()) - min(memory.values())) / 1e6
    yield f"{pictures:,} JPEGs of 640 x 480: memory, from the first hundredth to the last", f"{growth:.0f} MB", "50 MB"


def _resident(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:  # it has just ended, or this is no Linux
        return 0
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


def _copies(folder: Path, megapixels: float, count: int) -> Path:
    folder.mkdir()
    first = jpeg(folder / "00000.jpg", megapixels)
    for index in range(1, count):
        os.link(first, folder / f"{index:05}.jpg")
    return folder


def _convfilter(source: Path, target: Path) -> list[str]:
    return [sys.executable, "-m", "convfilter", "blur", str(source), "--sigma", "3", "-o", f"{target}/", "-q"]


def _pool(script: str, source: Path, target: Path) -> list[str]:
    """The script for one picture, over all of a folder in two threads."""
    lines = script.replace("sys.argv[1]", "source").replace("sys.argv[2]", "target").split("; ")
    imports = [line for line in lines if line.startswith(("import", "from"))]
    rest = [line for line in lines if line not in imports]
    return [sys.executable, "-c", POOL.format(setup="\n".join(imports), work="; ".join(rest)), str(source), str(target)]


def _anew(target: Path, *command: str) -> Callable[[], object]:
    """Run a command into an empty folder."""

    def run() -> None:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        subprocess.run(command, check=True, capture_output=True)

    return run
