"""Tiles and lanes: whatever their size, the same result bit for bit, in bounded memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import pixels_of
from engine_runs import reference, run
from files_pixels import noise
from hypothesis import given, settings
from hypothesis import strategies as st
from layouts import in_tiles, layout
from references import BORDERS

from convfilter import Activate, Convolve, Grayscale, Kernel, gaussian_kernel, mean_kernel
from convfilter.engine import graphs
from convfilter.engine.tiling import COPIES, LEAST_PIXELS, tile_shape, tiles
from convfilter.operations import DecodeSrgb, EncodeSrgb, output_size

SHAPES = st.tuples(st.integers(1, 90), st.integers(1, 70))


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_any_tiles_give_the_reference(data: st.DataObject) -> None:
    """Random shapes, kernels, strides, borders and tile sizes agree with float64, and bit for bit with one tile."""
    height, width = data.draw(SHAPES)
    size = data.draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    border = data.draw(st.sampled_from(BORDERS[:-1]))
    stride, dilation = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 3))
    channels = data.draw(st.sampled_from([1, 3]))
    random = np.random.default_rng(data.draw(st.integers(0, 999)))
    kernel = Kernel(random.normal(size=size) / np.prod(size))
    pixels = noise(random, height, width, channels, dtype="float32")
    operations = (Convolve(kernel, stride=stride, dilation=dilation, border=border),)
    with layout(data.draw(st.sampled_from(["lanes", "planes"]))):
        found = in_tiles(data.draw(st.integers(1, 9000)), data.draw(st.integers(1, 60)), pixels, operations)
        np.testing.assert_array_equal(found, in_tiles(10**9, 10**9, pixels, operations))
    np.testing.assert_allclose(found, reference(pixels, kernel, border, dilation)[::stride, ::stride], atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_borders_inside_a_chain(data: st.DataObject) -> None:
    """Each convolution of a chain has its own border around what the one before it gave, in tiles of any size."""
    height, width = data.draw(SHAPES)
    random = np.random.default_rng(data.draw(st.integers(0, 999)))
    pixels = noise(random, height, width, 1, dtype="float32")
    operations, wanted = [], pixels.astype(np.float64)
    for border in data.draw(st.lists(st.sampled_from(BORDERS[:-1]), min_size=2, max_size=3)):
        kernel = Kernel(random.normal(size=(data.draw(st.integers(1, 7)), data.draw(st.integers(1, 7)))) / 5)
        operations.append(Convolve(kernel, border=border))
        wanted = reference(wanted, kernel, border)
    found = in_tiles(data.draw(st.integers(1, 9000)), data.draw(st.integers(1, 60)), pixels, tuple(operations))
    np.testing.assert_allclose(found, wanted, atol=1e-4)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_chains_in_any_tiles(data: st.DataObject) -> None:
    """A chain of random operations is bit for bit the same in tiles of any size, whatever its borders."""
    height, width = data.draw(SHAPES)
    random = np.random.default_rng(data.draw(st.integers(0, 999)))
    kinds = data.draw(st.lists(st.sampled_from("ckgdep"), min_size=1, max_size=4))
    borders = [data.draw(st.sampled_from(BORDERS[:-1])) for _ in kinds]
    made: dict[str, Any] = {
        "c": lambda border: Convolve(Kernel(random.random((5, 3)) / 8), border=border),
        "k": lambda border: Convolve(gaussian_kernel(1.5), stride=2, border=border),
        "p": lambda border: Convolve(Kernel(np.array([[0.5]]), bias=0.25), border=border),
        "g": lambda _: Grayscale("rec601"),
        "d": lambda _: DecodeSrgb(),
        "e": lambda _: EncodeSrgb(),
    }
    operations = tuple(made[kind](border) for kind, border in zip(kinds, borders, strict=True))
    pixels = noise(random, height, width, 4)
    samples, columns = data.draw(st.integers(1, 20_000)), data.draw(st.integers(1, 60))
    found = in_tiles(samples, columns, pixels, operations, alpha=True)
    np.testing.assert_array_equal(found, in_tiles(10**9, 10**9, pixels, operations, alpha=True))
    with layout("planes"):
        difference = found.astype(int) - run(pixels, *operations, alpha=True)
        assert np.abs(difference).max() <= 1


@pytest.mark.parametrize(
    "operation",
    [
        EncodeSrgb(),
        *(pytest.param(one, marks=pytest.mark.slow) for one in (Grayscale("linear"), DecodeSrgb(), Activate("tanh"))),
    ],
)
def test_curves_of_floats_in_any_tiles(operation: Any, random: np.random.Generator) -> None:
    """A curve gives a float bit for bit the same wherever the tiles end."""
    pixels = noise(random, 61, 53, 3, dtype="float32")
    with layout("planes"):
        whole = in_tiles(10**9, 10**9, pixels, (operation,))
        for samples, columns in ((500, 7), (3001, 13), (1, 1)):
            np.testing.assert_array_equal(in_tiles(samples, columns, pixels, (operation,)), whole)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_tiles_cover_the_output_within_the_budget(data: st.DataObject) -> None:
    """Every pixel is in a tile, rows of a lane follow one another, and no tile needs more than the budget."""
    height, width = data.draw(SHAPES)
    kernel = mean_kernel(data.draw(st.integers(1, 20)))
    operations = (Convolve(kernel, stride=data.draw(st.integers(1, 3))),)
    budget = data.draw(st.integers(100_000, 10_000_000))
    lanes = data.draw(st.sampled_from([1, 16]))
    shape = tile_shape(operations, height, width, channels=3, sample_bytes=4, lanes=lanes, budget=budget)
    rows, columns = output_size(operations, height, width)
    covered = np.zeros((rows, columns), np.bool_)
    for tile in tiles(operations, height, width, shape):
        assert (np.diff(tile.rows) == 1).all()
        covered[tile.rows.ravel(), slice(*tile.columns)] = True
        reach, step = kernel.size[0] - 1, operations[0].stride
        inputs = (tile.rows.shape[1] * step + reach) * ((tile.columns[1] - tile.columns[0]) * step + reach)
        small = shape.lanes * shape.rows * shape.columns <= LEAST_PIXELS
        assert inputs * len(tile.rows) * 3 * 4 * COPIES <= budget or small
    assert covered.all()


@pytest.mark.parametrize("name", ["lanes", "planes"])
def test_numbers_that_are_not_finite_stay_where_they_are(name: str) -> None:
    """NaN and infinity of a float picture reach the pixels under the kernel and no others, in every layout."""
    pixels = np.zeros((60, 50, 3), np.float32)
    pixels[20, 30, 1], pixels[40, 10, 2] = np.nan, np.inf
    with layout(name):
        found = run(pixels, Convolve(mean_kernel(3), border="zero"))
    wrong = ~np.isfinite(found)
    assert wrong[19:22, 29:32, 1].all()
    assert wrong[39:42, 9:12, 2].all()
    assert wrong.sum() == 18


def test_pictures_of_all_sizes_share_a_graph(random: np.random.Generator) -> None:
    """A second picture, of another size and with an equal kernel of its own, is computed without a new graph."""
    run(noise(random, 300, 200, 3), Convolve(gaussian_kernel(2.5)))
    built = graphs._graph.cache_info().misses
    run(noise(random, 170, 400, 3), Convolve(gaussian_kernel(2.5)))
    assert graphs._graph.cache_info().misses == built
    run(noise(random, 170, 400, 3), Convolve(gaussian_kernel(2.6)))
    assert graphs._graph.cache_info().misses == built + 1


def test_max_memory(cli: Any, photo: Path, tmp_path: Path) -> None:
    """`--max-memory` refuses a picture whose pixels do not fit, in one line; what fits comes out the same."""
    answer = cli("blur", photo, "--max-memory", "60M", "-o", tmp_path / "out.png")
    assert answer.code == 1
    assert "raise --max-memory" in answer.err
    assert answer.err.splitlines()[1:] == ["0 done, 0 skipped, 1 failed"]
    assert not (tmp_path / "out.png").exists()
    for name, size in (("a.png", "70M"), ("b.png", "3G")):
        assert cli("blur", photo, "--max-memory", size, "-o", tmp_path / name).code == 0
    np.testing.assert_array_equal(pixels_of(tmp_path / "a.png"), pixels_of(tmp_path / "b.png"))
    for wrong in ("0", "-5M", "5X", "1e3", ""):
        assert cli("blur", photo, "--max-memory", wrong, "-o", tmp_path / "c.png").code == 2


def test_a_small_budget_gives_the_same(random: np.random.Generator) -> None:
    """A budget of 8 MB gives the same pixels as half a gigabyte."""
    pixels = noise(random, 700, 900, 3)
    operation = Convolve(gaussian_kernel(8))
    np.testing.assert_array_equal(run(pixels, operation, tile_bytes=2**23), run(pixels, operation))


@pytest.mark.slow  # TensorFlow may wait half a minute for memory before it gives up
def test_memory_that_runs_out_is_told() -> None:
    """Item 29: where memory does not suffice, for a kernel that reaches over thousands of pixels, the error says so.

    On one core: with two tiles at once in an address space that is full to the brim, TensorFlow may end the process.
    """
    script = """
import os
import resource
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
import numpy as np
import convfilter
small, large = np.zeros((9, 9, 1), np.uint8), np.zeros((9000, 9000, 1), np.uint8)
far = convfilter.Convolve(convfilter.mean_kernel(5), dilation=1000)
convfilter.blur(small)
pages = int(open("/proc/self/statm").read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 300_000_000,) * 2)
try:
    convfilter.apply(large, far)
except convfilter.ImageError as error:
    convfilter.blur(small)
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "does not fit into the memory of the device" in done.stdout
