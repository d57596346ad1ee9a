"""Ruled and squared paper: its lines are taken out of the ink, and nothing else is."""

from __future__ import annotations

import numpy as np
import pytest
from digit_strokes import Floats, Random, stroke
from PIL import Image, ImageDraw
from test_mnist_digits import page_of, read
from test_mnist_shapes import as_plain, drawn

from convfilter.mnist.data import load_test
from convfilter.mnist.rules import without_rules


def lined(ink: Floats, step: int, slant: float, *, squared: bool = False) -> Floats:
    """Ink with dark rules two pixels wide through it, from rim to rim."""
    y, x = np.indices(ink.shape)
    rules = (y + slant * x) % step < 2
    if squared:
        rules |= (x - slant * y) % step < 2
    return np.asarray(np.maximum(ink, 0.55 * rules))


@pytest.mark.parametrize(
    ("slant", "squared"),
    [
        (-0.13, True),
        (0.03, False),
        *(pytest.param(*case, marks=pytest.mark.slow) for case in ((0, False), (0, True), (0.03, True), (-0.06, True))),
    ],
)
def test_dark_rules_through_digits(slant: float, squared: bool) -> None:
    """Digits on ruled and squared paper are read though its lines are dark and run through them."""
    pictures = {
        seed: 0.9 - 0.7 * lined(drawn(seed, height=120, pen=0.08), 20 + 5 * seed, slant, squared=squared)
        for seed in range(6)
    }
    assert as_plain(pictures, 120) >= 5 / 6


@pytest.mark.parametrize(
    ("digit", "line"), [(7, (0, 40, 399, 40, 160, 360)), (1, (200, 0, 200, 399)), (1, (190, 0, 215, 399))]
)
def test_thin_strokes_from_rim_to_rim(digit: int, line: tuple[int, ...]) -> None:
    """The bar of a 7, and a 1, that reach both rims of a picture are no rules, however thin."""
    image = Image.new("L", (400, 400), 255)
    ImageDraw.Draw(image).line(line, fill=0, width=8)
    assert read([one.image for one in page_of(np.asarray(image)).digits]) == [digit]


@pytest.mark.parametrize(("count", "gap"), [(1, 0), (3, 0), (8, 0), (5, 15)])
def test_boxes_of_a_form(count: int, gap: int, random: Random) -> None:
    """Digits in boxes, alone, side by side and apart, are read, and the sides of the boxes are not."""
    test = load_test()
    wrong = 0
    for _ in range(4):
        chosen = random.choice(len(test), count)
        boxes = []
        for image in test.images[chosen]:
            box = np.pad(np.asarray(Image.fromarray(image).resize((90, 90), Image.Resampling.BICUBIC)), 14)
            box[:3] = box[-3:] = box[:, :3] = box[:, -3:] = 220
            boxes.append(np.pad(box, ((0, 0), (0, gap))))
        page = 240 - 0.8 * np.pad(np.hstack(boxes), 40).astype(np.float64)
        digits = page_of(page.astype(np.uint8), many=count > 1).digits
        wrong += read([one.image for one in digits]) != test.labels[chosen].tolist()
    assert wrong <= 1


@pytest.mark.parametrize("digit", [0, 1, 4, 7])
def test_no_stroke_is_a_rule(digit: int) -> None:
    """Strokes from rim to rim of a picture that is cut to its digit, or to a line of equal ones, are no rules."""
    test = load_test()
    for image in test.images[test.labels == digit][:5]:
        ink = np.pad(stroke(image, 150, 0.1) > 0.5, ((0, 0), (3, 3)))
        for line in (ink[:, 3:-3], np.hstack([ink] * 5)):
            assert without_rules(line).sum() == line.sum()


@pytest.mark.parametrize("shape", [(5, 900), (900, 5), (30, 800), (1, 1), (2, 2)])
def test_rules_in_pictures_of_any_shape(shape: tuple[int, int], random: Random) -> None:
    """Ink in a picture however low or narrow has its rules taken out, or not, without an error, and gains no ink."""
    for share in (0.1, 0.5, 1):
        ink = random.random(shape) < share
        assert not (without_rules(ink) & ~ink).any()
