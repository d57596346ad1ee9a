"""What is on a page beside digits: a sheet's table, frames, lines, patches of light; and how full or thin it is."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from digit_photos import finished
from digit_strokes import Floats, Random, put, skeleton, stroke
from PIL import Image, ImageDraw
from test_mnist_digits import page_of, read

from convfilter.mnist.data import load_test
from convfilter.mnist.shapes import is_patch, shape_of

HEIGHT, WIDTH = 200, 240
RANDOM = np.random.default_rng(0)


def drawn(seed: int, *, height: float = 80, pen: float = 0.1) -> Floats:
    """A digit of the test set in the middle of nothing, 1 in its strokes."""
    images = load_test().images
    digit = stroke(images[np.random.default_rng(seed).integers(len(images))], height, pen)
    ink = np.zeros((HEIGHT, WIDTH))
    put(ink, digit, (HEIGHT - digit.shape[0]) // 2, (WIDTH - digit.shape[1]) // 2)
    return ink


def as_plain(pictures: dict[int, Any], height: float, **options: Any) -> float:
    """The share of pictures in which the digit drawn by a seed is read as on plain paper."""
    plain = read(
        [page_of(finished(0.9 - 0.7 * drawn(seed, height=height), RANDOM)).digits[0].image for seed in pictures]
    )
    pages = [page_of(finished(picture, RANDOM), **options) for picture in pictures.values()]
    found = read([page.digits[0].image if page.digits else np.zeros((28, 28), np.uint8) for page in pages])
    return float((np.array(found) == plain).mean())


def sheet(angle: float, side: float = 0.7) -> Floats:
    """A sheet of paper in the middle, turned by degrees: 1 on it, 0 on the table."""
    image = Image.new("L", (WIDTH, HEIGHT))
    left, top = (round((1 - side) / 2 * extent) for extent in (WIDTH, HEIGHT))
    ImageDraw.Draw(image).rectangle((left, top, WIDTH - left, HEIGHT - top), fill=255)
    return np.asarray(image.rotate(angle, Image.Resampling.BICUBIC)) / 255


@pytest.mark.parametrize("table", [0.15, pytest.param(0.3, marks=pytest.mark.slow)])
def test_a_sheet_on_a_table(table: float) -> None:
    """The digit on a light sheet on a darker table is read, and on a dark one on a light table."""
    pictures = {}
    for seed in range(6):
        paper = sheet(seed - 3, (0.6, 0.8)[seed % 2])
        picture = (0.9 - 0.7 * drawn(seed)) * paper + table * (1 - paper)
        pictures[seed] = picture if seed < 4 else 1 - picture
    assert as_plain(pictures, 80) >= 5 / 6


def test_where_a_digit_on_a_sheet_lies() -> None:
    """Its box is told in shares of the whole picture, and a sheet without writing is blank."""
    ink, paper = drawn(1), sheet(0)
    page = page_of(finished((0.9 - 0.7 * ink) * paper + 0.2 * (1 - paper), RANDOM))
    rows, columns = (np.flatnonzero((ink > 0.5).any(axis=axis)) for axis in (1, 0))
    wanted = rows[0] / HEIGHT, columns[0] / WIDTH, (rows[-1] + 1) / HEIGHT, (columns[-1] + 1) / WIDTH
    np.testing.assert_allclose(page.digits[0].box, wanted, atol=0.02)
    assert page_of(finished(0.9 * paper + 0.2 * (1 - paper), RANDOM)).digits == ()


def test_the_table_beside_a_sheet_does_not_hide_thin_strokes() -> None:
    """With --invert yes the table is ink as well, and wider than any stroke; the digit is read all the same."""
    paper = sheet(4, 0.6)
    pictures = {seed: (0.9 - 0.7 * drawn(seed, height=60)) * paper + 0.15 * (1 - paper) for seed in range(6)}
    assert as_plain(pictures, 60, invert="yes") >= 5 / 6


@pytest.mark.parametrize("shape", ["rectangle", "ellipse"])
def test_frames_are_no_digits(shape: str) -> None:
    """A digit in a box or a circle is read, as in a form."""
    pictures = {}
    for seed in range(6):
        image = Image.new("L", (WIDTH, HEIGHT))
        getattr(ImageDraw.Draw(image), shape)((50, 30, 190, 170), outline=255, width=2 + seed)
        pictures[seed] = 0.9 - 0.7 * np.maximum(drawn(seed, height=68), np.asarray(image) / 255)
    assert as_plain(pictures, 68) >= 5 / 6


def lamp(random: Random) -> Floats:
    """A page under a lamp."""
    y, x = np.indices((HEIGHT, WIDTH)) / HEIGHT - random.uniform(0.3, 0.7, (2, 1, 1))
    return 0.4 + 0.5 * np.exp(-random.uniform(20, 60) * (x * x + y * y))


def squared(random: Random) -> Floats:
    """Squared paper, whose lines are clear."""
    page, step = np.full((HEIGHT, WIDTH), 0.9), int(random.integers(15, 50))
    page[::step] = page[:, ::step] = random.uniform(0.6, 0.8)
    return page


def ruled(random: Random) -> Floats:
    """Ruled paper, whose lines are clear."""
    page, step = np.full((HEIGHT, WIDTH), 0.9), int(random.integers(15, 50))
    page[::step] = page[1::step] = random.uniform(0.6, 0.8)
    return page


def with_margin_line(random: Random) -> Floats:
    """Clearly ruled paper with an upright line from rim to rim, as exercise books have it."""
    page, step = np.full((HEIGHT, WIDTH), 0.9), int(random.integers(15, 50))
    page[::step] = page[1::step] = 0.3
    page[:, (left := int(random.integers(10, 80))) : left + 2] = 0.3
    return page


@pytest.mark.parametrize("made", [lamp, squared, ruled, with_margin_line])
def test_blank_pages(made: Callable[[Random], Floats], random: Random) -> None:
    """A page without writing is blank, be it squared, ruled or under a lamp."""
    pages = [page_of(finished(made(random), random)) for _ in range(6)]
    assert sum(page.digits == () for page in pages) >= 5


def test_lines_are_read_one_after_another() -> None:
    """Of two lines of digits the upper one is read first, each from left to right, be they aslant or not."""
    test = load_test()
    for slope in (-0.1, 0, 0.1):
        page = np.zeros((400, 520))
        for place, image in enumerate(test.images[:8]):
            row, column = divmod(place, 4)
            left = 30 + 120 * column + 25 * row
            put(page, stroke(image, 80, 0.1), 70 + 170 * row + round(slope * left), left)
        digits = page_of(finished(0.9 - 0.7 * page, RANDOM), many=True).digits
        assert (np.array(read([digit.image for digit in digits])) == test.labels[:8]).all()


@pytest.mark.parametrize(
    ("scale", "mode", "format_"),
    [(1, "L", "PNG"), (1, "RGB", "JPEG"), pytest.param(3, "RGB", "PNG", marks=pytest.mark.slow)],
)
def test_greys_made_of_dots(scale: int, mode: str, format_: str) -> None:
    """Pictures of black and white alone, in which dots stand for greys, are read, as faxes have them."""
    pages = []
    for seed in range(6):
        grey = np.kron(0.9 - 0.7 * drawn(seed), np.ones((scale, scale)))
        dots = Image.fromarray(np.rint(255 * grey).astype(np.uint8)).convert("1").convert(mode)
        dots.save(file := io.BytesIO(), format_, quality=90)
        pages.append(page_of(np.asarray(Image.open(file))))
    plain = read([page_of(finished(0.9 - 0.7 * drawn(seed), RANDOM)).digits[0].image for seed in range(6)])
    found = read([page.digits[0].image if page.digits else np.zeros((28, 28), np.uint8) for page in pages])
    assert (np.array(found) == plain).mean() >= 5 / 6


def test_small_digits_of_two_levels() -> None:
    """Black and white alone are not smoothed where they are no dots: digits of 16 pixels on a large page are read."""
    test = load_test()
    pages = []
    for image in test.images[:12]:
        page = np.full((240, 240), 255, np.uint8)
        small = np.asarray(Image.fromarray(image).resize((22, 22), Image.Resampling.BICUBIC))
        page[100:122, 90:112] = np.where(small > 110, 0, 255)
        pages.append(page_of(page))
    found = read([page.digits[0].image if page.digits else np.zeros((28, 28), np.uint8) for page in pages])
    assert (np.array(found) == test.labels[:12]).mean() >= 5 / 6


def test_digits_above_one_another_are_told() -> None:
    """Where one digit was expected, a second one is told, whether it stands beside the first or below it."""
    first, second = (stroke(image, 80, 0.1) for image in load_test().images[:2])
    for top, left in ((20, 120), (150, 20)):
        page = np.zeros((260, 220))
        put(page, first, 20, 20)
        put(page, second, top, left)
        assert page_of(finished(0.9 - 0.7 * page, RANDOM)).others == 1


def test_a_line_of_one_pixel() -> None:
    """Digits drawn with a line of one pixel, as the pencil of a paint program does, are read."""
    test = load_test()
    large = [Image.fromarray(image).resize((700, 700), Image.Resampling.BICUBIC) for image in test.images[:2]]
    pages = [page_of(np.where(skeleton(np.asarray(image) > 110), 0, 255).astype(np.uint8)) for image in large]
    assert (np.array(read([page.digits[0].image for page in pages])) == test.labels[:2]).all()


def test_a_page_full_of_digits() -> None:
    """Of a hundred and more equal digits none is the greatest, and they are no noise either."""
    digit = stroke(load_test().images[0], 30, 0.12)
    page = np.zeros((600, 600))
    for top in range(10, 560, 50):
        for left in range(10, 560, 50):
            put(page, digit, top, left)
    assert len(page_of(finished(0.9 - 0.7 * page, RANDOM), many=True).digits) > 100


def bold_0(draw: Any) -> None:
    """As of blocks, with a hole as a sheet has it that a 1 is written on."""
    draw.rectangle((84, 40, 156, 160), fill=255)
    draw.rectangle((108, 64, 132, 136), fill=0)


def parted_7(draw: Any) -> None:
    """Whose bar does not quite touch."""
    draw.rectangle((70, 40, 170, 48), fill=255)
    draw.line((165, 54, 105, 165), fill=255, width=10)


def fat_2(draw: Any) -> None:
    """By a marker half as wide as it is high."""
    draw.line((85, 70, 120, 50, 150, 75, 85, 145, 160, 145), fill=255, width=44, joint="curve")


@pytest.mark.parametrize(("shape", "digit"), [(bold_0, 0), (parted_7, 7), (fat_2, 2)])
def test_digits_that_have_nearly_such_a_shape(shape: Callable[[Any], None], digit: int) -> None:
    """A bold 0 is no sheet, the bar of a 7 no rule, and a fat 2 no patch of light."""
    image = Image.new("L", (WIDTH, HEIGHT))
    shape(ImageDraw.Draw(image))
    page = page_of(255 - np.asarray(image))
    assert read([one.image for one in page.digits]) == [digit]


def test_no_digit_of_mnist_has_such_a_shape() -> None:
    """Of 2,000 digits of MNIST one at most is taken for a sheet, a frame around nothing, a patch or a grid."""
    masks = [image > 100 for image in load_test().images[:2000]]
    shapes = [(mask, shape_of(mask)) for mask in masks]
    assert sum(shape.is_sheet or shape.is_grid or is_patch(mask, shape) for mask, shape in shapes) <= 1
