"""What a network reads in a user's picture: the digits, how sure it is, and what to be wary of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from convfilter.endpoints import naming, read_source
from convfilter.images.limits import MAX_PIXELS
from convfilter.mnist.digits import Digit, Page, read_page
from convfilter.mnist.models import Model
from convfilter.mnist.prediction import probabilities
from convfilter.names import Invert
from convfilter.text import shortened

SURE = 0.8
"""Below this probability a digit is reported as uncertain."""

WIDE = 1.4
"""Of MNIST's digits 1 in 100 is wider than so many times its height."""


@dataclass(frozen=True)
class Reading:
    """One digit, as it was read.

    Attributes:
        found: the digit as the network saw it.
        probabilities: (10,), float32.
    """

    found: Digit
    probabilities: NDArray[np.float32]

    @property
    def digit(self) -> int:
        """The likeliest."""
        return int(self.probabilities.argmax())

    @property
    def probability(self) -> float:
        """Of the likeliest."""
        return float(self.probabilities.max())

    def likeliest(self, count: int) -> list[tuple[int, float]]:
        """The likeliest digits and their probabilities, in order."""
        order = np.argsort(-self.probabilities, kind="stable")[:count]
        return [(int(digit), float(self.probabilities[digit])) for digit in order]


@dataclass(frozen=True)
class Answer:
    """What was read in one picture.

    Attributes:
        path: of the picture.
        page: what was found in it.
        readings: line by line, from left to right; empty where there is no digit.
        warnings: sentences about what makes the answer doubtful.
    """

    path: Path
    page: Page
    readings: tuple[Reading, ...]
    warnings: tuple[str, ...]


def answer(
    path: Path, model: Model, *, many: bool = False, invert: Invert = "auto", max_pixels: int = MAX_PIXELS
) -> Answer:
    """Read the digit, or all digits line by line, in a picture.

    Args:
        path: a picture of any size, or `inputs.STREAM`.
        model: a trained network.
        many: look for lines of digits.
        invert: as for `ink.find_ink`.
        max_pixels: refuse larger pictures before decoding them.

    Raises:
        ImageError: the picture cannot be read; the message begins with its path.
    """
    with naming(path):
        page = read_page(read_source(path, max_pixels, folders=False), many=many, invert=invert)
        images = np.array([digit.image for digit in page.digits], np.uint8).reshape(-1, 28, 28)
        rows = probabilities(model.layers, model.weights, images, model.turns)
    readings = tuple(Reading(digit, row) for digit, row in zip(page.digits, rows, strict=True))
    return Answer(path, page, readings, tuple(_warnings(page, readings)))


def _warnings(page: Page, readings: tuple[Reading, ...]) -> list[str]:
    warnings = [f"{page.frames} frames: only the first was read"] if page.frames > 1 else []
    if not readings:
        return [*warnings, "blank: no digit was found"]
    if page.others:
        warnings.append(f"several digits: {page.others + 1} were found and one was read; --digits many reads all")
    height, width = page.gray.shape
    boxes = [(str(reading.digit), reading.found.box) for reading in readings]
    wide = [
        digit for digit, (top, left, bottom, right) in boxes if (right - left) * width > WIDE * (bottom - top) * height
    ]
    if wide:
        warnings.append(f"very wide: {shortened(', '.join(wide))} may be several digits that touch")
    unsure = [str(reading.digit) for reading in readings if reading.probability < SURE]
    if unsure:
        warnings.append(
            f"low confidence: {shortened(', '.join(unsure))} {'is' if len(unsure) == 1 else 'are'} uncertain"
        )
    return warnings
