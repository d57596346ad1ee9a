"""From a user's picture to MNIST's 28 x 28: the same digit, however it was written, lit and photographed."""

from __future__ import annotations

import time
import zlib
from typing import Any

import numpy as np
import pytest
from digit_photos import CONDITIONS, line_of_digits
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from convfilter.images.picture import Frame, Picture
from convfilter.mnist.allographs import with_allographs
from convfilter.mnist.brightness import otsu
from convfilter.mnist.data import load_test
from convfilter.mnist.digits import like_mnist, read_page
from convfilter.mnist.ink import is_dark_on_light
from convfilter.mnist.models import load_model
from convfilter.mnist.prediction import probabilities
from convfilter.mnist.shapes import stroke_width


def page_of(pixels: NDArray[np.uint8], **options: Any) -> Any:
    """What is found in a picture of these pixels."""
    pixels = pixels[..., np.newaxis] if pixels.ndim == 2 else pixels
    return read_page(Picture((Frame(pixels, "L" if pixels.shape[2] == 1 else "RGB"),), "PNG"), **options)


def read(images: list[Any]) -> list[int]:
    """The digits that the shipped network reads in images of 28 x 28."""
    model = load_model()
    return probabilities(model.layers, model.weights, np.array(images), model.turns).argmax(axis=1).tolist()


def share_read(condition: str, count: int) -> float:
    """The share of so many digits of the test set that is read right when it is photographed so."""
    test = load_test()
    random = np.random.default_rng(zlib.crc32(condition.encode()))
    picks = random.choice(len(test), count, replace=False)
    pages = [page_of(CONDITIONS[condition](test.images[pick], random)) for pick in picks]
    found = read([page.digits[0].image if page.digits else np.zeros((28, 28), np.uint8) for page in pages])
    return float((np.array(found) == test.labels[picks]).mean())


def test_mnists_own_images_come_through(random: np.random.Generator) -> None:
    """An image of MNIST, as it is, is already as it should be: it moves by less than a pixel, and nothing else."""
    test = load_test()
    images = test.images[random.choice(len(test), 40, replace=False)]
    for turned in (images, 255 - images):
        found = np.array([page_of(image).digits[0].image for image in turned])
        assert np.abs(found.astype(int) - images).mean() < 8
    pages = [page_of(255 - np.pad(image, ((60, 5), (3, 90)))) for image in images]
    assert np.abs(np.array([page.digits[0].image for page in pages]).astype(int) - images).mean() < 8


@pytest.mark.slow
def test_reading_pictures_of_mnist_costs_little(random: np.random.Generator) -> None:
    """Of 400 test images as pictures, dark on light and five times as large, at most three more are misread."""
    test = load_test()
    picks = random.choice(len(test), 400, replace=False)
    direct = np.array(read(list(test.images[picks])))
    pictures = [
        page_of(255 - np.asarray(Image.fromarray(image).resize((140, 140), Image.Resampling.BICUBIC)))
        for image in test.images[picks]
    ]
    found = np.array(read([page.digits[0].image for page in pictures]))
    assert (found != test.labels[picks]).sum() <= (direct != test.labels[picks]).sum() + 3


@pytest.mark.parametrize("condition", [*CONDITIONS][::3])
def test_photographs(condition: str) -> None:
    """Digits photographed, scanned or drawn in this way are read: five of six, whatever the pen and the light."""
    assert share_read(condition, 6) >= 0.8


@pytest.mark.slow
@pytest.mark.parametrize("condition", CONDITIONS)
def test_many_photographs(condition: str) -> None:
    """Of sixty digits photographed in this way, nine of ten are read; eight where they are cut at all four sides.

    Such a crop leaves little paper, and in one of twelve the dark is taken for the light.
    """
    assert share_read(condition, 60) >= (0.8 if condition == "tight" else 0.9)


