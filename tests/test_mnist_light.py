"""Uneven light is no writing: blank pages in it are blank, and what is written on them is read."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from digit_photos import across, clouds, finished
from digit_strokes import Floats, Random, put
from PIL import Image
from test_mnist_digits import page_of, read

from convfilter.mnist.data import load_test
from convfilter.mnist.light import without_shadows
from convfilter.mnist.shapes import stroke_width

HEIGHT, WIDTH = 120, 160


def ramp(shape: Any, random: Random) -> Floats:
    """How far every pixel lies in some direction, from 0 to 1."""
    far = across(shape, random.uniform(0, 2 * np.pi))
    return (far - far.min()) / np.ptp(far)


def shadow(shape: Any, random: Random, width: float) -> Floats:
    """A shadow with a wavy edge so wide, as a share of the shorter side."""
    direction = random.uniform(0, 2 * np.pi)
    waves = 0.05 * np.sin(8 * across(shape, direction + np.pi / 2))
    depth = across(shape, direction) + waves - random.uniform(-0.3, 0.3)
    return 1 - random.uniform(0.3, 0.6) * np.clip(depth / width + 0.5, 0, 1)


LIGHTS: dict[str, Callable[[Any, Random], Floats]] = {
    "gradient": lambda shape, random: 1 - random.uniform(0.3, 0.8) * ramp(shape, random) ** random.uniform(0.7, 1.5),
    "vignette": lambda shape, random: 1 - 0.6 * (across(shape, 0) ** 2 + across(shape, np.pi / 2) ** 2),
    "soft shadow": lambda shape, random: shadow(shape, random, 0.3),
    "hard shadow": lambda shape, random: shadow(shape, random, 0.01),
    "blotches": lambda shape, random: 1 - 0.15 * clouds(shape, random, 0.25),
    "grain": lambda shape, random: (1 - 0.4 * ramp(shape, random)) * (1 + 0.02 * clouds(shape, random, 0.01)),
}


def photographed(page: Floats, light: str, random: Random, *, compressed: bool) -> Any:
    """A page in that light, with the noise of a sensor."""
    pixels = finished(page * LIGHTS[light](page.shape, random), random, 0.01)
    if compressed:
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "JPEG", quality=60)
        pixels = np.asarray(Image.open(file))
    return pixels


@pytest.mark.parametrize("light", LIGHTS)
def test_blank_pages_in_uneven_light(light: str) -> None:
    """Of six pages without writing in such light, five or more are blank, compressed or not."""
    random = np.random.default_rng(zlib.crc32(light.encode()))
    pages = [np.full((HEIGHT, WIDTH), random.uniform(0.7, 1)) for _ in range(6)]
    found = [page_of(photographed(page, light, random, compressed=index % 2 == 0)) for index, page in enumerate(pages)]
    assert sum(page.digits == () for page in found) >= 5


@pytest.mark.parametrize("light", LIGHTS)
def test_digits_in_uneven_light(light: str) -> None:
    """Of six digits in such light, strong and pale ones, five or more are read."""
    random, test = np.random.default_rng(zlib.crc32(light.encode())), load_test()
    picks = random.choice(len(test), 6, replace=False)
    images = []
    for index, pick in enumerate(picks):
        ink = np.zeros((HEIGHT, WIDTH))
        drawn = Image.fromarray(test.images[pick]).resize((84, 84), Image.Resampling.BICUBIC)
        put(ink, np.asarray(drawn) / 255, random.integers(10, 25), random.integers(20, 60))
        page = page_of(photographed(0.9 - [0.7, 0.4][index % 2] * ink, light, random, compressed=False))
        images.append(page.digits[0].image if page.digits else np.zeros((28, 28), np.uint8))
    assert (np.array(read(images)) == test.labels[picks]).sum() >= 5


def test_pieces_of_shadow_are_left_out() -> None:
    """Of two marks as dark, the one that is cut out of a shadow goes, the stroke beside it stays whole."""
    gray = np.full((120, 160), 0.9, np.float32)
    gray[:, :60] = 0.4
    gray[30:90, 110:118] = 0.4
    mask = np.zeros(gray.shape, np.bool_)
    mask[30:90, 52:60] = mask[30:90, 110:118] = True
    kept = without_shadows(gray, mask, True, stroke_width(mask))
    np.testing.assert_array_equal(kept, mask & (np.arange(160) > 60))
    np.testing.assert_array_equal(without_shadows(1 - gray, mask, False, stroke_width(mask)), kept)
