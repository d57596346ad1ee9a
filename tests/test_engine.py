"""The engine against float64 references: every kernel, border, depth and number of channels."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from references import BORDERS, assert_same_levels, correlate, to_samples

from convfilter import Convolve, Grayscale, Kernel, engine, gaussian_kernel, mean_kernel
from convfilter.engine import bands

RANDOM = np.random.default_rng(20)
KERNELS = {
    "mean": mean_kernel(3),
    "gaussian": gaussian_kernel(2),
    "5x5 asymmetric": Kernel(RANDOM.random((5, 5)) / 12),
    "4x4": Kernel(RANDOM.random((4, 4)) / 8),
    "1x7": Kernel(RANDOM.random((1, 7)) / 3.5),
    "31x31": Kernel(RANDOM.random((31, 31)) / 480),
}
SCIPY_MODES = {
    "reflect": "mirror",
    "symmetric": "reflect",
    "edge": "nearest",
    "wrap": "wrap",
    "zero": "constant",
}


def random_pixels(height: int, width: int, channels: int, dtype: Any) -> NDArray[Any]:
    """Return samples over the whole range of their type."""
    return RANDOM.integers(0, np.iinfo(dtype).max + 1, (height, width, channels)).astype(dtype)


def run(pixels: NDArray[Any], *operations: Any, alpha: bool = False, **options: Any) -> NDArray[Any]:
    """Run operations over one frame."""
    return engine.run([pixels], operations, alpha=alpha, **options)[0]


def reference(pixels: NDArray[Any], kernel: Kernel, border: str, dilation: int = 1) -> NDArray[np.float64]:
    """Filter every channel in float64."""
    planes = [
        correlate(pixels[:, :, channel], kernel.weights, border, dilation=dilation)
        for channel in range(pixels.shape[2])
    ]
    return np.stack(planes, axis=-1)


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
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3])
def test_equals_the_float64_reference(name: str, border: str, dtype: Any, channels: int) -> None:
    """Every kernel and border agrees with float64 within a level, in all but 0.1 % of the samples exactly."""
    pixels = random_pixels(90, 110, channels, dtype)
    found = run(pixels, Convolve(KERNELS[name], border=border))
    assert_same_levels(found, to_samples(reference(pixels, KERNELS[name], border), dtype))


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_alpha_equals_the_float64_reference(name: str, border: str, dtype: Any) -> None:
    """RGBA is filtered premultiplied and comes out unpremultiplied, as float64 does it."""
    pixels = random_pixels(90, 110, 4, dtype)
    pixels[20:40, 20:60, 3] = 0
    found = run(pixels, Convolve(KERNELS[name], border=border), alpha=True)
    wanted = to_samples(weighted_reference(pixels, KERNELS[name], border), dtype)
    assert_same_levels(found[:, :, 3], wanted[:, :, 3])
    visible = wanted[:, :, 3] > 0
    assert_same_levels(found[visible], wanted[visible])


@pytest.mark.parametrize("border", SCIPY_MODES)
@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("size", [(3, 3), (4, 4), (2, 5), (6, 1)])
def test_agrees_with_scipy(border: Any, flip: bool, size: tuple[int, int]) -> None:
    """scipy.ndimage has the same anchor, borders and, with flip, the same true convolution."""
    pixels = random_pixels(40, 50, 1, np.uint8)
    kernel = Kernel(RANDOM.random(size) / np.prod(size) * 2, flip=flip)
    filter_ = scipy.ndimage.convolve if flip else scipy.ndimage.correlate
    wanted = filter_(pixels[:, :, 0].astype(np.float64), kernel.weights, mode=SCIPY_MODES[border])
    assert_same_levels(run(pixels, Convolve(kernel, border=border))[:, :, 0], to_samples(wanted, np.uint8))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_shape_kernel_border_stride_and_dilation(data: st.DataObject) -> None:
    """Random shapes, down to one pixel and far smaller than the kernel, agree with the reference."""
    height, width = data.draw(st.integers(1, 40)), data.draw(st.integers(1, 40))
    size = data.draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    border = data.draw(st.sampled_from(BORDERS[:-1]))
    stride, dilation = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 3))
    kernel = Kernel(RANDOM.normal(size=size) + 0.1)
    pixels = RANDOM.random((height, width, 2)).astype(np.float32)
    found = run(pixels, Convolve(kernel, stride=stride, dilation=dilation, border=border))
    wanted = reference(pixels, kernel, border, dilation)[::stride, ::stride]
    np.testing.assert_allclose(found, wanted, atol=2e-5)


@pytest.mark.parametrize("border", BORDERS[:-1])
def test_a_kernel_much_larger_than_the_picture(border: Any) -> None:
    """A 51x51 kernel on pictures of one or two pixels gives them back in their size, by every border."""
    kernel = Kernel(RANDOM.random((51, 51)) / 1300)
    for height, width in ((1, 1), (1, 9), (2, 2), (7, 1)):
        pixels = random_pixels(height, width, 3, np.uint8)
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


def test_halves_round_to_even() -> None:
    """A mean that lies exactly between two levels goes to the even one, as whole-number arithmetic says."""
    for dtype in (np.uint8, np.uint16):
        pixels = random_pixels(60, 60, 1, dtype)
        for size in (2, 4, 6, 10):
            found = run(pixels, Convolve(mean_kernel(size), border="valid"))[:, :, 0]
            windows = np.lib.stride_tricks.sliding_window_view(pixels[:, :, 0].astype(np.int64), (size, size))
            total, count = windows.sum(axis=(2, 3)), size * size
            floor, rest = total // count, total % count
            wanted = floor + ((2 * rest > count) | ((2 * rest == count) & (floor % 2 == 1)))
            np.testing.assert_array_equal(found, wanted)


def test_results_saturate() -> None:
    """Results beyond the range stop at its ends and never wrap around."""
    pixels = np.array([[[0], [200]]], np.uint8)
    twice = run(pixels, Convolve(Kernel(np.array([[2.0]]))))
    minus = run(pixels, Convolve(Kernel(np.array([[-2.0]]))))
    assert twice.ravel().tolist() == [0, 255]
    assert minus.ravel().tolist() == [0, 0]


def test_hidden_colour_never_bleeds() -> None:
    """Red under alpha 0 beside opaque green leaves the green green."""
    pixels = np.zeros((20, 20, 4), np.uint8)
    pixels[:, :10] = (255, 0, 0, 0)
    pixels[:, 10:] = (0, 255, 0, 255)
    found = run(pixels, Convolve(gaussian_kernel(2)), alpha=True)
    assert found[:, :, 0].max() == 0
    assert set(np.unique(found[:, :, 1])) <= {0, 255}


def test_opaque_alpha_changes_nothing() -> None:
    """An opaque RGBA picture is filtered to the same colours as its RGB, whatever the kernel sums to."""
    pixels = random_pixels(50, 60, 4, np.uint8)
    pixels[:, :, 3] = 255
    for weights in (RANDOM.random((5, 5)) / 6, RANDOM.normal(size=(3, 3)), mean_kernel(4).weights):
        operation = Convolve(Kernel(weights))
        found = run(pixels, operation, alpha=True)
        assert_same_levels(found[:, :, :3], run(np.ascontiguousarray(pixels[:, :, :3]), operation))
        assert (found[:, :, 3] == 255).all()


@pytest.mark.parametrize("stride", [1, 3])
@pytest.mark.parametrize("border", ["reflect", "valid"])
def test_zero_sum_kernels_keep_alpha(stride: int, border: Any) -> None:
    """A derivative filters the colour as it is and leaves alpha alone."""
    pixels = random_pixels(30, 40, 4, np.uint8)
    kernel = Kernel(np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]), bias=0.5)
    found = run(pixels, Convolve(kernel, stride=stride, border=border), alpha=True)
    alpha = pixels[1:-1, 1:-1, 3] if border == "valid" else pixels[:, :, 3]
    np.testing.assert_array_equal(found[:, :, 3], alpha[::stride, ::stride])
    wanted = reference(pixels[:, :, :3], kernel, border)[::stride, ::stride] + 0.5 * 255
    np.testing.assert_array_equal(found[:, :, :3], to_samples(wanted, np.uint8))


@pytest.mark.parametrize("combine", ["magnitude", "sum", "max"])
def test_banks_combine(combine: Any) -> None:
    """A bank's maps become the root of the sum of squares, the sum, or the greatest of them."""
    weights = RANDOM.normal(size=(3, 4, 5))
    pixels = random_pixels(30, 30, 3, np.uint8)
    found = run(pixels, Convolve(Kernel(weights, combine=combine, bias=0.1)))
    maps = np.stack([reference(pixels, Kernel(weights[:, :, n]), "reflect") for n in range(5)])
    whole = {"magnitude": np.sqrt((maps**2).sum(0)), "sum": maps.sum(0), "max": maps.max(0)}[combine]
    assert_same_levels(found, to_samples(whole + 0.1 * 255, np.uint8))


