"""Pictures of handwritten digits as people photograph, scan and draw them, made from images of MNIST."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from digit_strokes import Bytes, Floats, Random, Range, put, stroke, written
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage


def blend(ink: Floats, paper: Any, colour: Any) -> Floats:
    """Ink on paper: either is a brightness in [0, 1] or a colour (red, green, blue), for all or for every pixel."""
    paper, colour = np.asarray(paper, np.float64), np.asarray(colour, np.float64)
    if paper.ndim in (1, 3) or colour.ndim in (1, 3):
        ink = ink[..., np.newaxis]
    return paper + ink * (colour - paper)


def finished(picture: Floats, random: Random, noise: float = 0.008) -> Bytes:
    """A picture in bytes, with a little noise of the sensor."""
    return np.rint(255 * np.clip(picture + noise * random.standard_normal(picture.shape), 0, 1)).astype(np.uint8)


def clouds(shape: tuple[int, ...], random: Random, scale: float) -> Floats:
    """Smooth noise between about -1 and 1, whose blots are a share of the shorter side large."""
    blots = max(0.5, scale * min(shape))
    coarse = max(1, int(blots / 3))
    field = ndimage.gaussian_filter(random.standard_normal([side // coarse + 2 for side in shape]), blots / coarse)
    field = ndimage.zoom(field / (2 * field.std()), coarse, order=1) if coarse > 1 else field / (2 * field.std())
    return field[: shape[0], : shape[1]]


def across(shape: tuple[int, ...], angle: float) -> Floats:
    """How far every pixel lies from the middle in a direction (radians), as a share of the shorter side."""
    y, x = np.indices(shape) - (np.reshape(shape, (2, 1, 1)) - 1) / 2
    return (np.cos(angle) * x + np.sin(angle) * y) / min(shape)


def plain(ink: Floats, random: Random) -> Floats:
    """Dark ink on light paper."""
    return blend(ink, random.uniform(0.8, 1), random.uniform(0.02, 0.35))


def light_over(shape: tuple[int, ...], random: Random, strength: Range) -> Floats:
    """Light that gets weaker to one side and to the corners, at most 1."""
    direction = random.uniform(0, 2 * np.pi)
    ramp = across(shape, direction)
    ramp = (ramp - ramp.min()) / np.ptp(ramp)
    radius = across(shape, 0) ** 2 + across(shape, np.pi / 2) ** 2
    return (1 - random.uniform(*strength) * ramp) * (1 - 0.5 * random.uniform(*strength) * radius / radius.max())


def chalk(digit: Bytes, random: Random) -> Bytes:
    """Light on dark: grainy chalk on a smeared blackboard."""
    ink = written(digit, random, pen=(0.05, 0.11))
    grain = ndimage.gaussian_filter(random.standard_normal(ink.shape), 0.0015 * max(ink.shape) + 0.4)
    ink = ink * np.clip(0.75 + 0.35 * grain / grain.std(), 0, 1)
    board = random.uniform(0.12, 0.3) * (1 + 0.25 * clouds(ink.shape, random, 0.15))
    hue = np.array([(0.8, 1.1, 0.9), (1, 1, 1)][random.integers(2)])
    return finished(blend(ink, board[..., np.newaxis] * hue, random.uniform(0.75, 0.95)), random)


def pencil(digit: Bytes, random: Random) -> Bytes:
    """A faint grey line with the grain of the paper in it."""
    ink = written(digit, random, (300, 700), pen=(0.02, 0.045))
    paper = random.uniform(0.85, 0.97)
    ink *= np.clip(1 + 0.3 * random.standard_normal(ink.shape), 0.4, 1.2)
    return finished(blend(ink, paper, paper - random.uniform(0.15, 0.35)), random)


def hand_shadow(digit: Bytes, random: Random) -> Bytes:
    """A shadow with a sharp, wavy edge that goes through the digit."""
    ink = written(digit, random, wander=0.3)
    direction = random.uniform(0, 2 * np.pi)
    along = across(ink.shape, direction + np.pi / 2)
    waves = 0.06 * np.sin(along * random.uniform(6, 14) + random.uniform(0, 6))
    depth = (across(ink.shape, direction) + waves - random.uniform(-0.12, 0.12)) * min(ink.shape)
    shade = np.clip(depth / random.uniform(2, 8) + 0.5, 0, 1)
    return finished(plain(ink, random) * (1 - random.uniform(0.3, 0.55) * shade), random)


def jpeg(digit: Bytes, random: Random) -> Bytes:
    """A noisy photograph, compressed too much."""
    noisy = finished(plain(written(digit, random), random), random, random.uniform(0.03, 0.08))
    file = io.BytesIO()
    Image.fromarray(noisy).save(file, "JPEG", quality=int(random.integers(15, 41)))
    return np.asarray(Image.open(file))


def out_of_focus(digit: Bytes, random: Random) -> Bytes:
    """Blurred by up to 5 % of the digit's height."""
    ink = written(digit, random, pen=(0.05, 0.13))
    tall = np.ptp(np.flatnonzero(ink.any(axis=1)))
    return finished(ndimage.gaussian_filter(plain(ink, random), tall * random.uniform(0.02, 0.05)), random)


