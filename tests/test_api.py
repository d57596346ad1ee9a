"""The functions that programs call: `blur`, `gray`, `apply` on arrays, and `filter_file`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import scipy.ndimage
from conftest import pixels_of
from files_pixels import noise
from numpy.typing import NDArray
from PIL import Image
from references import assert_same_levels, correlate, gaussian, to_samples

import convfilter
from convfilter import Convolve, Grayscale, ImageError, Kernel, KernelError, OptionError, gaussian_kernel, load_kernel


def by_plane(array: NDArray[Any], filter_: Callable[[NDArray[Any]], NDArray[Any]]) -> NDArray[Any]:
    """Filter every channel as float64, and round."""
    planes = [filter_(array[..., channel].astype(np.float64)) for channel in range(array.shape[2])]
    return to_samples(np.stack(planes, -1), array.dtype)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("sigma", [1.0, 2.5])
def test_blur_is_scipys_gaussian(dtype: str, sigma: float, random: np.random.Generator) -> None:
    """`blur(array, sigma=...)` is scipy's Gaussian with the border that scipy calls mirror."""
    array = noise(random, 40, 50, 3, dtype=dtype)
    assert_same_levels(convfilter.blur(array, sigma=sigma), gaussian(array, sigma))


def test_blur_defaults(random: np.random.Generator) -> None:
    """Without sigma it is 2; `mean` is OpenCV's box, 3 pixels wide or as wide as told; a Kernel and a name do."""
    array = noise(random, 30, 40, 3)
    np.testing.assert_array_equal(convfilter.blur(array), convfilter.blur(array, sigma=2))
    for size, blurred in ((3, convfilter.blur(array, "mean")), (7, convfilter.blur(array, "mean", size=7))):
        assert_same_levels(blurred, cv2.blur(array, (size, size), borderType=cv2.BORDER_REFLECT_101))
    named = convfilter.blur(array, "gaussian3x3", border="wrap")
    np.testing.assert_array_equal(convfilter.blur(array, load_kernel("gaussian3x3"), border="wrap"), named)
    weights = np.outer([1, 2, 1], [1, 2, 1]) / 16
    assert_same_levels(named, by_plane(array, lambda plane: correlate(plane, weights, "wrap")))


def test_floats_stay_floats(random: np.random.Generator) -> None:
    """A float array is filtered without rounding or clipping, as scipy does it."""
    array = noise(random, 30, 40, 1, dtype="float32") * 5 - 2
    found = convfilter.blur(array, sigma=1)
    assert found.dtype == np.float32
    np.testing.assert_allclose(
        found[..., 0], scipy.ndimage.gaussian_filter(array[..., 0].astype(float), 1, mode="mirror"), atol=1e-5
    )


def test_shapes(random: np.random.Generator) -> None:
    """(height, width) stays without a channel axis, grey has one channel, alpha stays beside it."""
    for shape in ((9, 8), (9, 8, 1), (9, 8, 2), (9, 8, 3), (9, 8, 4), (9, 8, 5)):
        assert convfilter.blur(noise(random, *shape)).shape == shape
    assert convfilter.blur(noise(random, 9, 8), "mean", border="valid").shape == (7, 6)
    for channels, left in ((1, 1), (2, 2), (3, 1), (4, 2)):
        assert convfilter.gray(noise(random, 9, 8, channels)).shape == (9, 8, left)
    assert convfilter.gray(noise(random, 9, 8, 4)[:, :, :3]).shape == (9, 8, 1)


def test_gray_is_opencvs(random: np.random.Generator) -> None:
    """`gray(array, "rec601")` is OpenCV's grey; without a method it is the mean; a grey array stays as it is."""
    array = noise(random, 30, 40, 3, dtype="float32")
    found = convfilter.gray(array, "rec601")[..., 0]
    np.testing.assert_allclose(found, cv2.cvtColor(array, cv2.COLOR_RGB2GRAY), atol=1e-6)
    np.testing.assert_allclose(convfilter.gray(array)[..., 0], array.mean(-1), atol=1e-6)
    np.testing.assert_array_equal(convfilter.gray(array[..., :1]), array[..., :1])


def test_the_last_of_two_or_four_channels_is_alpha(random: np.random.Generator) -> None:
    """With 2 and 4 channels hidden colour does not bleed, unless alpha=False says that all are colours."""
    for channels in (2, 4):
        array = noise(random, 30, 40, channels)
        array[:, :20, -1], array[:, 20:, -1] = 0, 255
        array[:, :20, :-1], array[:, 20:, :-1] = 255, 100
        found = convfilter.blur(array)
        assert set(np.unique(found[..., :-1])) <= {0, 100}
        np.testing.assert_array_equal(found, convfilter.blur(array, alpha=True))
        assert_same_levels(convfilter.blur(array, alpha=False), gaussian(array, 2))


def test_operations_in_order_range_and_light(random: np.random.Generator) -> None:
    """`apply` runs operations in order, unrounded in between, with the range and in the light that is asked for."""
    array = noise(random, 30, 40, 3)
    smooth, slope = np.full((3, 3), 1 / 9), np.array([[-1.0, 0, 1]])
    chain = (Convolve(Kernel(smooth)), Convolve(Kernel(slope), border="edge"))
    wanted = by_plane(array, lambda plane: np.abs(correlate(correlate(plane, smooth, "reflect"), slope, "edge")))
    assert_same_levels(convfilter.apply(array, *chain, range_="abs"), wanted)
    stripes = np.zeros((30, 30), np.uint8)
    stripes[:, ::2] = 255
    assert (convfilter.blur(stripes, sigma=3, linear=True)[10:20, 10:20] == 188).all()


