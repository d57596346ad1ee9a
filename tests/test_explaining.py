"""Explained pixels: the arithmetic leads to the samples that are written, and fields are those of brute force."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from pictures import frame
from references import BORDERS, correlate

from convfilter import Activate, Convolve, Dropout, Grayscale, Kernel, OptionError, Pool, apply, engine
from convfilter.explaining import explain
from convfilter.explanation import Explanation
from convfilter.images.picture import Frame, Picture
from convfilter.library import recipe_names
from convfilter.names import ACTIVATIONS
from convfilter.operations import Operation, Operations, in_linear_light
from convfilter.recipe_files import load_recipe

HEIGHT, WIDTH = 11, 14
KINDS = [("L", "uint8"), ("RGB", "uint8"), ("RGBA", "uint8"), ("RGBA", "uint16")]


def a_picture(mode: Any, depth: str, height: int = HEIGHT, width: int = WIDTH) -> Picture:
    """A frame of noise."""
    return Picture((frame(mode, depth, height, width),), "PNG")


def kernels_of(random: np.random.Generator) -> list[Kernel]:
    """One of every sort: whole weights and fractions, single and banks, turned, with a bias, of even sizes."""
    return [
        Kernel(random.integers(1, 9, (3, 3)) / 16, bias=0.1),
        Kernel(random.uniform(-0.2, 1, (4, 2)) / 3, flip=True),
        Kernel(random.integers(-4, 9, (3, 5, 2)) / 8, combine="magnitude", filters=("a", "b")),
        Kernel(random.integers(0, 5, (2, 3, 3)) / 9, combine="max", flip=True),
        Kernel(random.integers(-1, 4, (3, 3, 2)), combine="sum", bias=-0.5),
        Kernel(np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 4, bias=0.5),
    ]


def anchor_of(operation: Operation) -> tuple[int, int]:
    """The row and column of a patch that lie under the pixel that is computed."""
    match operation:
        case Convolve(kernel=kernel):
            return kernel.anchor
        case Pool(size=size):
            return (size - 1) // 2, (size - 1) // 2
    return 0, 0


def assert_right(found: Explanation, written: np.ndarray) -> None:
    """The samples are those that are written; the lines of a step lead to the engine's numbers, these to the next."""
    np.testing.assert_array_equal(found.pixel, written[found.place])
    for step in found.steps:
        told = [*step.lines[-1].values, *(step.alpha.values if step.alpha else ())]
        np.testing.assert_allclose(told, step.values, rtol=1e-6, atol=1e-3, err_msg=str(step.operation))
    for before, after in pairwise(found.steps):
        anchor = anchor_of(after.operation)
        if not after.beyond[anchor]:
            np.testing.assert_allclose(after.patch[anchor], before.values, rtol=1e-5, atol=1e-3)
    # A number at half a level may be on either side of it, in the last bit.
    for numbers in (told, step.values):
        assert np.abs(np.clip(numbers, 0, found.white) - found.pixel).max() <= 0.5 + 1e-6


