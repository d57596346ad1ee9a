"""`--match`: the Gaussians and means of OpenCV, scipy, ImageMagick and Pillow, by these libraries themselves."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
import scipy.ndimage
from matching_tools import DEPTHS, by_planes, found, imagemagick, needs_imagemagick, pictures, pillow, sigmas
from PIL import ImageFilter

from convfilter.matching import matched


@pytest.mark.parametrize("depth", DEPTHS)
def test_gaussians_are_opencvs(depth: Any) -> None:
    """`cv2.GaussianBlur` by sigma, by size, by both and by neither gives the same levels."""
    given = [(sigmas(1, 1)[0], None), (9.1, None), (None, 7), (None, 11), (1.7, 9), (None, None)]
    for seed, (sigma, size) in enumerate(given):
        operations = matched("opencv", "gaussian", sigma=sigma, size=size, depth=depth)
        for picture in pictures(seed, depth):
            wanted = cv2.GaussianBlur(picture, (size or 0, size or 0), sigma or (0 if size else 2))
            np.testing.assert_array_equal(found(operations, picture), wanted.reshape(picture.shape))


@pytest.mark.parametrize("depth", DEPTHS)
def test_gaussians_are_scipys(depth: Any) -> None:
    """`scipy.ndimage.gaussian_filter` gives the same levels, also where it turns flat parts darker by one."""
    given = [(sigmas(2, 1)[0], None), (0.7, None), (None, 7), (1.7, 9), (None, None)]
    for seed, (sigma, size) in enumerate(given):
        operations = matched("scipy", "gaussian", sigma=sigma, size=size, depth=depth)
        deviation = sigma or (2 if size is None else 0.3 * ((size - 1) * 0.5 - 1) + 0.8)
        radius = None if size is None else size // 2
        for picture in pictures(seed, depth):
            wanted = by_planes(lambda a, s=deviation, r=radius: scipy.ndimage.gaussian_filter(a, s, radius=r), picture)
            np.testing.assert_array_equal(found(operations, picture), wanted)


def test_flat_parts_are_scipys() -> None:
    """A flat picture of any level comes out of the Gaussian as scipy has it, which for some is one level darker."""
    flat = np.repeat(np.arange(256, dtype=np.uint8)[:, np.newaxis], 9, axis=1)
    darker = 0
    for sigma in (0.5, 0.7, 1.0, 2.3):
        along_rows = matched("scipy", "gaussian", sigma=sigma)[2:]
        wanted = scipy.ndimage.gaussian_filter1d(flat, sigma, axis=1)
        np.testing.assert_array_equal(found(along_rows, flat), wanted)
        darker += (wanted < flat).sum()
    assert darker


def test_gaussians_are_pillows() -> None:
    """`PIL.ImageFilter.GaussianBlur` gives the same levels."""
    for seed, sigma in enumerate([*sigmas(3, 2), 0.4, None]):
        operations = matched("pillow", "gaussian", sigma=sigma)
        for picture in pictures(seed, 8):
            wanted = pillow(picture, ImageFilter.GaussianBlur(2 if sigma is None else sigma))
            np.testing.assert_array_equal(found(operations, picture), wanted)


@needs_imagemagick
@pytest.mark.parametrize("depth", DEPTHS)
def test_gaussians_are_imagemagicks(depth: Any) -> None:
    """`convert -blur` by sigma and by radius gives the same levels, at any depth."""
    for seed, (sigma, size) in enumerate([(sigmas(4, 1)[0], None), (None, 5), (1.7, 9), (None, None)]):
        operations = matched("imagemagick", "gaussian", sigma=sigma, size=size, depth=depth)
        blur = f"{size // 2 if size else 0}x{sigma or (1 if size else 2)!r}"
        for picture in pictures(seed, depth):
            np.testing.assert_array_equal(found(operations, picture), imagemagick(picture, "-blur", blur))


def test_means_of_8_bits_are_opencvs() -> None:
    """`cv2.blur` gives the same levels for 8 bits, whose 2 x 2 it rounds up and whose others it rounds its own way."""
    for size in (1, 2, 3, 4, 6, 11, 16, 17):
        operations = matched("opencv", "mean", size=size)
        for picture in pictures(size, 8):
            wanted = cv2.blur(picture, (size, size)).reshape(picture.shape)
            np.testing.assert_array_equal(found(operations, picture), wanted)


def test_means_of_16_bits_are_opencvs() -> None:
    """`cv2.blur` of 16 bits gives the same levels, from 14 x 14 but for the samples of a row after a multiple of 8."""
    picture = np.random.default_rng(5).integers(0, 65536, (2000, 92), dtype=np.uint16)
    for size, samples in ((2, 92), (3, 92), (13, 92), (14, 88), (31, 88)):
        same = found(matched("opencv", "mean", size=size, depth=16), picture) == cv2.blur(picture, (size, size))
        assert same[:, :samples].all()


@pytest.mark.parametrize("depth", DEPTHS)
def test_means_are_scipys(depth: Any) -> None:
    """`scipy.ndimage.uniform_filter` gives the same levels, with even sizes too."""
    for size in (1, 2, 3, 6, 15):
        operations = matched("scipy", "mean", size=size, depth=depth)
        for picture in pictures(size, depth):
            wanted = by_planes(lambda plane, size=size: scipy.ndimage.uniform_filter(plane, size), picture)
            np.testing.assert_array_equal(found(operations, picture), wanted)


def test_means_are_pillows() -> None:
    """`PIL.ImageFilter.BoxBlur` gives the same levels."""
    for size in (1, 3, 9, 21):
        operations = matched("pillow", "mean", size=size)
        for picture in pictures(size, 8):
            np.testing.assert_array_equal(
                found(operations, picture), pillow(picture, ImageFilter.BoxBlur((size - 1) / 2))
            )


@needs_imagemagick
@pytest.mark.parametrize("depth", DEPTHS)
def test_means_are_imagemagicks(depth: Any) -> None:
    """`convert -statistic Mean` gives the same levels, with even sizes too."""
    for size in (2, 3, 8):
        operations = matched("imagemagick", "mean", size=size, depth=depth)
        for picture in pictures(size, depth):
            wanted = imagemagick(picture, "-statistic", "Mean", f"{size}x{size}")
            np.testing.assert_array_equal(found(operations, picture), wanted)
