"""What the engine does to values: rounding, saturation, alpha, banks, ranges, grey, bands, chains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from engine_runs import reference, run
from files_pixels import noise
from layouts import LAYOUTS, layout
from references import assert_same_levels, to_samples

from convfilter import Convolve, Grayscale, Kernel, engine, gaussian_kernel, mean_kernel


@pytest.fixture(scope="module", autouse=True, params=LAYOUTS)
def every_layout(request: pytest.FixtureRequest) -> Iterator[None]:
    """All that follows holds in every layout."""
    with layout(request.param):
        yield


def test_halves_round_to_even(random: np.random.Generator) -> None:
    """A mean that lies exactly between two levels goes to the even one, as whole-number arithmetic says."""
    for dtype in (np.uint8, np.uint16):
        pixels = noise(random, 60, 60, 1, dtype=dtype)
        for size in (2, 4, 6, 10, 14, 28):  # 14 x 14 x (1 / 196) is not 1 in floating point
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


def test_opaque_alpha_changes_nothing(random: np.random.Generator) -> None:
    """An opaque RGBA picture is filtered to the same colours as its RGB, whatever the kernel sums to."""
    pixels = noise(random, 50, 60, 4)
    pixels[:, :, 3] = 255
    for weights in (random.random((5, 5)) / 6, random.normal(size=(3, 3)), mean_kernel(4).weights):
        operation = Convolve(Kernel(weights))
        found = run(pixels, operation, alpha=True)
        assert_same_levels(found[:, :, :3], run(np.ascontiguousarray(pixels[:, :, :3]), operation))
        assert (found[:, :, 3] == 255).all()


@pytest.mark.parametrize("stride", [1, 3])
@pytest.mark.parametrize("border", ["reflect", "valid"])
def test_zero_sum_kernels_keep_alpha(stride: int, border: Any, random: np.random.Generator) -> None:
    """A derivative filters the colour as it is and leaves alpha alone."""
    pixels = noise(random, 30, 40, 4)
    kernel = Kernel(np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]), bias=0.5)
    found = run(pixels, Convolve(kernel, stride=stride, border=border), alpha=True)
    alpha = pixels[1:-1, 1:-1, 3] if border == "valid" else pixels[:, :, 3]
    np.testing.assert_array_equal(found[:, :, 3], alpha[::stride, ::stride])
    wanted = reference(pixels[:, :, :3], kernel, border)[::stride, ::stride] + 0.5 * 255
    np.testing.assert_array_equal(found[:, :, :3], to_samples(wanted, np.uint8))


@pytest.mark.parametrize("combine", ["magnitude", "sum", "max"])
def test_banks_combine(combine: Any, random: np.random.Generator) -> None:
    """A bank's maps become the root of the sum of squares, the sum, or the greatest of them."""
    weights = random.normal(size=(3, 4, 5))
    pixels = noise(random, 30, 30, 3)
    found = run(pixels, Convolve(Kernel(weights, combine=combine, bias=0.1)))
    maps = np.stack([reference(pixels, Kernel(weights[:, :, n]), "reflect") for n in range(5)])
    whole = {"magnitude": np.sqrt((maps**2).sum(0)), "sum": maps.sum(0), "max": maps.max(0)}[combine]
    assert_same_levels(found, to_samples(whole + 0.1 * 255, np.uint8))


def test_ranges(random: np.random.Generator) -> None:
    """The three ranges cut off, take magnitudes, or stretch least to 0 and greatest to white, over all frames."""
    frames = [noise(random, 20, 20, 1), noise(random, 30, 10, 1) // 4]
    operation = Convolve(Kernel(np.array([[-1.0, 0, 1]])))
    values = [reference(frame, operation.kernel, "reflect") for frame in frames]
    absolute = engine.run(frames, (operation,), alpha=False, range_="abs").frames
    stretched = engine.run(frames, (operation,), alpha=False, range_="rescale").frames
    least, greatest = min(v.min() for v in values), max(v.max() for v in values)
    for value, magnitude, stretch in zip(values, absolute, stretched, strict=True):
        np.testing.assert_array_equal(magnitude, to_samples(np.abs(value), np.uint8))
        assert_same_levels(stretch, to_samples((value - least) / (greatest - least) * 255, np.uint8))
    flat = np.full((5, 5, 1), 9, np.uint8)
    np.testing.assert_array_equal(run(flat, Convolve(mean_kernel(3)), range_="rescale"), flat)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_gray_methods(dtype: Any, random: np.random.Generator) -> None:
    """Grey is the mean, the luma of BT.601 and BT.709, or the luminance of linear light; alpha stays."""
    pixels = noise(random, 40, 40, 4, dtype=dtype)
    white = np.iinfo(dtype).max
    colour = pixels[:, :, :3].astype(np.float64)
    encoded = colour / white
    light = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    luminance = light @ (0.2126, 0.7152, 0.0722)
    wanted = {
        "mean": colour.sum(-1) / 3,
        "rec601": colour @ (299, 587, 114) / 1000,
        "rec709": colour @ (2126, 7152, 722) / 10000,
        "linear": white * np.where(luminance <= 0.0031308, luminance * 12.92, 1.055 * luminance ** (1 / 2.4) - 0.055),
    }
    for method, values in wanted.items():
        found = run(pixels, Grayscale(method), alpha=True)  # type: ignore[arg-type]
        assert_same_levels(found[:, :, 0], to_samples(values, dtype))
        np.testing.assert_array_equal(found[:, :, 1], pixels[:, :, 3])


def test_floats_are_neither_clipped_nor_rounded(random: np.random.Generator) -> None:
    """A float picture keeps values outside [0, 1]."""
    pixels = random.normal(size=(20, 20, 3)).astype(np.float32) * 5
    found = run(pixels, Convolve(Kernel(np.array([[1.0]]))))
    np.testing.assert_array_equal(found, pixels)


def test_chain_is_rounded_once(random: np.random.Generator) -> None:
    """Between two kernels nothing is rounded or cut off."""
    pixels = noise(random, 20, 20, 1)
    up, down = Kernel(np.array([[16.0]])), Kernel(np.array([[1 / 16]]))
    np.testing.assert_array_equal(run(pixels, Convolve(up), Convolve(down)), pixels)
    np.testing.assert_array_equal(run(pixels, Convolve(down), Convolve(up)), pixels)


def test_alpha_of_16_bits_is_exact(random: np.random.Generator) -> None:
    """Alpha under weights of whole sixteenths is rounded as whole numbers are, halves to even, in 16 bits too."""
    pixels = noise(random, 60, 50, 4, dtype="uint16")
    whole = random.integers(0, 9, (3, 3))
    found = run(pixels, Convolve(Kernel(whole / 16), border="edge"), alpha=True)[:, :, 3]
    padded = np.pad(pixels[:, :, 3].astype(np.int64), 1, mode="edge")
    total = sum(whole[y, x] * padded[y : y + 60, x : x + 50] for y in range(3) for x in range(3))
    np.testing.assert_array_equal(found, np.rint(total / whole.sum()))
