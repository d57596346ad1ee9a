"""`--match`: the levels of OpenCV, scipy, ImageMagick and Pillow, by these libraries themselves."""

from __future__ import annotations

import math
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import pytest
import scipy.ndimage
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from convfilter.arrays import apply
from convfilter.errors import KernelError, OptionError
from convfilter.kernels import Kernel
from convfilter.matching import matched
from convfilter.operations import Operations

Pixels = NDArray[Any]

DEPTHS = (8, 16)
SHAPES = ((1, 1), (1, 7), (9, 1), (2, 3), (13, 21), (33, 20, 3), (40, 64))
"""Also smaller than kernels; rows of 4 n samples and others."""

TENTHS = np.array([[1, 1, 1], [1, 2, 1], [1, 1, 1]]) / 10
KERNELS = {
    "tenths": TENTHS,
    "ninths": np.ones((3, 3)) / 9,
    "binomial": np.outer([1, 2, 1], [1, 2, 1]) / 16,
    "laplace": np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
    "sharp": np.array([[0, -0.1, 0], [-0.1, 1.4, -0.1], [0, -0.1, 0]]),
    "uneven": np.arange(1, 26).reshape(5, 5) / 325,
    "sixths": np.ones((2, 3)) / 6,
    "column": np.array([[0.3], [0.2], [0.1], [0.4]]),
}
"""With means that end at a half, sums that are not 1, negative results, and even sizes."""


def program() -> str | None:
    """ImageMagick 6 with 16 bits, without floats (HDRI), which other versions have; None where there is none."""
    name = shutil.which("convert") or shutil.which("magick")
    version = subprocess.run([name, "-version"], capture_output=True, text=True).stdout if name else ""
    return name if "ImageMagick 6" in version and "Q16" in version and "HDRI" not in version else None


CONVERT = program()
needs_imagemagick = pytest.mark.skipif(CONVERT is None, reason="needs ImageMagick 6 Q16 without HDRI")


def pictures(seed: int, depth: int, step: int = 3) -> Iterator[Pixels]:
    """Every step-th shape, from one that the seed says: random, of few levels, or with a flat part."""
    random = np.random.default_rng(seed)
    white = 2**depth - 1
    for index, shape in list(enumerate(SHAPES))[seed % step :: step]:
        picture = random.integers(0, white + 1, shape)
        if index % 3 == 1:
            picture = picture % 4 * (white // 3)
        elif index % 3 == 2:
            picture[: len(picture) // 2 + 1] = random.integers(0, white + 1)
        yield picture.astype(np.uint8 if depth == 8 else np.uint16)


def found(operations: Operations, picture: Pixels) -> Pixels:
    """What convfilter makes of a picture, alpha as any channel."""
    return apply(picture, *operations)


def by_planes(filter_: Any, picture: Pixels) -> Pixels:
    """A filter of planes over a picture."""
    if picture.ndim == 2:
        return filter_(picture)
    return np.stack([filter_(plane) for plane in np.moveaxis(picture, -1, 0)], -1)


def saturated(filter_: Any, picture: Pixels) -> Pixels:
    """A filter of scipy without the wrapping around of what is out of range."""
    white = np.iinfo(picture.dtype).max
    return np.clip(np.floor(filter_(picture.astype(np.float64))), 0, white).astype(picture.dtype)


def pillow(picture: Pixels, filter_: Any) -> Pixels:
    """A picture through a filter of Pillow."""
    return np.array(Image.fromarray(picture).filter(filter_))


def imagemagick(picture: Pixels, *settings: str) -> Pixels:
    """A picture through ImageMagick, from raw samples to PGM, PPM or PAM."""
    height, width = picture.shape[:2]
    depth = str(8 * picture.itemsize)
    kind, into = {1: ("gray", "pgm"), 3: ("rgb", "ppm"), 4: ("rgba", "pam")}[picture.size // (height * width)]
    call = [str(CONVERT), "-size", f"{width}x{height}", "-depth", depth, "-endian", "MSB", f"{kind}:-"]
    wire = picture.dtype.newbyteorder(">")
    data = picture.astype(wire).tobytes()
    written = subprocess.run([*call, *settings, f"{into}:-"], input=data, capture_output=True, check=True).stdout
    return np.frombuffer(written[-len(data) :], wire).astype(picture.dtype).reshape(picture.shape)


def flipped(seed: int, depth: int) -> bool:
    """Whether a kernel is flipped: each is, at one depth or the other."""
    return (seed + depth // 8) % 2 == 0


def written(weights: Pixels) -> str:
    """A kernel as ImageMagick reads it."""
    rows = " ".join(",".join(repr(float(weight)) for weight in row) for row in weights)
    return f"{weights.shape[1]}x{weights.shape[0]}:{rows}"


def sigmas(seed: int, count: int) -> list[float]:
    """Random sigmas from 0.2 to 12, small ones as often as great ones."""
    return [float(sigma) for sigma in np.exp(np.random.default_rng(seed).uniform(math.log(0.2), math.log(12), count))]


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
    """`cv2.blur` of 16 bits gives the same levels in rows of 4 n samples."""
    for size in (2, 3, 10, 31):
        operations = matched("opencv", "mean", size=size, depth=16)
        *_, picture = pictures(0, 16)
        np.testing.assert_array_equal(found(operations, picture), cv2.blur(picture, (size, size)))


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
