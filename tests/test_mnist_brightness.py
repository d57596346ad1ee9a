"""What a picture with alpha looks like to whoever reads digits in it: light ink is laid on black, all else on white."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from convfilter.images.picture import Frame, Picture
from convfilter.mnist.brightness import brightness
from convfilter.mnist.digits import read_page

RING = (np.abs(np.hypot(*(np.indices((120, 90)) - np.reshape((60, 45), (2, 1, 1)))) - 30) < 4).astype(np.float32)


def picture(colour: Any, alpha: Any, mode: Any = "RGBA", depth: str = "uint8") -> Picture:
    """One frame of a grey colour and alpha, both in [0, 1]."""
    full = 1 if depth == "float32" else np.iinfo(depth).max
    channels = [*[np.broadcast_to(colour, RING.shape)] * (len(mode) - 1), np.broadcast_to(alpha, RING.shape)]
    return Picture((Frame((np.stack(channels, axis=2) * full).astype(depth), mode),), "PNG")


@pytest.mark.parametrize(("mode", "depth"), [("LA", "uint8"), ("RGBA", "uint8"), ("RGBA", "uint16"), ("LA", "float32")])
@pytest.mark.parametrize("opacity", [1, 0.5])
@pytest.mark.parametrize("hidden", [0, 1])
def test_light_ink_on_transparent_is_seen(mode: str, depth: str, opacity: float, hidden: int) -> None:
    """White ink on nothing is laid on black and read as light on dark, whatever colour hides in what is transparent."""
    seen = picture(np.where(RING > 0, 1, hidden), opacity * RING, mode, depth)
    np.testing.assert_allclose(brightness(seen), opacity * RING, atol=0.01)
    page = read_page(seen)
    assert len(page.digits) == 1
    assert not page.inverted


def test_a_dark_rim_does_not_make_ink_dark() -> None:
    """White strokes whose half-transparent rim is darker, as bad resizing leaves it, are light."""
    soft = np.clip(34.5 - np.hypot(*(np.indices((120, 90)) - np.reshape((60, 45), (2, 1, 1)))), 0, 4) / 4 * (RING > 0)
    np.testing.assert_allclose(brightness(picture(soft, soft)), soft * soft, atol=0.01)


CUT_OUT = (np.hypot(*(np.indices((120, 90)) - np.reshape((60, 45), (2, 1, 1)))) < 44).astype(np.float32)


@pytest.mark.parametrize(
    ("colour", "alpha"),
    [(0, RING), (0.4, 0.5 * RING), (1 - 0.8 * RING, 1), (1 - 0.8 * RING, 0.5), (1 - 0.8 * RING, CUT_OUT)],
)
def test_dark_ink_stays_on_white(colour: Any, alpha: Any) -> None:
    """Dark ink is laid on white: on nothing, on an opaque or half-transparent page, or on one that was cut out."""
    seen = picture(colour, alpha)
    np.testing.assert_allclose(brightness(seen), 1 + alpha * (np.asarray(colour) - 1), atol=0.01)
    page = read_page(seen)
    assert len(page.digits) == 1
    assert page.inverted


def test_nothing_to_see_with_alpha() -> None:
    """A picture that is transparent all over, and a blank page with its corners cut off, are blank."""
    corners = np.add.outer(*(np.minimum(np.arange(side), np.arange(side)[::-1]) for side in RING.shape)) > 15
    for seen in (picture(1, 0), picture(0, 0), picture(1, corners)):
        assert brightness(seen).min() > 0.99
        assert read_page(seen).digits == ()


def test_which_way_round_is_obeyed_with_alpha() -> None:
    """Whoever says that the ink is light, or dark, gets that ink, and not what was found out."""
    assert not read_page(picture(1, RING), invert="no").inverted
    assert read_page(picture(0, RING), invert="yes").inverted
    assert read_page(picture(1, RING), invert="yes").inverted
