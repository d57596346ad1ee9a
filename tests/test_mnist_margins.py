"""Pictures that are cut close to their digit, and others that only look so."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from test_mnist_digits import page_of, read
from test_mnist_shapes import HEIGHT, WIDTH, as_plain, drawn

from convfilter.mnist.data import load_test


@pytest.mark.parametrize(
    ("scale", "light"),
    [(1, True), (8, False), *(pytest.param(*case, marks=pytest.mark.slow) for case in ((1, False), (8, True)))],
)
def test_pictures_cut_to_their_digit(scale: int, light: bool) -> None:
    """Digits are read in pictures without any margin, as collections of digits have them, either way round."""
    test = load_test()
    pages = []
    for image in test.images[:40]:
        rows, columns = (np.flatnonzero((image > 60).any(axis=axis)) for axis in (1, 0))
        cut = Image.fromarray(image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
        pixels = np.asarray(cut.resize((cut.width * scale, cut.height * scale), Image.Resampling.BICUBIC))
        pages.append(page_of(pixels if light else 255 - pixels))
    found = read([page.digits[0].image if page.digits else np.zeros((28, 28), np.uint8) for page in pages])
    assert (np.array(found) == test.labels[:40]).mean() >= 0.9
    assert all(0 <= side <= 1 for page in pages for digit in page.digits for side in digit.box)


@pytest.mark.parametrize("light", [False, True])
def test_lines_cut_close(light: bool) -> None:
    """Of fifteen lines of digits that all reach from rim to rim, fourteen are taken the right way round."""
    images = load_test().images
    right = 0
    for first in range(240, 300, 4):
        digits = []
        for image in images[first : first + 4]:
            rows, columns = (np.flatnonzero((image > 60).any(axis=axis)) for axis in (1, 0))
            cut = Image.fromarray(image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
            digits.append(np.pad(np.asarray(cut.resize((28, 40))), ((0, 0), (4, 4))))
        line = np.hstack(digits)[:, 4:-4]
        right += page_of(line if light else 255 - line, many=True).inverted != light
    assert right >= 14


def test_a_shadow_is_no_digit_that_fills_its_picture() -> None:
    """A clear digit half in a hard shadow, or beside a table, is not taken for a picture cut to its digit."""
    y, x = np.indices((HEIGHT, WIDTH)) / HEIGHT
    darks = (x + 0.2 * y < 0.6, x + y < 0.8, (x < 0.15) | (y > 0.9))
    pictures = {seed: (0.9 - 0.7 * drawn(seed)) * np.where(darks[seed % 3], 0.4, 1) for seed in range(6)}
    assert as_plain(pictures, 80) >= 5 / 6
