"""What comes through a run as it was, and what a format cannot hold, which is told."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from conftest import MAX_PIXELS, pixels_of
from files import ODD_PICTURES, made
from files_build import chunk
from files_records import Odd, difference
from PIL import Image

from convfilter.endpoints import read_source


@pytest.mark.parametrize("odd", ODD_PICTURES, ids=lambda odd: odd.name)
def test_identity_keeps_the_picture(cli: Any, odd: Odd, tmp_path: Path) -> None:
    """`apply --kernel identity` keeps samples, depth, frames, timing and profile where the format is lossless."""
    (path,) = made(tmp_path / "in", odd)
    answer = cli("apply", path, "--kernel", "identity", "-o", f"{tmp_path}/out/")
    assert answer.code == 0, answer.err
    before = read_source(path, MAX_PIXELS)
    after = read_source(Path(answer.out.strip()), MAX_PIXELS)
    assert len(after.frames) == len(before.frames)
    for old, new in zip(before.frames, after.frames, strict=True):
        assert len(before.frames) == 1 or old.duration == pytest.approx(new.duration, abs=1)
        assert old.pixels.shape[:2] == new.pixels.shape[:2]
        if path.suffix == ".gif":  # which cannot hold colour under transparency
            assert difference(old.pixels, new.pixels, old.mode) == 0
        elif before.meta.lossless and after.meta.lossless and not answer.err:
            assert (old.mode, old.pixels.dtype) == (new.mode, new.pixels.dtype)
            np.testing.assert_array_equal(old.pixels, new.pixels)
    if not answer.err:
        assert (after.meta.icc, after.meta.xmp) == (before.meta.icc, before.meta.xmp)
        if path.suffix != ".avif":  # which has no place for an EXIF that tells the orientation alone
            assert after.meta.exif == before.meta.exif


@pytest.mark.parametrize("suffix", [".jpg", ".bmp"])
def test_a_format_without_alpha(cli: Any, tmp_path: Path, suffix: str) -> None:
    """Item 15: alpha goes onto white where the output has none, and that is said, but for --quiet."""
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(tmp_path / "in.png")
    answer = cli("blur", tmp_path / "in.png", "-o", tmp_path / f"out{suffix}")
    assert (answer.code, answer.err) == (0, f"{tmp_path}/in.png: transparency was flattened onto white\n")
    assert pixels_of(tmp_path / f"out{suffix}").min() == 255
    answer = cli("blur", tmp_path / "in.png", "-o", tmp_path / f"out{suffix}", "--overwrite", "-q")
    assert (answer.code, answer.out, answer.err) == (0, "", "")


def test_a_refused_format_leaves_the_target(cli: Any, tmp_path: Path) -> None:
    """Item 15: where a format cannot hold the picture at all, an existing target stays as it was."""
    Image.new("L", (20_000, 2)).save(tmp_path / "wide.png")
    (tmp_path / "out.webp").write_bytes(b"mine")
    answer = cli("blur", tmp_path / "wide.png", "-o", tmp_path / "out.webp", "--overwrite")
    assert answer.code == 1
    assert "16383" in answer.err
    assert (tmp_path / "out.webp").read_bytes() == b"mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.webp", "wide.png"]


def test_colorimetry_of_png(cli: Any, photo: Path) -> None:
    """The chunks that say which light the samples stand for stay as they are, and their loss is told."""
    data = photo.read_bytes()
    told = [(b"gAMA", struct.pack(">I", 100_000)), (b"cICP", bytes([9, 16, 0, 1]))]
    photo.write_bytes(data[:33] + b"".join(chunk(name, content) for name, content in told) + data[33:])
    assert cli("blur", photo).err == ""
    after = photo.with_name("photo.blur.png").read_bytes()
    for name, content in told:
        assert chunk(name, content) in after
    answer = cli("blur", photo, "-o", photo.with_name("out.webp"))
    assert "holds no gamma and primaries" in answer.err


def test_subsampling_that_cannot_be_kept(cli: Any, tmp_path: Path) -> None:
    """A JPEG of 4:1:1 or 4:4:0 is written as 4:4:4, and that is said."""
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3)).astype(np.uint8)
    for factor in (cv2.IMWRITE_JPEG_SAMPLING_FACTOR_411, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_440):
        cv2.imwrite(str(tmp_path / "in.jpg"), pixels, [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, factor])
        answer = cli("blur", tmp_path / "in.jpg", "--overwrite")
        assert answer.code == 0
        assert "written as 4:4:4" in answer.err


def test_tags_of_tiff_that_are_lost_are_told(cli: Any, tmp_path: Path) -> None:
    """Descriptions of later pages, private tags and those of a BigTIFF are not kept, and that is said."""
    page = np.zeros((8, 8), np.uint8)
    with tifffile.TiffWriter(tmp_path / "pages.tif") as writer:
        for text in ("first", "second"):
            writer.write(
                page, description=text, metadata=None, contiguous=False, extratags=[(42112, 2, 4, "abc", True)]
            )
    tifffile.imwrite(tmp_path / "big.tif", page, bigtiff=True, description="text", metadata=None)
    answer = cli("blur", tmp_path / "pages.tif", tmp_path / "big.tif")
    assert answer.code == 0
    for words in ("only the first page's description", "private tags", "descriptions of a BigTIFF"):
        assert words in answer.err
