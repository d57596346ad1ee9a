"""Pictures, kernels and the other tools themselves, for tests of `--match`."""

from __future__ import annotations

import math
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from convfilter.arrays import apply
from convfilter.operations import Operations

Pixels = NDArray[Any]


DEPTHS = (8, 16)


SHAPES = ((1, 1), (1, 7), (9, 1), (2, 3), (13, 21), (33, 20, 3), (40, 64))


"""Also smaller than kernels; rows of 4 n samples and others."""


TENTHS = np.array([[1, 1, 1], [1, 2, 1], [1, 1, 1]]) / 10


KERNELS = {
    "tenths": TENTHS,
    "ninths": np.ones((3, 3)) / 9,
    "binomial": np.outer([1, 2, 1], [1, 2, 1]) / 16,
    "laplace": np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
    "sharp": np.array([[0, -0.1, 0], [-0.1, 1.4, -0.1], [0, -0.1, 0]]),
    "uneven": np.arange(1, 26).reshape(5, 5) / 325,
    "sixths": np.ones((2, 3)) / 6,
    "column": np.array([[0.3], [0.2], [0.1], [0.4]]),
}


"""With means that end at a half, sums that are not 1, negative results, and even sizes."""


def program() -> str | None:
    """ImageMagick 6 with 16 bits, without floats (HDRI), which other versions have; None where there is none."""
    name = shutil.which("convert") or shutil.which("magick")
    version = subprocess.run([name, "-version"], capture_output=True, text=True).stdout if name else ""
    return name if "ImageMagick 6" in version and "Q16" in version and "HDRI" not in version else None


CONVERT = program()


needs_imagemagick = pytest.mark.skipif(CONVERT is None, reason="needs ImageMagick 6 Q16 without HDRI")


def pictures(seed: int, depth: int, step: int = 3) -> Iterator[Pixels]:
    """Every step-th shape, from one that the seed says: random, of few levels, or with a flat part."""
    random = np.random.default_rng(seed)
    white = 2**depth - 1
    for index, shape in list(enumerate(SHAPES))[seed % step :: step]:
        picture = random.integers(0, white + 1, shape)
        if index % 3 == 1:
            picture = picture % 4 * (white // 3)
        elif index % 3 == 2:
            picture[: len(picture) // 2 + 1] = random.integers(0, white + 1)
        yield picture.astype(np.uint8 if depth == 8 else np.uint16)


def found(operations: Operations, picture: Pixels) -> Pixels:
    """What convfilter makes of a picture, alpha as any channel."""
    return apply(picture, *operations)


def by_planes(filter_: Any, picture: Pixels) -> Pixels:
    """A filter of planes over a picture."""
    if picture.ndim == 2:
        return filter_(picture)
    return np.stack([filter_(plane) for plane in np.moveaxis(picture, -1, 0)], -1)


def saturated(filter_: Any, picture: Pixels) -> Pixels:
    """A filter of scipy without the wrapping around of what is out of range."""
    white = np.iinfo(picture.dtype).max
    return np.clip(np.floor(filter_(picture.astype(np.float64))), 0, white).astype(picture.dtype)


def pillow(picture: Pixels, filter_: Any) -> Pixels:
    """A picture through a filter of Pillow."""
    return np.array(Image.fromarray(picture).filter(filter_))


def imagemagick(picture: Pixels, *settings: str) -> Pixels:
    """A picture through ImageMagick, from raw samples to PGM, PPM or PAM."""
    height, width = picture.shape[:2]
    depth = str(8 * picture.itemsize)
    kind, into = {1: ("gray", "pgm"), 3: ("rgb", "ppm"), 4: ("rgba", "pam")}[picture.size // (height * width)]
    call = [str(CONVERT), "-size", f"{width}x{height}", "-depth", depth, "-endian", "MSB", f"{kind}:-"]
    wire = picture.dtype.newbyteorder(">")
    data = picture.astype(wire).tobytes()
    written = subprocess.run([*call, *settings, f"{into}:-"], input=data, capture_output=True, check=True).stdout
    return np.frombuffer(written[-len(data) :], wire).astype(picture.dtype).reshape(picture.shape)


def flipped(seed: int, depth: int) -> bool:
    """Whether a kernel is flipped: each is, at one depth or the other."""
    return (seed + depth // 8) % 2 == 0


def written(weights: Pixels) -> str:
    """A kernel as ImageMagick reads it."""
    rows = " ".join(",".join(repr(float(weight)) for weight in row) for row in weights)
    return f"{weights.shape[1]}x{weights.shape[0]}:{rows}"


def sigmas(seed: int, count: int) -> list[float]:
    """Random sigmas from 0.2 to 12, small ones as often as great ones."""
    return [float(sigma) for sigma in np.exp(np.random.default_rng(seed).uniform(math.log(0.2), math.log(12), count))]
