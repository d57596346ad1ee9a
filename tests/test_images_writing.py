"""What is written, read back by others and by ourselves."""

from __future__ import annotations

import io
import struct

import cv2
import imagecodecs
import numpy as np
import pytest
import tifffile
from files_odd_tags import ICC
from files_pixels import noise, saved
from pictures import again, exif_block, frame, written
from PIL import Image

from convfilter.images.formats import FORMATS
from convfilter.images.picture import Frame, Meta, Mode, Picture
from convfilter.images.reading import read

LOSSLESS = [
    (name, mode, depth)
    for name, format_ in FORMATS.items()
    if name not in ("JPEG", "AVIF", "GIF")
    for mode in format_.modes
    for depth in format_.depths
]


@pytest.mark.parametrize(("name", "mode", "depth"), LOSSLESS)
@pytest.mark.parametrize("count", [1, 3])
def test_lossless_formats_keep_everything(name: str, mode: Mode, depth: str, count: int) -> None:
    """Every sample, frame, time and piece of metadata that the format holds survives writing and reading."""
    frames = tuple(frame(mode, depth, duration=40.0 + 10 * i if count > 1 else 0) for i in range(count))
    icc = ICC if mode in ("RGB", "RGBA") else None
    loop = 4 if count > 1 else None
    meta = Meta(exif_block(), icc, b"<x:xmpmeta/>", (150, 120), {"Title": "grün", "x": "名"}, loop=loop)
    found = again(Picture(frames, name, meta), name)
    format_ = FORMATS[name]
    assert len(found.frames) == (count if format_.frames else 1)
    for was, now in zip(frames, found.frames, strict=False):
        assert (now.mode, now.pixels.dtype) == (mode, depth)
        np.testing.assert_array_equal(now.pixels, was.pixels)
        assert now.duration == (was.duration if name != "TIFF" and format_.frames else 0)
    assert not count > 1 or not format_.frames or name == "TIFF" or found.meta.loop == 4
    for field in {"icc", "xmp"} & set(format_.carries):
        assert getattr(found.meta, field) == getattr(meta, field)
    if "dpi" in format_.carries:
        assert np.allclose(found.meta.dpi or 0, meta.dpi or 0, atol=0.02)
    if "exif" in format_.carries:
        told = Image.Exif()
        told.load(found.meta.exif or b"")
        assert told[0x010F] == "Maker"
        assert told.get_ifd(0x8769)[0x9003] == "2020:01:01 00:00:00"
        assert told.get_ifd(0x8769)[0xA002] == 34, "the size in EXIF is that of the picture"
        assert told.get_ifd(0x8825)[2] == (1.0, 2.0, 3.5)


def test_png_text_survives() -> None:
    """PNG text is kept, in Latin and in other letters, short and long."""
    text = {"Title": "grün", "Long": "x" * 5000, "Note": "日本"}
    assert again(Picture((frame(),), "PNG", Meta(text=text)), "PNG").meta.text == text