@pytest.mark.parametrize(("mode", "depth"), KINDS)
@pytest.mark.parametrize("border", BORDERS)
def test_the_arithmetic_leads_to_the_pixel(mode: Any, depth: str, border: Any, random: np.random.Generator) -> None:
    """Single kernels and banks, with every border, at corners and inside: the last line rounds to the sample."""
    picture = a_picture(mode, depth)
    kernels = kernels_of(random)
    turn = BORDERS.index(border) + KINDS.index((mode, depth))
    kernel = kernels[turn % len(kernels)]
    operations = (Convolve(kernel, stride=int(random.integers(1, 4)), border=border),)
    written = apply(picture.frames[0].pixels, *operations)
    last_row, last_column = written.shape[0] - 1, written.shape[1] - 1
    corner = (last_row * (turn % 2), last_column * (turn // 2 % 2))
    for place in (corner, (int(random.integers(last_row)), int(random.integers(last_column)))):
        assert_right(explain(picture, operations, place), written)


@pytest.mark.parametrize("sort", range(6))
def test_every_corner_of_every_sort(sort: int, random: np.random.Generator) -> None:
    """Each sort of kernel, at all four corners and in the middle, with partly transparent pixels."""
    picture = a_picture("RGBA", "uint8")
    operations = (Convolve(kernels_of(random)[sort], border="reflect"),)
    written = apply(picture.frames[0].pixels, *operations)
    for place in ((0, 0), (0, WIDTH - 1), (HEIGHT - 1, 0), (HEIGHT - 1, WIDTH - 1), None):
        assert_right(explain(picture, operations, place), written)


@pytest.mark.parametrize("name", recipe_names())
def test_recipes(name: str) -> None:
    """Every recipe that ships: each step follows from what it saw, in a corner."""
    operations = load_recipe(name).operations
    picture = a_picture("RGBA", "uint8", 33, 41)
    written = apply(picture.frames[0].pixels, *operations)
    corner = (0, 0) if recipe_names().index(name) % 2 else (written.shape[0] - 1, written.shape[1] - 1)
    found = explain(picture, operations, corner)
    assert_right(found, written)
    assert [step.operation for step in found.steps] == list(operations)


def test_the_patch_and_the_products_are_numpys(random: np.random.Generator) -> None:
    """Patch, what is beyond the edge, weights and products are those of a padded array, turned kernels included."""
    picture = a_picture("L", "uint8")
    pixels = picture.frames[0].pixels[:, :, 0]
    weights = random.integers(1, 9, (3, 5)).astype(float)
    (step,) = explain(picture, (Convolve(Kernel(weights / 7, flip=True), border="symmetric"),), (0, 13)).steps
    padded = np.pad(pixels, ((1, 1), (2, 2)), mode="symmetric")
    np.testing.assert_array_equal(step.patch[:, :, 0], padded[0:3, 13:18])
    np.testing.assert_array_equal(
        step.beyond, np.pad(np.zeros_like(pixels), ((1, 1), (2, 2)), constant_values=1)[:3, 13:]
    )
    (one,) = step.products
    np.testing.assert_array_equal(one.weights, weights[::-1, ::-1])
    np.testing.assert_array_equal(one.products, padded[0:3, 13:18] * weights[::-1, ::-1])
    wanted = correlate(pixels, weights[::-1, ::-1] / 7, "symmetric")[0, 13]
    np.testing.assert_allclose(step.lines[-1].values, wanted)


@pytest.mark.parametrize(
    "operations",
    [
        (Convolve(Kernel(np.ones((3, 2)) / 6), stride=2),),
        (Pool("mean", 3, 2), Convolve(Kernel(np.ones((2, 3)) / 6), border="valid"), Pool("mean", 2, 1)),
        (Convolve(Kernel(np.ones((3, 3)) / 9), dilation=2), Pool("mean", 2)),
        (Pool("mean", 3, 2, "same"), Pool("mean", 2, 2, "same")),
    ],
)
def test_fields_are_those_of_brute_force(operations: Operations) -> None:
    """What a pixel inside sees is the box around all pixels that change it, after every step."""
    height, width = 14, 15
    picture = Picture((frame("L", "float32", height, width),), "TIFF")
    pixels = picture.frames[0].pixels
    changed = []
    for row in range(height):
        for column in range(width):
            changed.append(pixels.copy())
            changed[-1][row, column] += 1000
    found = explain(picture, operations)
    for index, step in enumerate(found.steps):
        made = np.array(engine.run([pixels, *changed], operations[: index + 1], alpha=False).frames)[
            (..., *step.place, 0)
        ]
        rows, columns = np.nonzero((made[1:] != made[0]).reshape(height, width))
        assert step.area == ((rows.min(), rows.max()), (columns.min(), columns.max()))
        assert step.field == (np.ptp(rows) + 1, np.ptp(columns) + 1)


@pytest.mark.parametrize("range_", ["abs", "rescale", "clip"])
def test_ranges(range_: Any, random: np.random.Generator) -> None:
    """The range is taken after the last step, the samples are rounded half to even, and all frames rescale together."""
    frames = tuple(replace(one, pixels=one.pixels // share) for share, one in ((3, frame()), (1, frame())))
    operations = (Convolve(Kernel(np.array([[-1.0, 0, 1]]) / 2)),)
    wanted = engine.run([one.pixels for one in frames], operations, alpha=False, range_=range_).frames[0]
    for place in ((0, 1), (20, 33), (7, 8)):
        found = explain(Picture(frames, "GIF"), operations, place, range_=range_)
        np.testing.assert_array_equal(found.pixel, wanted[place])
        np.testing.assert_array_equal(np.rint(found.ending[-2].values), found.pixel)
        assert found.notes == ("2 frames, only the first is explained",)
        assert len(found.after.frames) == len(found.before.frames) == 1


def test_halves_round_to_even() -> None:
    """A mean half-way between two levels is told as such, and goes to the even one."""
    pixels = np.array([[[1], [2]], [[4], [5]]], np.uint8)
    for row, half, wanted in ((0, 1.5, 2), (1, 4.5, 4)):
        picture = Picture((replace(frame("L"), pixels=pixels[row : row + 1]),), "PNG")
        found = explain(picture, (Pool("mean", 2, padding="same"),))
        assert (found.steps[0].lines[-1].values[0], found.ending[-1].values[0]) == (half, wanted)


def test_other_steps() -> None:
    """Activations, pools beyond the edge, dropout, grey and linear light: the lines of each lead to its numbers."""
    layers: list[Any] = [Activate(function) for function in ACTIVATIONS]
    layers += [Pool(method, 3, 2, padding) for method in ("max", "mean") for padding in ("valid", "same")]
    layers += [Dropout(0.5, 3), *(Grayscale(method) for method in ("mean", "rec601", "rec709", "linear"))]
    picture = a_picture("RGBA", "uint8")
    pixels = picture.frames[0].pixels
    pixels[:4, :4, 3:] = 0
    for layer in layers:
        for place in ((0, 0), None):
            assert_right(explain(picture, (layer,), place), apply(pixels, layer))
    light = in_linear_light((Convolve(Kernel(np.ones((3, 3)) / 9)),))
    assert_right(explain(picture, light), apply(pixels, *light))


def test_floats_stay_as_they_are() -> None:
    """Samples of a float picture are neither cut off nor rounded."""
    picture = a_picture("RGB", "float32")
    operations = (Convolve(Kernel(np.array([[3.0]]), bias=1)),)
    found = explain(picture, operations, (2, 3))
    np.testing.assert_allclose(found.pixel, picture.frames[0].pixels[2, 3] * 3 + 1, rtol=1e-6)
    assert "floats" in found.ending[-1].text


def test_border_keep() -> None:
    """Where a kernel that keeps the border reaches beyond it, the pixel stays, and that is told."""
    picture = a_picture("RGBA", "uint8")
    operations = (Convolve(Kernel(np.ones((3, 3)) / 9), border="keep"),)
    for place in ((0, 3), (4, 4)):
        assert_right(explain(picture, operations, place), apply(picture.frames[0].pixels, *operations))
    assert "stays" in explain(picture, operations, (0, 3)).steps[0].lines[-1].text


@pytest.mark.parametrize("method", ["max", "mean"])
def test_pools_of_what_sharpening_leaves(method: Any) -> None:
    """Beside an edge of opacity, where sharpening takes alpha beyond its range, the arithmetic leads to the pixel."""
    pixels = np.full((8, 8, 4), 200, np.uint8)
    pixels[:, 4:, 3] = 0
    pixels[::3, 5, 3] = 9
    picture = Picture((Frame(pixels, "RGBA"),), "PNG")
    operations = (Convolve(Kernel(np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]))), Pool(method))
    written = apply(pixels, *operations)
    for row, column in product(range(4), repeat=2):
        assert_right(explain(picture, operations, (row, column)), written)


def test_pixels_out_of_range_are_refused() -> None:
    """There is no pixel beyond the last row or column of the result, or before the first."""
    picture = a_picture("L", "uint8")
    for place in ((HEIGHT, 0), (0, WIDTH), (-1, 0)):
        with pytest.raises(
            OptionError, match="is not in the result, which is 14 x 11; X is from 0 to 13, Y from 0 to 10"
        ):
            explain(picture, (Grayscale(),), place)
