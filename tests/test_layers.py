"""The layers of a network beside convolution agree with plain TensorFlow, in tiles of any size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.ndimage
from engine_runs import run
from files_pixels import noise
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from layouts import in_tiles, layout
from plain_tensorflow import in_plain_tensorflow
from references import assert_same_levels, to_samples

from convfilter import Activate, Convolve, Dropout, Kernel, OptionError, Pool, gaussian_kernel
from convfilter.names import ACTIVATIONS
from convfilter.operations import output_size
from convfilter.pointwise import Round
from convfilter.runtime import tensorflow

tf = tensorflow()
LAYERS = st.lists(
    st.one_of(
        st.builds(
            Convolve,
            st.integers(0, 99).map(lambda seed: Kernel(np.random.default_rng(seed).normal(size=(3, 4)) / 3, bias=0.1)),
            stride=st.integers(1, 2),
            dilation=st.integers(1, 2),
            border=st.just("zero"),
        ),
        st.builds(Activate, st.sampled_from(ACTIVATIONS)),
        st.builds(
            Pool,
            st.sampled_from(["max", "mean"]),
            size=st.integers(1, 5),
            stride=st.integers(1, 4) | st.none(),
            padding=st.sampled_from(["valid", "same"]),
        ),
        st.builds(Dropout, st.floats(0, 0.8), seed=st.integers(0, 2**31 - 1)),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_chains_agree_with_plain_tensorflow(data: st.DataObject) -> None:
    """Random chains of layers, in tiles of any size and in both layouts, give what plain TensorFlow gives."""
    height, width = data.draw(st.tuples(st.integers(20, 90), st.integers(20, 70)))
    random = np.random.default_rng(data.draw(st.integers(0, 999)))
    pixels = noise(random, height, width, data.draw(st.sampled_from([1, 3])), dtype="float32")
    operations = tuple(data.draw(LAYERS))
    assume(min(output_size(operations, height, width)) > 0)
    wanted = in_plain_tensorflow(pixels, operations)
    with layout(data.draw(st.sampled_from(["lanes", "planes"]))):
        found = in_tiles(data.draw(st.integers(200, 9000)), data.draw(st.integers(5, 60)), pixels, operations)
        np.testing.assert_array_equal(found, in_tiles(10**9, 10**9, pixels, operations))
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("function", ACTIVATIONS)
def test_activations_of_levels(function: Any) -> None:
    """Levels of 8 and 16 bits are activated as numbers from 0 to 1, and rounded once."""
    for dtype, white in (("uint8", 255), ("uint16", 65535)):
        levels = np.linspace(0, white, 256).round().astype(dtype).reshape(16, 16, 1)
        active = np.asarray(getattr(tf.nn, function)((levels / white).astype(np.float64))) * white
        np.testing.assert_array_equal(run(levels, Activate(function)), np.rint(np.minimum(active, white)))


@pytest.mark.parametrize("method", ["max", "mean"])
def test_pools_leave_hidden_colour_out(method: Any, random: np.random.Generator) -> None:
    """Colour of transparent pixels is in no pool; opaque pictures are pooled as those without alpha."""
    pixels = noise(random, 40, 30, 4)
    pixels[:, :, 3] = random.integers(0, 2, (40, 30)) * 255
    other = pixels.copy()
    other[pixels[:, :, 3] == 0, :3] = 255 - other[pixels[:, :, 3] == 0, :3]
    found = run(pixels, Pool(method, 3), alpha=True)
    np.testing.assert_array_equal(found, run(other, Pool(method, 3), alpha=True))
    assert not found[found[:, :, 3] == 0].any()
    opaque = pixels.copy()
    opaque[:, :, 3] = 255
    colour = run(opaque, Pool(method, 3, padding="same"), alpha=True)
    np.testing.assert_array_equal(colour[:, :, :3], run(pixels[:, :, :3], Pool(method, 3, padding="same")))
    assert (colour[:, :, 3] == 255).all()


def test_means_of_levels_round_half_to_even(random: np.random.Generator) -> None:
    """The mean of four levels that lies half-way between two goes to the even one."""
    pixels = noise(random, 200, 160, 3)
    sums = pixels.reshape(100, 2, 80, 2, 3).astype(np.int64).sum(axis=(1, 3))
    np.testing.assert_array_equal(run(pixels, Pool("mean")), np.rint(sums / 4))


def test_dropout_keeps_alpha_and_scales(random: np.random.Generator) -> None:
    """A dropout drops its share of the colour samples, scales the others, leaves alpha, and repeats itself."""
    pixels = np.full((200, 300, 4), 100, np.uint8)
    found = run(pixels, Dropout(0.5, seed=3), alpha=True)
    colour = found[:, :, :3]
    assert set(np.unique(colour)) == {0, 200}
    assert 0.49 < (colour == 0).mean() < 0.51
    assert (found[:, :, 3] == 100).all()
    np.testing.assert_array_equal(found, run(pixels, Dropout(0.5, seed=3), alpha=True))
    assert (found != run(pixels, Dropout(0.5, seed=4), alpha=True)).any()


def test_rounding_midway() -> None:
    """Numbers are rounded midway by each rule, at the levels of another depth too, and cut off at black and white."""
    pixels = np.array([[1, 2, 3, 4, 255]], np.uint8)[:, :, None]
    for rule, wanted in (("half_even", [0, 1, 2, 2, 128]), ("half_up", [1, 1, 2, 2, 128]), ("down", [0, 1, 1, 2, 127])):
        half = Convolve(Kernel(np.array([[0.5]])))
        assert run(pixels, half, Round(rule)).ravel().tolist() == wanted
    eighth = Convolve(Kernel(np.array([[1 / 8]])))
    eightfold = Convolve(Kernel(np.array([[8.0]])))
    fine = run(pixels, eighth, Round("down", 65535), eightfold, Round("half_even"))
    np.testing.assert_array_equal(fine, pixels)
    assert run(pixels, eightfold, Round("down"), eighth).ravel().tolist() == [1, 2, 3, 4, 32]


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_border_keep(data: st.DataObject) -> None:
    """With border keep, pixels at which the kernel would reach beyond the edge stay as they are, in any tiles."""
    height, width = data.draw(st.tuples(st.integers(1, 40), st.integers(1, 40)))
    size = data.draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    random = np.random.default_rng(data.draw(st.integers(0, 999)))
    pixels = noise(random, height, width, 3, dtype="float32")
    kernel = Kernel(random.random(size))
    operations = (Convolve(gaussian_kernel(1)), Convolve(kernel, border="keep"))
    found = in_tiles(data.draw(st.integers(1, 3000)), data.draw(st.integers(1, 30)), pixels, operations)
    wanted = run(pixels, operations[0])
    if height >= size[0] and width >= size[1]:
        (up, left), inner = kernel.anchor, run(wanted, Convolve(kernel, border="valid"))
        wanted[up : up + inner.shape[0], left : left + inner.shape[1]] = inner
    np.testing.assert_allclose(found, wanted, rtol=1e-5)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Activate("rely"),  # type: ignore[arg-type]
        lambda: Pool("median"),  # type: ignore[arg-type]
        lambda: Pool("max", 0),
        lambda: Pool("max", 2, 0),
        lambda: Pool("max", padding="zero"),  # type: ignore[arg-type]
        lambda: Dropout(1.0),
        lambda: Dropout(-0.1),
        lambda: Dropout(0.5, -1),
        lambda: Dropout(0.5, 1.5),  # type: ignore[arg-type]
        lambda: Pool("max", 2, 1.5),  # type: ignore[arg-type]
        lambda: Convolve(gaussian_kernel(1), stride=1.5),  # type: ignore[arg-type]
    ],
)
def test_impossible_layers_are_refused(wrong: Any) -> None:
    """A layer with a choice that is none, or a number out of range, is refused in words."""
    with pytest.raises(OptionError):
        wrong()


def test_long_chains_that_wrap_end(random: np.random.Generator) -> None:
    """Twenty steps with border wrap, whose corners need every corner before, take seconds and are scipy's."""
    pixels = noise(random, 60, 50, 1, dtype="float32")
    operations = (Convolve(Kernel(np.full((3, 3), 1 / 9)), border="wrap"),) * 20
    found = in_tiles(900, 20, pixels, operations)
    wanted = pixels[:, :, 0].astype(np.float64)
    for _ in operations:
        wanted = scipy.ndimage.uniform_filter(wanted, 3, mode="wrap")
    np.testing.assert_allclose(found[:, :, 0], wanted, atol=1e-5)