def dusty(digit: Bytes, random: Random) -> Bytes:
    """Specks of dirt, darker and lighter ones, and a hair."""
    ink = written(digit, random)
    side = min(ink.shape)
    dirt = np.zeros(ink.shape)
    for _ in range(random.integers(10, 60)):
        radius = random.uniform(0.5, 0.008 * side)
        y, x = (random.uniform(0, extent) for extent in ink.shape)
        rows, columns = np.ogrid[: ink.shape[0], : ink.shape[1]]
        spot = np.clip(radius - np.hypot(rows - y, columns - x) + 0.5, 0, 1)
        np.maximum(dirt, spot * random.uniform(0.2, 0.9), out=dirt)
    hair = Image.new("L", ink.shape[::-1])
    steps = random.uniform(-0.02, 0.03, (8, 2)) * side
    path = np.cumsum(steps, axis=0) + random.uniform(0.1, 0.8, 2) * ink.shape[::-1]
    ImageDraw.Draw(hair).line([(float(x), float(y)) for x, y in path], fill=120)
    return finished(plain(np.maximum.reduce([ink, dirt, np.asarray(hair) / 255]), random), random)


def page_border(digit: Bytes, random: Random) -> Bytes:
    """A sheet on a dark table that shows on one to three sides."""
    ink = written(digit, random, share=(0.25, 0.5), wander=0.3)
    table = random.uniform(0.1, 0.35) * (1 + 0.3 * clouds(ink.shape, random, 0.03))
    inside = np.full(ink.shape, np.inf)
    for side in random.permutation(4)[: random.integers(1, 4)]:
        direction = side * np.pi / 2 + random.uniform(-0.05, 0.05)
        reach = ink.shape[1 - side % 2] / min(ink.shape) / 2 - random.uniform(0.04, 0.13)
        inside = np.minimum(inside, reach - across(ink.shape, direction))
    sheet = np.clip(inside * min(ink.shape) + 0.5, 0, 1)
    return finished(blend(sheet, table, plain(ink, random)), random)


def lined(digit: Bytes, random: Random, grid: bool) -> Bytes:
    """Ink on paper with pale blue lines, or a grid of them, that go through the digit."""
    ink = written(digit, random, (300, 700), pen=(0.03, 0.1))
    tall = np.ptp(np.flatnonzero(ink.any(axis=1)))
    step = tall * (random.uniform(0.15, 0.5) if grid else random.uniform(0.35, 1.1))
    width, slant = max(1, 0.003 * max(ink.shape)) * random.uniform(1, 1.6), random.uniform(-0.03, 0.03)
    lines = np.zeros(ink.shape)
    for direction in [np.pi / 2 + slant, slant][: 1 + grid]:
        place = (across(ink.shape, direction) * min(ink.shape) + random.uniform(0, step)) % step
        lines = np.maximum(lines, np.clip(width / 2 - np.abs(place - step / 2) + 0.5, 0, 1))
    paper = blend(lines, np.full(3, random.uniform(0.9, 1)), np.array([0.62, 0.75, 0.9]) + random.uniform(-0.05, 0.08))
    return finished(blend(ink, paper, np.array([0.1, 0.1, random.uniform(0.1, 0.5)])), random)


def wrinkled(digit: Bytes, random: Random) -> Bytes:
    """Paper that was crumpled: facets that lie differently in the light, and folds between them."""
    ink = written(digit, random)
    relief = 0.05 * clouds(ink.shape, random, 0.12) + 0.015 * clouds(ink.shape, random, 0.003)
    for _ in range(random.integers(4, 10)):
        place = across(ink.shape, random.uniform(0, np.pi)) - random.uniform(-0.5, 0.5)
        relief += random.uniform(-0.1, 0.1) * np.sign(place) * np.exp(-np.abs(place) / random.uniform(0.02, 0.15))
    return finished((plain(ink, random)) * 0.95 * (1 + relief), random)


def with_neighbours(digit: Bytes, random: Random) -> Bytes:
    """A smaller printed text in one corner."""
    ink = written(digit, random, (300, 700), share=(0.4, 0.65), wander=0.1)
    height, width = ink.shape
    tall = max(9, round(height * random.uniform(0.03, 0.06)))
    text = Image.new("L", (width, height))
    down, left = (float(value) for value in random.uniform(0.02, 0.06, 2))
    place = (left * width, (1 - down) * height - tall if random.integers(2) else down * height)
    words = ["p. 12", "No 7", "Ex. 3a", "Total", "28/4"][random.integers(5)]
    ImageDraw.Draw(text).text(place, words, 255, ImageFont.load_default(tall))
    return finished(plain(np.maximum(ink, np.asarray(text) / 255), random), random)


