"""`--match`: the kernels of OpenCV, scipy, ImageMagick and Pillow, by these themselves, and what is refused."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
import scipy.ndimage
from files_pixels import noise
from matching_tools import (
    DEPTHS,
    KERNELS,
    by_planes,
    flipped,
    found,
    imagemagick,
    needs_imagemagick,
    pictures,
    pillow,
    saturated,
    written,
)
from PIL import ImageFilter

from convfilter import apply
from convfilter.errors import KernelError, OptionError
from convfilter.kernels import Kernel
from convfilter.matching import matched


@pytest.mark.parametrize("depth", DEPTHS)
def test_kernels_are_opencvs(depth: Any) -> None:
    """`cv2.filter2D` gives the same levels in all but the last samples of a row, those after a multiple of 4."""
    for seed, weights in enumerate(KERNELS.values()):
        bias, flip = seed % 3 / 4, flipped(seed, depth)
        operations = matched("opencv", Kernel(weights, bias=bias, flip=flip), depth=depth)
        slid = cv2.flip(weights.astype(np.float64), -1) if flip else weights.astype(np.float64)
        height, width = weights.shape
        anchor = (width - 1 - width // 2, height - 1 - height // 2) if flip else (-1, -1)
        for picture in pictures(seed, depth):
            wanted = cv2.filter2D(picture, -1, slid, anchor=anchor, delta=bias * (2**depth - 1))
            rows = found(operations, picture).reshape(len(picture), -1)
            whole = rows.shape[1] // 4 * 4
            np.testing.assert_array_equal(rows[:, :whole], wanted.reshape(rows.shape)[:, :whole])
            assert np.abs(rows.astype(np.int64) - wanted.reshape(rows.shape)).max() <= 1


def test_spectral_kernels_are_nearly_opencvs() -> None:
    """Where `cv2.filter2D` multiplies spectra, under 0.1 % of the samples differ, and by one level."""
    weights = np.random.default_rng(1).random((13, 13))
    weights /= weights.sum()
    *_, picture = pictures(0, 8)
    difference = found(matched("opencv", Kernel(weights)), picture).astype(int) - cv2.filter2D(picture, -1, weights)
    assert np.abs(difference).max() <= 1
    assert (difference != 0).mean() < 0.001


@pytest.mark.parametrize("depth", DEPTHS)
def test_kernels_are_scipys(depth: Any) -> None:
    """`scipy.ndimage.correlate`, flipped `convolve`, gives the same levels; what it wraps around is cut off."""
    for seed, weights in enumerate(KERNELS.values()):
        flip = flipped(seed, depth)
        slide = scipy.ndimage.convolve if flip else scipy.ndimage.correlate
        operations = matched("scipy", Kernel(weights, flip=flip), depth=depth)
        for picture in pictures(seed, depth):
            cut = by_planes(lambda a, w=weights, f=slide: saturated(lambda b: f(b, w), a), picture)
            np.testing.assert_array_equal(found(operations, picture), cut)
            if (weights >= 0).all():
                np.testing.assert_array_equal(cut, by_planes(lambda a, w=weights, f=slide: f(a, w), picture))


def test_kernels_are_pillows() -> None:
    """`PIL.ImageFilter.Kernel` gives the same levels, with its rows upside down and its rim left alone."""
    for seed, weights in enumerate(weights for weights in KERNELS.values() if weights.shape in ((3, 3), (5, 5))):
        bias, flip = seed % 3 / 4, flipped(seed, 8)
        operations = matched("pillow", Kernel(weights, bias=bias, flip=flip))
        given = (weights[::-1, ::-1] if flip else weights).ravel().tolist()
        for picture in pictures(seed, 8):
            wanted = pillow(picture, ImageFilter.Kernel(weights.shape, given, scale=1, offset=bias * 255))
            np.testing.assert_array_equal(found(operations, picture), wanted)


@needs_imagemagick
@pytest.mark.parametrize("depth", DEPTHS)
def test_kernels_are_imagemagicks(depth: Any) -> None:
    """`convert -morphology Convolve`, which turns kernels, gives the same levels, with a bias and even sizes too."""
    for seed, weights in enumerate(KERNELS.values()):
        bias, flip = seed % 3 / 4, flipped(seed, depth)
        operations = matched("imagemagick", Kernel(weights, bias=bias, flip=flip), depth=depth)
        given = written(weights[::-1, ::-1] if flip else weights)
        for picture in pictures(seed, depth, 4):
            wanted = imagemagick(picture, "-bias", f"{100 * bias!r}%", "-morphology", "Convolve", given)
            np.testing.assert_array_equal(found(operations, picture), wanted)


@needs_imagemagick
def test_png_is_cut_as_imagemagick_cuts_it() -> None:
    """For a PNG, and with -depth 8, ImageMagick cuts down to 8 bits, and so does `png`."""
    *_, picture = pictures(0, 8)
    for kernel, settings in {"gaussian": ["-blur", "0x2"], "mean": ["-statistic", "Mean", "3x3"]}.items():
        operations = matched("imagemagick", kernel, png=True)  # type: ignore[arg-type]
        np.testing.assert_array_equal(found(operations, picture), imagemagick(picture, *settings, "-depth", "8"))


@needs_imagemagick
def test_alpha_is_a_channel_as_in_imagemagick() -> None:
    """With `-channel RGBA` ImageMagick blurs alpha and hidden colour as convfilter's match does."""
    picture = np.random.default_rng(6).integers(0, 256, (20, 24, 4), dtype=np.uint8)
    wanted = imagemagick(picture, "-channel", "RGBA", "-blur", "0x2")
    np.testing.assert_array_equal(found(matched("imagemagick", "gaussian"), picture), wanted)