def test_ranges() -> None:
    """The three ranges cut off, take magnitudes, or stretch least to 0 and greatest to white, over all frames."""
    frames = [random_pixels(20, 20, 1, np.uint8), random_pixels(30, 10, 1, np.uint8) // 4]
    operation = Convolve(Kernel(np.array([[-1.0, 0, 1]])))
    values = [reference(frame, operation.kernel, "reflect") for frame in frames]
    absolute = engine.run(frames, (operation,), alpha=False, range_="abs")
    stretched = engine.run(frames, (operation,), alpha=False, range_="rescale")
    least, greatest = min(v.min() for v in values), max(v.max() for v in values)
    for value, magnitude, stretch in zip(values, absolute, stretched, strict=True):
        np.testing.assert_array_equal(magnitude, to_samples(np.abs(value), np.uint8))
        assert_same_levels(stretch, to_samples((value - least) / (greatest - least) * 255, np.uint8))
    flat = np.full((5, 5, 1), 9, np.uint8)
    np.testing.assert_array_equal(run(flat, Convolve(mean_kernel(3)), range_="rescale"), flat)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_gray_methods(dtype: Any) -> None:
    """Grey is the mean, the luma of BT.601 and BT.709, or the luminance of linear light; alpha stays."""
    pixels = random_pixels(40, 40, 4, dtype)
    white = np.iinfo(dtype).max
    colour = pixels[:, :, :3].astype(np.float64)
    encoded = colour / white
    light = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    luminance = light @ (0.2126, 0.7152, 0.0722)
    wanted = {
        "mean": colour.sum(-1) / 3,
        "rec601": colour @ (0.299, 0.587, 0.114),
        "rec709": colour @ (0.2126, 0.7152, 0.0722),
        "linear": white * np.where(luminance <= 0.0031308, luminance * 12.92, 1.055 * luminance ** (1 / 2.4) - 0.055),
    }
    for method, values in wanted.items():
        found = run(pixels, Grayscale(method), alpha=True)  # type: ignore[arg-type]
        assert_same_levels(found[:, :, 0], to_samples(values, dtype))
        np.testing.assert_array_equal(found[:, :, 1], pixels[:, :, 3])


def test_floats_are_neither_clipped_nor_rounded() -> None:
    """A float picture keeps values outside [0, 1]."""
    pixels = RANDOM.normal(size=(20, 20, 3)).astype(np.float32) * 5
    found = run(pixels, Convolve(Kernel(np.array([[1.0]]))))
    np.testing.assert_array_equal(found, pixels)


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("samples", [1, 1500, 4000])
def test_bands_change_nothing(border: Any, samples: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain computed in bands of a few rows is bit for bit what it is in one piece."""
    chain = (
        Convolve(Kernel(RANDOM.random((5, 3)) / 7), border=border),
        Grayscale("rec601"),
        Convolve(Kernel(RANDOM.random((4, 4)) / 8), stride=2, border=border),
        Convolve(mean_kernel(3), dilation=2, border=border),
    )
    pixels = random_pixels(67, 45, 4, np.uint8)
    whole = run(pixels, *chain, alpha=True)
    monkeypatch.setattr(bands, "BAND_SAMPLES", samples)
    np.testing.assert_array_equal(run(pixels, *chain, alpha=True), whole)


def test_chain_is_rounded_once() -> None:
    """Between two kernels nothing is rounded or cut off."""
    pixels = random_pixels(20, 20, 1, np.uint8)
    up, down = Kernel(np.array([[16.0]])), Kernel(np.array([[1 / 16]]))
    np.testing.assert_array_equal(run(pixels, Convolve(up), Convolve(down)), pixels)
    np.testing.assert_array_equal(run(pixels, Convolve(down), Convolve(up)), pixels)


@pytest.mark.slow  # TensorFlow waits half a minute for memory before it gives up
def test_memory_that_runs_out_is_told() -> None:
    """Item 29: where the device's memory does not suffice, the error says so, and the process lives on."""
    script = """
import resource
import numpy as np
import convfilter
small, wide = np.zeros((9, 9, 1), np.uint8), np.zeros((30, 1_000_000, 1), np.uint8)
convfilter.blur(small)
pages = int(open("/proc/self/statm").read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 150_000_000,) * 2)
try:
    convfilter.blur(wide)
except convfilter.ImageError as error:
    convfilter.blur(small)
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "does not fit into the memory of the device" in done.stdout