def tight(digit: Bytes, random: Random) -> Bytes:
    """Cut so that the ink touches all sides."""
    return finished(plain(stroke(digit, random.uniform(80, 500), random.uniform(0.05, 0.16)), random), random)


def coloured(digit: Bytes, random: Random, papers: Sequence[tuple[int, ...]], inks: Sequence[tuple[int, ...]]) -> Bytes:
    """One of some inks on one of some papers, both a little different every time."""
    paper, ink = (
        np.clip(colours[random.integers(len(colours))] + random.uniform(-15, 15, 3), 0, 255) / 255
        for colours in (papers, inks)
    )
    page = written(digit, random)
    return finished(blend(page, paper * (1 + 0.03 * clouds(page.shape, random, 0.004)[..., np.newaxis]), ink), random)


def ballpoint(digit: Bytes, random: Random) -> Bytes:
    """A thin blue line on white paper."""
    ink = written(digit, random, (400, 900), pen=(0.015, 0.03))
    blue = np.array([random.uniform(0.1, 0.3), random.uniform(0.15, 0.35), random.uniform(0.5, 0.75)])
    return finished(blend(ink * random.uniform(0.8, 1), np.full(3, random.uniform(0.85, 1)), blue), random)


def uneven(digit: Bytes, random: Random) -> Bytes:
    """Light that falls from one side, with dark corners."""
    ink = written(digit, random)
    return finished(plain(ink, random) * light_over(ink.shape, random, (0.45, 0.75)), random)


def simply(**how: Any) -> Callable[[Bytes, Random], Bytes]:
    """Dark on light, written in some way; see `written`."""
    return lambda digit, random: finished(plain(written(digit, random, **how), random), random)


def rotated(digit: Bytes, random: Random) -> Bytes:
    """Turned by up to 12 degrees."""
    return simply(angle=random.uniform(-12, 12))(digit, random)


CONDITIONS: dict[str, Callable[[Bytes, Random], Bytes]] = {
    "plain": simply(),
    "chalk": chalk,
    "ballpoint": ballpoint,
    "marker": simply(pen=(0.17, 0.25)),
    "pencil": pencil,
    "uneven light": uneven,
    "hand shadow": hand_shadow,
    "noise and jpeg": jpeg,
    "out of focus": out_of_focus,
    "dusty": dusty,
    "page border": page_border,
    "small in large": simply(size=(500, 1000), share=(0.08, 0.2), wander=0.8),
    "tiny": simply(size=(20, 40), share=(0.55, 0.8), pen=(0.08, 0.16)),
    "large": simply(size=(1500, 3000), share=(0.3, 0.6)),
    "ruled paper": lambda digit, random: lined(digit, random, False),
    "grid paper": lambda digit, random: lined(digit, random, True),
    "wrinkled": wrinkled,
    "coloured paper": lambda digit, random: coloured(
        digit, random, [(250, 232, 120), (190, 150, 105), (250, 180, 200)], [(25, 25, 35), (30, 40, 130)]
    ),
    "red on green": lambda digit, random: coloured(digit, random, [(120, 190, 110), (50, 125, 65)], [(205, 35, 40)]),
    "white on red": lambda digit, random: coloured(digit, random, [(190, 35, 40)], [(240, 240, 240)]),
    "rotated": rotated,
    "tight": tight,
    "neighbours": with_neighbours,
}
"""By name, how to make one picture of an image of MNIST: uint8, (height, width), or (height, width, 3) in colour."""


def line_of_digits(digits: Sequence[Bytes], random: Random) -> Bytes:
    """Digits beside each other: irregular gaps, sizes and heights above the line, in slightly uneven light."""
    height, pen = random.uniform(60, 160), random.uniform(0.05, 0.12)
    inks = [stroke(digit, height * random.uniform(0.8, 1.2), pen) for digit in digits]
    gaps = height * random.uniform(0.1, 0.5, len(digits) + 1) + height * random.uniform(0, 0.4) * (
        np.arange(len(digits) + 1) % len(digits) == 0
    )
    page = np.zeros((round(height * random.uniform(2.0, 2.8)), round(sum(gaps) + sum(ink.shape[1] for ink in inks))))
    left, line = 0.0, page.shape[0] / 2 + height / 2
    for ink, gap in zip(inks, gaps, strict=False):
        put(page, ink, int(line - ink.shape[0] + height * random.uniform(-0.1, 0.1)), int(left + gap))
        left += gap + ink.shape[1]
    return finished(plain(page, random) * light_over(page.shape, random, (0.05, 0.25)), random)
