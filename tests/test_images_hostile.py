"""Files that are cut or damaged anywhere, and what other code in the process must not notice of it."""

from __future__ import annotations

import io
import random as random_
import struct
import subprocess
import sys
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from files import ODD_PICTURES
from files_build import chunk, png_file, png_header
from files_damaged import FORMATS, whole
from PIL import Image

from convfilter.errors import ImageError
from convfilter.images.picture import Picture
from convfilter.images.reading import read

NAMES = (
    "cmyk-adobe.jpg", "palette-4-bit.png", "keep-over.png", "rgb-16-bit.png", "twice-the-same.gif", "disposal-2.gif",
    "lossless-alpha.webp", "animated.webp", "rle8.bmp", "animated.avif", "bits-text.pbm", "maxval-9-text.pgm",
    "float-rgb.pfm", "rgb-16-bit.jp2", "grey-12-bit.j2k", "coding-tiff_lzw.tif", "coding-group4.tif",
    "pages-of-many-depths.tif", "RGB-uint16-deflate-tiles-big-endian.tif", "rgb-big-tiff.tif", "profile.jpg",
    "turned-6-8-bit.png",
)  # fmt: skip
SOUND = {odd.name: odd.make for odd in ODD_PICTURES if odd.name in NAMES} | {
    name: lambda name=name: whole(name) for name in FORMATS
}
"""A file of every kind."""


def attempt(data: bytes) -> Picture | str:
    """The picture, or the message with which it is refused; a warning is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return read(io.BytesIO(data), max_pixels=10**6)
        except ImageError as error:
            return str(error)


@pytest.mark.parametrize("name", SOUND)
def test_a_cut_file_never_gives_part_of_a_picture(name: str) -> None:
    """Item 1: cut anywhere, a file is refused, or whole where only a tail of metadata is gone."""
    data = SOUND[name]()
    sound = attempt(data)
    assert isinstance(sound, Picture)
    ends = {len(data) * k // 20 for k in range(1, 20)} | {len(data) - k for k in (1, 2, 3, 4, 8, 12, 20)}
    for end in sorted((ends | {8, 12, 16, 26}) - {0}):
        found = attempt(data[:end])
        if isinstance(found, Picture):
            assert len(found.frames) == len(sound.frames), end
            for frame, wanted in zip(found.frames, sound.frames, strict=True):
                np.testing.assert_array_equal(frame.pixels, wanted.pixels)
        else:
            assert any(word in found for word in ("truncated", "damaged", "not a recognised")), (end, found)
            assert end <= 64 or "truncated" in found, (end, found)


def test_every_kind_is_there() -> None:
    """No name above is a slip of the pen."""
    assert set(NAMES) <= set(SOUND)


@pytest.mark.parametrize("name", SOUND)
def test_damage_is_an_image_error_or_a_picture(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Item 2: flipped bits give a picture or one line, never another exception, a warning, or text on stderr."""
    chance, data = random_.Random(name), SOUND[name]()
    for _ in range(25):
        broken = bytearray(data)
        for _ in range(chance.choice((1, 2, 8))):
            broken[chance.randrange(min(len(data), chance.choice((80, 600, 10**9))))] ^= 1 << chance.randrange(8)
        found = attempt(bytes(broken))
        if isinstance(found, str):
            assert found.isprintable()
            assert len(found) < 250
        else:
            assert found.frames
    assert capfd.readouterr() == ("", "") or name == "coding-group4.tif"  # where an older imagecodecs needs libtiff


def test_our_limit_replaces_that_of_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pillow's own limit neither refuses below ours, in any thread, nor is it changed for others afterwards."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    names = ("disposal-2.gif", "animated.webp", "raw.tif", "coding-group4.tif") * 8
    with ThreadPoolExecutor(4) as threads, warnings.catch_warnings():
        found = list(threads.map(lambda name: read(io.BytesIO(SOUND[name]()), max_pixels=10**6), names))
    assert all(picture.frames for picture in found)
    assert Image.MAX_IMAGE_PIXELS == 10


def test_a_palette_that_is_missing() -> None:
    """Item 2: palette numbers without a palette are no picture, least of all a black one."""
    assert "damaged" in str(attempt(png_file(png_header(4, 4, 8, 3), chunk(b"IDAT", zlib.compress(bytes(20))))))


def test_what_libpng_remarks_is_not_shown(tmp_path: Path) -> None:
    """Item 2: a PNG with more in its stream than its rows is read without a word on stderr."""
    path, stream = tmp_path / "more.png", zlib.compress(bytes(4 * 5 + 99))
    path.write_bytes(png_file(png_header(4, 4, 8, 0), chunk(b"IDAT", stream)))
    code = """import sys; from convfilter.images.reading import read
print(read(open(sys.argv[1], "rb"), max_pixels=99).frames[0].mode)"""
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("L\n", "")


def test_a_frame_beyond_its_animation() -> None:
    """Item 3: a frame of 60,000 x 60,000 in an animation of 4 x 4 is refused before memory is taken for it."""
    frame = [0, 4, 4, 0, 0, 1, 10, 0, 0], [1, 60_000, 60_000, 0, 0, 1, 10, 0, 0]
    controls = [chunk(b"fcTL", struct.pack(">IIIIIHHBB", *numbers)) for numbers in frame]
    data = zlib.compress(bytes(20))
    later = chunk(b"fdAT", struct.pack(">I", 2) + data)
    parts = chunk(b"acTL", struct.pack(">II", 2, 0)), controls[0], chunk(b"IDAT", data), controls[1], later
    assert "beyond the picture" in str(attempt(png_file(png_header(4, 4, 8, 0), *parts)))