LAYOUTS: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    "read-only": lambda array: (array.setflags(write=False), array)[1],
    "Fortran order": np.asfortranarray,
    "every other": lambda array: array.repeat(2, 0).repeat(2, 1)[::2, ::2],
    "backwards": lambda array: array[::-1, ::-1].copy()[::-1, ::-1],
    "channels first": lambda array: np.ascontiguousarray(array.transpose(2, 0, 1)).transpose(1, 2, 0),
    "big-endian": lambda array: array.astype(array.dtype.newbyteorder(">")),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_any_layout_in_memory(layout: str, dtype: str, random: np.random.Generator) -> None:
    """The same numbers give the same result however they lie in memory, and are not changed."""
    array = noise(random, 20, 30, 3, dtype=dtype)
    before, other = array.copy(), LAYOUTS[layout](array)
    found = convfilter.apply(other, Convolve(load_kernel("sobel")), Grayscale("rec709"))
    np.testing.assert_array_equal(found, convfilter.apply(before, Convolve(load_kernel("sobel")), Grayscale("rec709")))
    assert found.dtype == before.dtype
    np.testing.assert_array_equal(other, before)


def test_the_result_is_a_new_array(random: np.random.Generator) -> None:
    """Writing to the result changes nothing of the array, even where nothing was to be done."""
    array = noise(random, 5, 6, 3)
    before = array.copy()
    for result in (convfilter.apply(array), convfilter.apply(array, Convolve(load_kernel("identity")))):
        np.testing.assert_array_equal(result, before)
        result[...] = 7
        np.testing.assert_array_equal(array, before)


@pytest.mark.parametrize(
    "array",
    [np.zeros((5, 5)), np.zeros((5, 5), bool), np.zeros((5, 5), np.int32), np.zeros(5, np.uint8),
     np.zeros((1, 5, 5, 3), np.uint8), np.zeros((0, 5), np.uint8), np.zeros((5, 5, 0), np.uint8)],
    ids=lambda array: f"{array.dtype}-{array.shape}",
)  # fmt: skip
def test_other_arrays_are_refused(array: NDArray[Any]) -> None:
    """Float64, bool and other types, and other shapes, are refused rather than guessed at."""
    with pytest.raises(ImageError, match="an array is"):
        convfilter.blur(array)


@pytest.mark.parametrize(
    ("options", "says"),
    [({"border": "mirror"}, "mirror"), ({"range_": "wrap"}, "wrap"), ({"method": "luma"}, "luma")],
)  # fmt: skip
def test_unknown_words_are_refused(options: dict[str, Any], says: str) -> None:
    """A border, range or method that does not exist is refused by its name."""
    array = np.zeros((5, 5, 3), np.uint8)
    with pytest.raises(OptionError, match=says):
        if "border" in options:
            convfilter.blur(array, **options)
        elif "method" in options:
            convfilter.gray(array, **options)
        else:
            convfilter.apply(array, **options)


def test_impossible_calls_are_refused() -> None:
    """A kernel larger than the array with border valid, alpha alone, a stride of 0, and a kernel that is not there."""
    array = np.zeros((5, 5, 3), np.uint8)
    with pytest.raises(ImageError):
        convfilter.blur(array, border="valid")
    with pytest.raises(ImageError, match="no colour beside alpha"):
        convfilter.apply(array[:, :, :1], Convolve(load_kernel("sobel")), alpha=True)
    with pytest.raises(OptionError, match="stride"):
        Convolve(load_kernel("sobel"), stride=0)
    with pytest.raises(KernelError, match="no such kernel"):
        convfilter.blur(array, "gaussain")


def test_filter_file(photo: Path, tmp_path: Path) -> None:
    """`filter_file` writes what `apply` gives, and returns what could not be kept."""
    assert convfilter.filter_file(photo, tmp_path / "grey.png", Grayscale("rec709")) == ()
    wanted = convfilter.gray(pixels_of(photo), "rec709")[..., 0]
    np.testing.assert_array_equal(pixels_of(tmp_path / "grey.png"), wanted)
    stripes = np.zeros((30, 30), np.uint8)
    stripes[:, ::2] = 255
    Image.fromarray(stripes).save(tmp_path / "stripes.png")
    convfilter.filter_file(tmp_path / "stripes.png", tmp_path / "light.png", Convolve(gaussian_kernel(3)), linear=True)
    assert (pixels_of(tmp_path / "light.png")[10:20, 10:20] == 188).all()
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    notes = convfilter.filter_file(str(tmp_path / "clear.png"), str(tmp_path / "white.bmp"))
    assert notes == ("transparency was flattened onto white",)


def test_filter_file_refuses(photo: Path, tmp_path: Path) -> None:
    """An unknown extension, an existing target and a picture that is not there are refused, and nothing is written."""
    with pytest.raises(OptionError, match="names no picture format"):
        convfilter.filter_file(photo, tmp_path / "out.xyz")
    (tmp_path / "mine.png").write_bytes(b"mine")
    with pytest.raises(ImageError, match="exists already and is kept"):
        convfilter.filter_file(photo, tmp_path / "mine.png")
    assert (tmp_path / "mine.png").read_bytes() == b"mine"
    with pytest.raises(ImageError, match="no such file") as caught:
        convfilter.filter_file(tmp_path / "none.png", tmp_path / "out.png")
    assert str(caught.value).startswith(f"{tmp_path}/none.png: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.png", "photo.png"]
    convfilter.filter_file(photo, tmp_path / "mine.png", overwrite=True)
    np.testing.assert_array_equal(pixels_of(tmp_path / "mine.png"), pixels_of(photo))
