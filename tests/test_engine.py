"""The engine against float64 references: every kernel, border, depth and number of channels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scipy.ndimage
from engine_runs import reference, run
from files_pixels import noise
from hypothesis import given, settings
from hypothesis import strategies as st
from layouts import LAYOUTS, layout
from numpy.typing import NDArray
from references import BORDERS, assert_same_levels, to_samples

from convfilter import Convolve, Kernel, Pool, gaussian_kernel, mean_kernel


@pytest.fixture(scope="module", autouse=True, params=LAYOUTS)
def every_layout(request: pytest.FixtureRequest) -> Iterator[None]:
    """All that follows holds in every layout."""
    with layout(request.param):
        yield


def asymmetric(*size: int) -> Kernel:
    """A kernel that no turn maps to itself, and that sums to about 1."""
    weights = np.random.default_rng(size).random(size)
    return Kernel(weights / weights.size * 2)


KERNELS = {
    "mean": mean_kernel(3),
    "gaussian": gaussian_kernel(2),
    "5x5 asymmetric": asymmetric(5, 5),
    "4x4": asymmetric(4, 4),
    "1x7": asymmetric(1, 7),
    "31x31": asymmetric(31, 31),
}
QUICK_ALPHA = (("gaussian", np.uint8), ("5x5 asymmetric", np.uint16), ("4x4", np.uint8))
"""Those of the kernels and depths with alpha that are not among the slow tests."""

SCIPY_MODES = {
    "reflect": "mirror",
    "symmetric": "reflect",
    "edge": "nearest",
    "wrap": "wrap",
    "zero": "constant",
}


def weighted_reference(pixels: NDArray[Any], kernel: Kernel, border: str) -> NDArray[np.float64]:
    """Premultiply, filter, unpremultiply."""
    white = np.iinfo(pixels.dtype).max
    alpha = pixels[:, :, -1:] / white
    premultiplied = reference(np.concatenate([pixels[:, :, :-1] * alpha, alpha], -1), kernel, border)
    coverage = premultiplied[:, :, -1:] / kernel.weights.sum()
    colour = np.divide(
        premultiplied[:, :, :-1], coverage, out=np.zeros_like(premultiplied[:, :, :-1]), where=coverage > 1e-6
    )
    return np.concatenate([colour, coverage * white], -1)


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize(
    ("dtype", "channels"),
    [
        (np.uint8, 3),
        (np.uint16, 1),
        pytest.param(np.uint8, 1, marks=pytest.mark.slow),
        pytest.param(np.uint16, 3, marks=pytest.mark.slow),
    ],
)
def test_equals_the_float64_reference(
    name: str, border: str, dtype: Any, channels: int, random: np.random.Generator
) -> None:
    """Every kernel and border agrees with float64 within a level, in all but 0.1 % of the samples exactly."""
    pixels = noise(random, 90, 110, channels, dtype=dtype)
    found = run(pixels, Convolve(KERNELS[name], border=border))
    assert_same_levels(found, to_samples(reference(pixels, KERNELS[name], border), dtype))


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        pytest.param(name, dtype, marks=() if (name, dtype) in QUICK_ALPHA else pytest.mark.slow)
        for name in KERNELS
        for dtype in (np.uint8, np.uint16)
    ],
)
def test_alpha_equals_the_float64_reference(name: str, border: str, dtype: Any, random: np.random.Generator) -> None:
    """RGBA is filtered premultiplied and comes out unpremultiplied, as float64 does it."""
    pixels = noise(random, 90, 110, 4, dtype=dtype)
    pixels[20:40, 20:60, 3] = 0
    found = run(pixels, Convolve(KERNELS[name], border=border), alpha=True)
    wanted = to_samples(weighted_reference(pixels, KERNELS[name], border), dtype)
    assert_same_levels(found[:, :, 3], wanted[:, :, 3])
    visible = wanted[:, :, 3] > 0
    assert_same_levels(found[visible], wanted[visible])


@pytest.mark.parametrize("border", SCIPY_MODES)
@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("size", [(3, 3), (4, 4), (2, 5), (6, 1)])
def test_agrees_with_scipy(border: Any, flip: bool, size: tuple[int, int], random: np.random.Generator) -> None:
    """scipy.ndimage has the same anchor, borders and, with flip, the same true convolution."""
    pixels = noise(random, 40, 50, 1)
    kernel = Kernel(random.random(size) / np.prod(size) * 2, flip=flip)
    filter_ = scipy.ndimage.convolve if flip else scipy.ndimage.correlate
    wanted = filter_(pixels[:, :, 0].astype(np.float64), kernel.weights, mode=SCIPY_MODES[border])
    assert_same_levels(run(pixels, Convolve(kernel, border=border))[:, :, 0], to_samples(wanted, np.uint8))


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_shape_kernel_border_stride_and_dilation(data: st.DataObject) -> None:
    """Random shapes, down to one pixel and far smaller than the kernel, agree with the reference."""
    height, width = data.draw(st.integers(1, 40)), data.draw(st.integers(1, 40))
    size = data.draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    border = data.draw(st.sampled_from(BORDERS[:-1]))
    stride, dilation = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 3))
    random = np.random.default_rng(data.draw(st.integers(0, 999)))
    kernel = Kernel(random.normal(size=size) + 0.1)
    pixels = noise(random, height, width, 2, dtype="float32")
    found = run(pixels, Convolve(kernel, stride=stride, dilation=dilation, border=border))
    wanted = reference(pixels, kernel, border, dilation)[::stride, ::stride]
    np.testing.assert_allclose(found, wanted, atol=2e-5)


@pytest.mark.parametrize(
    "border",
    ["reflect", "zero", *(pytest.param(one, marks=pytest.mark.slow) for one in ("symmetric", "edge", "wrap"))],
)
def test_a_kernel_much_larger_than_the_picture(border: Any, random: np.random.Generator) -> None:
    """A 51x51 kernel on pictures of one or two pixels gives them back in their size, by every border."""
    kernel = Kernel(random.random((51, 51)) / 1300)
    for height, width in ((1, 1), (1, 9), (2, 2), (7, 1)):
        pixels = noise(random, height, width, 3)
        found = run(pixels, Convolve(kernel, border=border))
        assert_same_levels(found, to_samples(reference(pixels, kernel, border), np.uint8))


@pytest.mark.parametrize("size", [(3, 3), (5, 5), (4, 4), (1, 7), (2, 3)])
@pytest.mark.parametrize("flip", [False, True])
def test_impulse_shows_orientation_and_anchor(size: tuple[int, int], flip: bool) -> None:
    """One bright pixel gives the kernel turned by 180 degrees, or the kernel itself with flip."""
    kernel = Kernel(np.arange(1, size[0] * size[1] + 1).reshape(size) / 255, flip=flip)
    pixels = np.zeros((21, 21, 1), np.uint8)
    pixels[10, 10] = 255
    found = run(pixels, Convolve(kernel, border="zero"))[:, :, 0]
    levels = np.arange(1, size[0] * size[1] + 1).reshape(size)
    anchor = (size[0] // 2, size[1] // 2)
    top, left = (
        (10 - anchor[0], 10 - anchor[1]) if flip else (10 - (size[0] - 1 - anchor[0]), 10 - (size[1] - 1 - anchor[1]))
    )
    wanted = np.zeros((21, 21), np.uint8)
    wanted[top : top + size[0], left : left + size[1]] = levels if flip else levels[::-1, ::-1]
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("border", ["reflect", "symmetric", "edge", "wrap"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_constant_stays_constant_to_the_corner(border: Any, dtype: Any) -> None:
    """A picture of one colour comes out unchanged by every kernel that sums to 1."""
    for level in (0, 1, 77, np.iinfo(dtype).max):
        pixels = np.full((20, 30, 3), level, dtype)
        for kernel in (mean_kernel(6), mean_kernel(31), gaussian_kernel(3.3), gaussian_kernel(size=5)):
            np.testing.assert_array_equal(run(pixels, Convolve(kernel, border=border)), pixels)


@pytest.mark.parametrize(("shape", "size"), [((10, 10, 3), 300), ((1, 20_000, 3), 51), ((120, 90, 3), 255)])
def test_large_kernels_on_several_channels(shape: tuple[int, int, int], size: int, random: np.random.Generator) -> None:
    """Kernels far larger than usual, or on wide pictures, give what they give on each channel alone."""
    pixels = random.integers(0, 256, shape).astype(np.uint8)
    kernel = Kernel(random.random((size, size)) / size**2 * 2) if size < 100 else mean_kernel(size)
    found = run(pixels, Convolve(kernel))
    for channel in range(3):
        alone = run(pixels[:, :, channel : channel + 1], Convolve(kernel))
        np.testing.assert_array_equal(found[:, :, channel : channel + 1], alone)


@pytest.mark.parametrize("sigma", [8, 20, 60])
def test_wide_gaussians_keep_their_digits(sigma: float, random: np.random.Generator) -> None:
    """Tens of thousands of weights are summed so that under 0.1 % of the samples differ from float64."""
    pixels = random.integers(0, 256, (200, 250, 1)).astype(np.uint8)
    wanted = scipy.ndimage.gaussian_filter(pixels[:, :, 0].astype(np.float64), sigma, mode="mirror")
    found = run(pixels, Convolve(gaussian_kernel(sigma)))
    assert_same_levels(found[:, :, 0], to_samples(wanted, np.uint8))


SUM_TO_ONE = (Kernel(np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]])), asymmetric(3, 4), gaussian_kernel(1))


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 9999), picks=st.lists(st.sampled_from([0, 0, 1, 2, "pool"]), min_size=1, max_size=3))
def test_one_colour_stays_under_any_alpha(seed: int, picks: list[Any]) -> None:
    """A chain of kernels that sum to one, and of means, leaves the colour of all that is to be seen as it was."""
    random = np.random.default_rng(seed)
    alpha = random.choice([0, 0, 255, 255, 90], (24, 20, 1))
    pixels = np.concatenate([np.full((24, 20, 3), 100), alpha], 2).astype(np.uint8)
    scaled = [Kernel(kernel.weights / kernel.weights.sum()) for kernel in SUM_TO_ONE]
    chain = [Pool("mean", 2) if pick == "pool" else Convolve(scaled[pick]) for pick in picks]
    found = run(pixels, *chain, alpha=True)
    visible = found[:, :, 3] > 0
    assert np.abs(found[visible][:, :3].astype(int) - 100).max(initial=0) <= 1
