"""Pictures as they are in files, held against what was put in: pixels, frames, times, metadata, refusals."""

from __future__ import annotations

import io
import struct
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from conftest import MAX_PIXELS
from files import BAD_PICTURES, ODD_PICTURES, made
from files_odd_tags import ICC, exif
from files_pixels import noise, saved, saved_together, tiff
from files_records import Bad, Odd, difference
from PIL import Image

from convfilter.endpoints import read_source
from convfilter.errors import ImageError
from convfilter.images.picture import Picture
from convfilter.images.reading import read


def picture(data: bytes) -> Picture:
    """Read bytes, with every warning an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read(io.BytesIO(data), max_pixels=MAX_PIXELS)


@pytest.mark.parametrize("odd", ODD_PICTURES, ids=lambda odd: odd.name)
def test_odd_picture_is_read_right(odd: Odd) -> None:
    """Items 2, 12 and 13: every frame has the right pixels, mode, depth and time; what is lost is said."""
    found = picture(odd.make())
    wanted = odd.frames or (odd.pixels(),)
    modes = odd.modes or (odd.mode,) * len(wanted)
    if odd.name.endswith(".mpo"):
        wanted, modes = wanted[:1], modes[:1]
    assert tuple(frame.mode for frame in found.frames) == modes
    for frame, pixels in zip(found.frames, wanted, strict=True):
        assert difference(pixels, frame.pixels, frame.mode) <= odd.tolerance
    if odd.durations or not odd.name.endswith(".avif"):
        assert [frame.duration for frame in found.frames] == pytest.approx(odd.durations or [0] * len(wanted), abs=1)
    assert (found.notes, found.meta.icc) == (odd.notes, odd.icc)
    if found.meta.exif:
        assert orientation(found.meta.exif) == 1


@pytest.mark.parametrize("bad", BAD_PICTURES, ids=lambda bad: bad.name)
def test_bad_picture_is_refused(bad: Bad, tmp_path: Path) -> None:
    """Items 1 to 5 and 16 to 19: the reader refuses it in the right words, in one line, within seconds."""
    (path,) = made(tmp_path, bad)
    start = time.perf_counter()
    with pytest.raises(ImageError) as caught:
        read_source(path, MAX_PIXELS)
    assert bad.says in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 250
    assert time.perf_counter() - start < 5


def orientation(block: bytes) -> int:
    """The orientation in EXIF as Pillow finds it; 1 where there is none."""
    told = Image.Exif()
    told.load(block)
    return int(told.get(0x0112, 1))


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF"])
def test_turning_is_told(kind: str) -> None:
    """A picture that was turned upright says orientation 1 in EXIF and in XMP, so that nobody turns it again."""
    corner = np.zeros((32, 48, 3), np.uint8)
    corner[:8, :16] = 255
    found = picture(
        saved(corner, kind, quality=95, exif=b"Exif\0\0" + exif(6), xmp=b"<x tiff:Orientation='6'/>", dpi=(300, 200))
    )
    pixels = found.frames[0].pixels
    assert pixels.shape == (48, 32, 3)
    assert pixels[:16, -8:].mean() > 240
    assert pixels.mean() < 40
    assert found.meta.exif is None or orientation(found.meta.exif) == 1
    assert found.meta.xmp == b"<x tiff:Orientation='1'/>"
    assert found.meta.dpi == ((200, 300) if kind == "JPEG" else None)


@pytest.mark.parametrize(("kind", "plays"), [("GIF", 3), ("WEBP", 2), ("PNG", 2)])
def test_repetitions(kind: str, plays: int, random: np.random.Generator) -> None:
    """An animation keeps how often it is repeated; WebP and PNG count how often it is played."""
    frames = tuple(noise(random, 16, 20, 3) for _ in range(3))
    assert picture(saved_together(frames, kind, duration=40, loop=3)).meta.loop == plays
    assert picture(saved_together(frames, kind, duration=40, loop=0)).meta.loop == 0


def test_a_still_picture_has_no_time(random: np.random.Generator) -> None:
    """A picture that is no animation has no duration."""
    assert picture(saved(noise(random, 8, 8, 3), "AVIF")).frames[0].duration == 0


def test_metadata_of_a_jpeg(random: np.random.Generator) -> None:
    """EXIF, ICC, XMP, resolution, comment and coding are read; a thumbnail in EXIF is taken out."""
    thumbnail = saved(Image.new("RGB", (8, 8)), "JPEG")
    block = struct.pack("<2sHIHHHI4sI", b"II", 42, 8, 1, 0x0110, 2, 4, b"Cam\0", 26)
    block += struct.pack("<HHHIIHHIII", 2, 0x0201, 4, 1, 56, 0x0202, 4, 1, len(thumbnail), 0)
    data = saved(noise(random, 16, 16, 3), "JPEG", exif=b"Exif\0\0" + block + thumbnail, icc_profile=ICC, xmp=b"<x/>",
                 dpi=(300, 200), comment=b"hello", quality=70, subsampling=2, progressive=True)  # fmt: skip
    meta = picture(data).meta
    assert meta.exif is not None
    assert b"Cam" in meta.exif
    assert b"\xff\xd8" not in meta.exif
    assert (meta.icc, meta.xmp, meta.dpi, meta.comment, meta.lossless) == (ICC, b"<x/>", (300, 200), b"hello", False)
    assert meta.jpeg is not None
    assert (len(meta.jpeg.tables), meta.jpeg.subsampling, meta.jpeg.progressive) == (2, 2, True)


def test_resolution_is_not_made_up() -> None:
    """A JPEG with EXIF but no resolution has none, though Pillow says 72."""
    block = Image.Exif()
    block[0x0110] = "Cam"
    assert picture(saved(Image.new("L", (4, 4)), "JPEG", exif=block)).meta.dpi is None


def test_resolution_in_centimetres() -> None:
    """A TIFF that counts pixels per centimetre has 2.54 times as many per inch."""
    data = tiff((np.zeros((2, 2, 1), np.uint8), {"resolution": (100, 50), "resolutionunit": 3}))
    assert picture(data).meta.dpi == pytest.approx((254, 127))


def test_damaged_exif_is_dropped() -> None:
    """EXIF that cannot be read is dropped with a note, and the picture is read."""
    found = picture(saved(Image.new("L", (4, 4)), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\x7f"))
    assert found.meta.exif is None
    assert found.notes == ("the EXIF data is damaged and was dropped",)


def test_iptc_is_named() -> None:
    """IPTC captions in a JPEG, which are not kept, are not lost without a word."""
    segment = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", 4) + b"abcd"
    data = saved(Image.new("L", (8, 8)), "JPEG", extra=b"\xff\xed" + struct.pack(">H", 2 + len(segment)) + segment)
    assert picture(data).notes == ("IPTC data is not kept",)
