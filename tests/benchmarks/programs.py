"""Whole programs beside others, from the command line to the file that it leaves: time and memory."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from peak import peak
from PIL import Image
from timing import Case, installed

SAMPLES = Path(__file__).parents[2] / "samples"
SAMPLE, DIGIT = SAMPLES / "chelsea.png", SAMPLES / "digit.jpg"
PILLOW = (
    "import sys; from PIL import Image, ImageFilter; image = Image.open(sys.argv[1]); "
    "image.filter(ImageFilter.GaussianBlur(3)).save(sys.argv[2], quality=90)"
)
OPENCV = (
    "import sys, cv2; image = cv2.imread(sys.argv[1]); "
    "cv2.imwrite(sys.argv[2], cv2.GaussianBlur(image, (0, 0), 3), [cv2.IMWRITE_JPEG_QUALITY, 90])"
)


def cases(folder: Path, megapixels: float) -> Iterator[Case]:
    """JPEG to JPEG, sigma 3, in processes of their own; and a digit that is read."""
    small, large = jpeg(folder / "small.jpg", 0.307), jpeg(folder / "large.jpg", megapixels)
    out = folder / "out.jpg"
    whole = _run(sys.executable, "-c", "import tensorflow")
    yield Case("program, 640 x 480 JPEG", "import tensorflow", _run(*_convfilter(small, out)), whole, 0.45)
    predict = _run(sys.executable, "-m", "convfilter", "mnist", "predict", str(DIGIT))
    yield Case("program, mnist predict", "import tensorflow", predict, whole, 0.6)
    magick = "magick" if shutil.which("magick") else "convert"  # the name it had before version 7
    source, target = str(large), str(out)
    for peer, aim, command in (
        ("ImageMagick -blur", 0.6, [magick, source, "-blur", "0x3", target]),
        ("GraphicsMagick", 1.2, ["gm", "convert", source, "-blur", "0x3", target]),
        ("Pillow script", 1.5, [sys.executable, "-c", PILLOW, source, target]),
        ("OpenCV script", 2.0, [sys.executable, "-c", OPENCV, source, target]),
        ("libvips", 4.0, ["vips", "gaussblur", source, target, "3"]),
        ("G'MIC", 2.0, ["gmic", source, "-blur", "3", "-output", target]),
        ("ffmpeg", 4.0, ["ffmpeg", "-y", "-v", "error", "-i", source, "-vf", "gblur=3", target]),
    ):
        theirs = _run(*command) if installed(command) else None
        yield Case(f"program, {megapixels:g} MP JPEG", peer, _run(*_convfilter(large, out)), theirs, aim)


def memory(folder: Path, megapixels: float, *, giant: bool) -> Iterator[tuple[str, float, float]]:
    """What was done, the greatest memory in bytes, and the aim."""
    dot = folder / "dot.jpg"
    Image.new("RGB", (1, 1)).save(dot)
    base = peak(*_convfilter(dot, folder / "dot.out.jpg"))
    large = jpeg(folder / "memory.jpg", megapixels)
    yield (
        f"memory, {megapixels:g} MP JPEG, above that of 1 x 1",
        peak(*_convfilter(large, folder / "o.jpg")) - base,
        200e6,
    )
    if giant:
        tile = np.asarray(Image.open(SAMPLE).convert("RGB").resize((1330, 1330)))
        picture = Image.fromarray(np.tile(tile, (10, 10, 1)))
        for name, suffix in (("TIFF", ".tif"), ("PNG", ".png")):
            path = (folder / "giant").with_suffix(suffix)
            picture.save(path)
            command = _convfilter(path, folder / f"giant.out{suffix}")
            used = peak(*command, "--max-pixels", "200000000")
            yield f"memory, 13,300 x 13,300 {name}, whole process", used, 1.6e9


def jpeg(path: Path, megapixels: float) -> Path:
    """Make a photograph of a size; its path."""
    height = max(16, round((megapixels * 1e6 * 3 / 4) ** 0.5))
    Image.open(SAMPLE).convert("RGB").resize((height * 4 // 3, height)).save(path, quality=90)
    return path


def _convfilter(source: Path, target: Path) -> list[str]:
    return [sys.executable, "-m", "convfilter", "blur", str(source), "--sigma", "3", "-o", str(target), "--overwrite"]


def _run(*command: str) -> Callable[[], object]:
    return lambda: subprocess.run(command, check=True, capture_output=True)
