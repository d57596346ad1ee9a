"""What becomes of a picture that a format cannot hold: the stated rules, and a note for each loss."""

from __future__ import annotations

import numpy as np
import pytest
from files_odd_tags import ICC
from pictures import again, exif_block, frame, written

from convfilter.errors import ImageError
from convfilter.images.fitting import fit
from convfilter.images.formats import FORMATS
from convfilter.images.picture import Frame, Meta, Picture


def test_alpha_is_laid_on_white() -> None:
    """Half-transparent black becomes mid-grey in a format without alpha, with a note; opaque alpha needs none."""
    pixels = np.array([[[0, 0, 0, 0], [0, 0, 0, 51], [10, 20, 30, 255]]], np.uint8)
    fitted = fit(Picture((Frame(pixels, "RGBA"),), "PNG"), FORMATS["BMP"])
    assert fitted.frames[0].pixels.tolist() == [[[255, 255, 255], [204, 204, 204], [10, 20, 30]]]
    assert fitted.notes == ("transparency was flattened onto white",)
    rounded = fit(Picture((Frame(np.array([[[10, 10, 10, 100]]], np.uint8), "RGBA"),), "PNG"), FORMATS["BMP"])
    assert rounded.frames[0].pixels.tolist() == [[[159, 159, 159]]]  # 158.92
    opaque = Picture((Frame(pixels[:, 2:], "RGBA"),), "PNG")
    assert fit(opaque, FORMATS["BMP"]).notes == ()


def test_depths_are_rounded_by_the_stated_rule() -> None:
    """16 bits become 8 by v / 257 and floats the nearest of the deepest type, clipped, with NaN as 0; with notes."""
    every = np.arange(65536, dtype=np.uint16).reshape(256, 256, 1)
    fitted = fit(Picture((Frame(every, "L"),), "PNG"), FORMATS["JPEG"])
    np.testing.assert_array_equal(fitted.frames[0].pixels, np.rint(every / 257.0).astype(np.uint8))
    assert "16 bits were rounded to 8 bits" in fitted.notes
    floats = np.array([[[-1.0], [0.5], [2.0], [np.nan], [np.inf], [-np.inf]]], np.float32)
    fitted = fit(Picture((Frame(floats, "L"),), "TIFF"), FORMATS["PNG"])
    assert fitted.frames[0].pixels.reshape(-1).tolist() == [0, 32768, 65535, 0, 65535, 0]
    assert fit(Picture((Frame(floats, "L"),), "TIFF"), FORMATS["GIF"]).frames[0].pixels.dtype == np.uint8


def test_what_has_no_place_is_named() -> None:
    """Frames, colours, profiles and metadata that a format cannot hold are dropped with a note each."""
    meta = Meta(exif=exif_block(), xmp=b"<x/>", icc=ICC, text={"a": "b"})
    frames = (frame("CMYK"), frame("CMYK"))
    notes = " | ".join(written(Picture(frames, "TIFF", meta), "BMP")[1])
    for said in ("2 frames, only the first is written", "CMYK was converted", "BMP holds no EXIF, XMP, text: dropped"):
        assert said in notes
    notes = " | ".join(written(Picture((frame("L"),), "PNG", Meta(icc=ICC)), "PNG")[1])
    assert "ICC profile is for other channels" in notes


def test_gif_says_what_it_approximates() -> None:
    """Too many colours and partial transparency are each noted."""
    _, notes = written(Picture((frame("RGBA", height=64, width=64),), "PNG"), "GIF")
    assert any("approximated" in note for note in notes)
    assert any("partial transparency" in note for note in notes)


def test_a_side_too_long_is_refused_before_encoding() -> None:
    """WebP's limit of 16383 pixels is told, not run into."""
    with pytest.raises(ImageError, match="16383"):
        written(Picture((frame(height=1, width=16384),), "PNG"), "WEBP")


def test_png_keywords() -> None:
    """Text under a keyword that PNG cannot hold is dropped with a note."""
    data, notes = written(Picture((frame(),), "PNG", Meta(text={"名": "x", "a": "b"})), "PNG")
    assert b"tEXta\0b" in data
    assert any("keyword" in note for note in notes)


def test_gif_times_are_rounded_to_hundredths() -> None:
    """GIF counts hundredths of a second: each time becomes the nearest."""
    pixels = np.zeros((2, 2, 3), np.uint8)
    frames = tuple(Frame(pixels, "RGB", duration) for duration in (46, 54, 100))
    assert [found.duration for found in again(Picture(frames, "PNG"), "GIF").frames] == [50, 50, 100]