def test_large_pools_take_no_longer_than_their_sides(random: np.random.Generator) -> None:
    """A window of 301 x 301 is pooled as columns and rows, in seconds, and is scipy's filter."""
    pixels = noise(random, 300, 400, 1)
    greatest = run(pixels, Pool("max", 301, 1, "same"))
    wanted = scipy.ndimage.maximum_filter(pixels[:, :, 0], 301, mode="constant")
    np.testing.assert_array_equal(greatest[:, :, 0], wanted)
    mean = run(pixels, Pool("mean", 41, 1))
    sums = np.lib.stride_tricks.sliding_window_view(pixels[:, :, 0].astype(float), (41, 41)).mean(axis=(2, 3))
    assert_same_levels(mean[:, :, 0], to_samples(sums, np.uint8))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("size", [2, 3, 4, 6])
def test_means_at_the_rim_are_exact(size: int, dtype: Any, random: np.random.Generator) -> None:
    """With padding `same` a mean is the whole sum over the count of what lies inside, halves to even."""
    pixels = noise(random, 80, 90, 1, dtype=dtype)
    found = run(pixels, Pool("mean", size, 1, "same"))[:, :, 0]
    before, after = (size - 1) // 2, size // 2

    def sums(numbers: Any) -> Any:
        wider = np.pad(numbers.astype(np.int64), (before, after))
        return np.lib.stride_tricks.sliding_window_view(wider, (size, size)).sum(axis=(2, 3))

    total, count = sums(pixels[:, :, 0]), sums(np.ones(pixels.shape[:2]))
    floor, rest = total // count, total % count
    wanted = floor + ((2 * rest > count) | ((2 * rest == count) & (floor % 2 == 1)))
    np.testing.assert_array_equal(found, wanted)