def test_other_decoders_agree() -> None:
    """OpenCV and imagecodecs read the same 16-bit PNG, TIFF and PPM as was written."""
    deep = Picture((frame("RGB", "uint16"),), "PNG")
    for name in ("PNG", "TIFF", "PPM"):
        found = cv2.imdecode(np.frombuffer(written(deep, name)[0], np.uint8), cv2.IMREAD_UNCHANGED)
        np.testing.assert_array_equal(found[..., ::-1], deep.frames[0].pixels)
    data = written(Picture((frame("LA", "uint16"),), "PNG"), "PNG")[0]
    assert imagecodecs.png_decode(data).shape == (21, 34, 2)
    floats = Picture((frame("RGB", "float32"),), "TIFF")
    found = cv2.imdecode(np.frombuffer(written(floats, "PFM")[0], np.uint8), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(found[..., ::-1], floats.frames[0].pixels)


def test_tiff_pages_and_exif_for_others() -> None:
    """Tifffile and Pillow find the pages of different modes, and the EXIF directories, in what we write."""
    pages = (frame("L", "uint16"), frame("RGBA"), frame("CMYK", height=5), frame("RGB", "float32"))
    meta = Meta(exif=exif_block(), compression="lzw")
    data, _ = written(Picture(pages, "TIFF", meta), "TIFF")
    with tifffile.TiffFile(io.BytesIO(data)) as tiff:
        for page, was in zip(tiff.pages, pages, strict=True):
            assert page.compression == 5
            np.testing.assert_array_equal(page.asarray().reshape(was.pixels.shape), was.pixels)
    exif = Image.open(io.BytesIO(data)).getexif()
    assert exif.get_ifd(0x8769)[0x9003] == "2020:01:01 00:00:00"
    assert exif.get_ifd(0x8825)[2] == (1.0, 2.0, 3.5)


@pytest.mark.parametrize("name", ["GIF", "PNG", "WEBP"])
def test_identical_frames_are_not_merged(name: str) -> None:
    """Frames that show the same stay frames of their own, with their own times."""
    same = np.full((9, 12, 3), 77, np.uint8)
    frames = tuple(Frame(same, "RGB", duration) for duration in (40, 50, 60, 70))
    found = again(Picture(frames, "PNG", Meta(loop=0)), name)
    assert [f.duration for f in found.frames] == [40, 50, 60, 70]
    assert found.meta.loop == 0
    with Image.open(io.BytesIO(written(Picture(frames, "PNG"), name)[0])) as image:
        assert image.n_frames == 4  # type: ignore[attr-defined]


@pytest.mark.parametrize("colours", [1, 2, 3, 200, 256])
def test_gif_palettes_are_exact(colours: int, random: np.random.Generator) -> None:
    """A frame of up to 256 colours comes back to the last sample."""
    palette = noise(random, colours, 3)
    pixels = palette[random.integers(0, colours, (20, 30))]
    found = again(Picture((Frame(pixels, "RGB"),), "PNG"), "GIF").frames[0]
    np.testing.assert_array_equal(found.pixels[..., :3], pixels)


def test_gif_transparency_is_exact(random: np.random.Generator) -> None:
    """Frames of 125 colours and transparency come back to the last sample that is seen."""
    frames = []
    for _ in range(3):
        pixels = random.integers(0, 5, (20, 30, 4)).astype(np.uint8) * 60
        pixels[..., 3] = np.where(random.random((20, 30)) < 0.3, 0, 255)
        frames.append(Frame(np.where(pixels[..., 3:] == 0, 0, pixels).astype(np.uint8), "RGBA", 50))
    for was, now in zip(frames, again(Picture(tuple(frames), "PNG"), "GIF").frames, strict=True):
        np.testing.assert_array_equal(now.pixels[..., 3], was.pixels[..., 3])
        np.testing.assert_array_equal(now.pixels * (now.pixels[..., 3:] > 0), was.pixels)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_jpeg_keeps_its_coding(mode: Mode, subsampling: int, random: np.random.Generator) -> None:
    """A JPEG is written with the tables, subsampling and progression it came with."""
    image = Image.fromarray(cv2.GaussianBlur(noise(random, 40, 56, 3), (0, 0), 3)).convert(mode)
    source = io.BytesIO(
        saved(image, "JPEG", quality=63, subsampling=subsampling, progressive=subsampling == 1, dpi=(99, 98))
    )
    found, was = read(source, max_pixels=10**6), Image.open(source)
    now = Image.open(io.BytesIO(written(found, "JPEG")[0]))
    assert now.quantization == was.quantization  # type: ignore[attr-defined]
    if mode == "RGB":
        assert now.layer == was.layer  # type: ignore[attr-defined]
    assert now.info.get("progressive") == was.info.get("progressive")
    assert now.info["dpi"] == (99, 98)
    assert np.abs(np.asarray(now).astype(int) - np.asarray(was)).max() <= 12


def test_jpeg_quality_and_default() -> None:
    """--quality overrides the source's tables; a picture from another format gets quality 95 without subsampling."""
    picture = Picture((frame(height=64, width=64),), "PNG")
    low, high = written(picture, "JPEG", 30)[0], written(picture, "JPEG")[0]
    assert len(low) < len(high)
    assert high == saved(picture.frames[0].pixels, "JPEG", quality=95, subsampling=0)
    assert low == saved(picture.frames[0].pixels, "JPEG", quality=30, subsampling=2)


def test_webp_is_lossless_when_the_source_was() -> None:
    """Without a quality WebP keeps every sample, hidden colour too, unless the source was lossy."""
    picture = Picture((frame("RGBA"),), "PNG")
    assert b"VP8L" in written(picture, "WEBP")[0]
    assert b"VP8L" not in written(Picture(picture.frames, "JPEG", Meta(lossless=False)), "WEBP")[0]
    assert b"VP8L" not in written(picture, "WEBP", 80)[0]


def test_notes_of_reading_are_not_repeated() -> None:
    """Encode tells only what is new."""
    assert written(Picture((frame(),), "PNG", notes=("old",)), "PNG")[1] == ()


def test_one_pixel_and_one_line() -> None:
    """The smallest pictures can be written in every format and read again."""
    for name in FORMATS:
        for height, width in ((1, 1), (1, 9), (9, 1), (2, 2)):
            found = again(Picture((frame("RGB", height=height, width=width),), "PNG"), name)
            assert found.frames[0].pixels.shape[:2] == (height, width), name


def test_animation_times_in_raw_chunks() -> None:
    """An APNG carries its frame count, plays and delays where the standard wants them."""
    frames = tuple(frame(duration=d) for d in (100, 33))
    data, _ = written(Picture(frames, "PNG", Meta(loop=None)), "PNG")
    assert struct.unpack_from(">II", data, data.index(b"acTL") + 4) == (2, 1)
    assert struct.unpack_from(">HH", data, data.index(b"fcTL") + 24) == (1, 10)