def test_alpha_is_a_channel_as_in_pillow() -> None:
    """Pillow blurs alpha and hidden colour like any channel."""
    picture = np.random.default_rng(7).integers(0, 256, (20, 24, 4), dtype=np.uint8)
    wanted = pillow(picture, ImageFilter.GaussianBlur(2))
    np.testing.assert_array_equal(found(matched("pillow", "gaussian"), picture), wanted)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ({"tool": "gimp", "kernel": "mean"}, "opencv"),
        ({"tool": "opencv", "kernel": "sobel"}, "mean, gaussian"),
        ({"tool": "opencv", "kernel": "mean", "depth": 12}, "8 or 16"),
        ({"tool": "pillow", "kernel": "mean", "depth": 16}, "8 bits alone"),
        ({"tool": "pillow", "kernel": "mean", "size": 4}, "take 5"),
        ({"tool": "pillow", "kernel": "gaussian", "size": 5}, "leave --size"),
        ({"tool": "pillow", "kernel": Kernel(np.ones((3, 5)))}, "3 x 5"),
        ({"tool": "imagemagick", "kernel": "gaussian", "size": 1}, "3 or more"),
        ({"tool": "scipy", "kernel": Kernel(np.ones((3, 3)), bias=0.5)}, "bias"),
        ({"tool": "opencv", "kernel": Kernel(np.ones((3, 3, 2)), combine="max")}, "bank"),
    ],
)
def test_what_a_tool_cannot_do_is_refused(call: dict[str, Any], words: str) -> None:
    """What a tool has no way to do is refused with a sentence that says what to do."""
    with pytest.raises(OptionError, match=words):
        matched(**call)


def test_sizes_out_of_range_are_refused_for_every_tool() -> None:
    """Sizes and sigmas that no kernel has are refused, whatever the tool."""
    for tool in ("opencv", "scipy", "imagemagick", "pillow"):
        with pytest.raises(KernelError):
            matched(tool, "mean", size=0)  # type: ignore[arg-type]
        with pytest.raises(KernelError):
            matched(tool, "gaussian", sigma=-1.0)  # type: ignore[arg-type]


def test_the_least_sigmas_change_nothing(random: np.random.Generator) -> None:
    """Sigmas so small that their square is 0 leave a picture as it is, as every tool does."""
    pixels = noise(random, 20, 30, 3)
    for tool in ("opencv", "scipy", "imagemagick", "pillow"):
        for sigma in (1e-300, 1e-160, 1e-7):
            same = apply(pixels, *matched(tool, "gaussian", sigma=sigma))  # type: ignore[arg-type]
            np.testing.assert_array_equal(same, pixels)