def test_lines_of_digits() -> None:
    """`--digits many` finds the digits of a line from left to right; of twelve lines, ten are read without a slip."""
    test, random = load_test(), np.random.default_rng(5)
    right = 0
    for _ in range(12):
        picks = random.choice(len(test), random.integers(2, 8), replace=False)
        page = page_of(line_of_digits(list(test.images[picks]), random), many=True)
        lefts = [digit.box[1] for digit in page.digits]
        assert lefts == sorted(lefts)
        right += read([digit.image for digit in page.digits]) == test.labels[picks].tolist()
    assert right >= 10


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize(("height", "width"), [(1, 1), (2, 2), (1, 50), (50, 1), (3, 900), (900, 3)])
def test_tiny_and_narrow_pictures(height: int, width: int, many: bool, random: np.random.Generator) -> None:
    """Item 11: pictures of a pixel or a row, empty or of noise, are looked at without a complaint, in no time."""
    begun = time.monotonic()
    for picture in (np.zeros((height, width), np.uint8), random.integers(0, 256, (height, width), np.uint8)):
        for digit in page_of(picture, many=many).digits:
            assert digit.image.shape == (28, 28)
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("page", ["dots", "specks", "squares", "noise"])
def test_pages_full_of_marks(page: str, random: np.random.Generator) -> None:
    """Item 19: thousands of marks on a page, as of print, cost no more than a bounded number of them."""
    dots = np.zeros((800, 800), np.uint8)
    dots[::6, ::6] = 255
    pictures = {
        "dots": dots,
        "specks": np.where(random.random((800, 800)) < 0.05, 0, 255).astype(np.uint8),
        "squares": ((np.indices((800, 800)) // 4).sum(axis=0) % 2 * 255).astype(np.uint8),
        "noise": random.integers(0, 256, (800, 800), np.uint8),
    }
    begun = time.monotonic()
    assert len(page_of(pictures[page], many=True).digits) <= 120
    assert time.monotonic() - begun < 30


def test_mnists_convention(random: np.random.Generator) -> None:
    """Whatever the size of the ink, it comes out 20 pixels on its longer side, its centre of mass in the middle."""
    for height, width in ((7, 30), (90, 60), (20, 20), (400, 310), (3, 3)):
        ink = np.zeros((height, width), np.float32)
        ink[:, : max(1, width // 3)] = 1
        ink[: max(1, height // 4)] = 1
        found = like_mnist(ink)
        assert (found.shape, found.dtype) == ((28, 28), np.uint8)
        rows, columns = (np.flatnonzero((found > 20).any(axis=axis)) for axis in (1, 0))
        assert 17 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 22
        assert np.abs(np.array(ndimage.center_of_mass(found)) - 14).max() <= 0.51


@pytest.mark.parametrize("pen", [2, 4, 8, 16, 40])
def test_strokes_become_as_wide_as_mnists(pen: int) -> None:
    """A ring drawn with any pen has strokes about as wide as MNIST's when it comes out."""
    y, x = np.indices((240, 200)) - np.reshape((119.5, 99.5), (2, 1, 1))
    ring = (np.abs(np.hypot(y / 1.2, x) - 80) < pen / 2).astype(np.float32)
    rows, columns = (np.flatnonzero(ring.any(axis=axis)) for axis in (1, 0))
    found = like_mnist(ring[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    assert 1.3 <= stroke_width(found > 127) <= 4.8


@pytest.mark.parametrize("width", [1, 2, 3, 7, 20])
def test_stroke_width(width: int) -> None:
    """The width of a long bar is measured to a pixel."""
    bar = np.zeros((120, 60), np.bool_)
    bar[10:110, 20 : 20 + width] = True
    assert stroke_width(bar) == pytest.approx(width, rel=0.1, abs=1)


def test_threshold_is_otsus(random: np.random.Generator) -> None:
    """The threshold is the one of OpenCV's implementation, to a bin."""
    import cv2

    levels = np.concatenate([random.normal(60, 12, 5000), random.normal(170, 25, 900)]).clip(0, 255).astype(np.uint8)
    wanted, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    assert otsu(levels.astype(np.float32)) == pytest.approx(wanted, abs=1.5)


def test_which_way_round(random: np.random.Generator) -> None:
    """Of MNIST's images with some paper around, either way round, all but a few are told dark from light."""
    images = load_test().images[random.choice(10_000, 300, replace=False)].astype(np.float32) / 255
    wrong = sum(is_dark_on_light(image) for image in images) + sum(not is_dark_on_light(1 - image) for image in images)
    assert wrong <= 2


def test_allographs(random: np.random.Generator) -> None:
    """Only 1 and 7 are written another way, with more ink, within MNIST's box, and the same for the same seed."""
    test = load_test()
    images, labels = test.images[:400], test.labels[:400]
    found = with_allographs(images, labels, 3)
    changed = (found != images).any(axis=(1, 2))
    np.testing.assert_array_equal(changed, np.isin(labels, (1, 7)))
    np.testing.assert_array_equal(found, with_allographs(images, labels, 3))
    assert (found != with_allographs(images, labels, 4)).any()
    for image in found[changed]:
        rows, columns = (np.flatnonzero((image > 20).any(axis=axis)) for axis in (1, 0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 <= 22
        assert np.abs(np.array(ndimage.center_of_mass(image)) - 14).max() <= 0.51
