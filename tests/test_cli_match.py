"""`--match`: another tool's levels from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import SAMPLES, pixels_of
from PIL import Image, ImageFilter


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_match_is_the_tool(cli: Any, suffix: str, tmp_path: Path) -> None:
    """`blur --match pillow` is Pillow's Gaussian on every sample of a photograph, alpha too."""
    photo, out = tmp_path / f"rgba{suffix}", tmp_path / f"out{suffix}"
    with Image.open(SAMPLES / "coffee.png") as image:
        image = image.convert("RGBA")
        image.putalpha(image.getchannel("R"))
        image.save(photo)
        wanted = np.asarray(image.filter(ImageFilter.GaussianBlur(3)))
    assert cli("blur", photo, "--sigma", 3, "--match", "pillow", "-o", out).code == 0
    np.testing.assert_array_equal(pixels_of(out), wanted)


def test_match_refuses_what_the_tool_has_not(cli: Any, tmp_path: Path) -> None:
    """Pillow has no 16 bits, so that such a picture fails alone, in one line."""
    Image.fromarray(np.zeros((9, 9), np.uint16)).save(tmp_path / "deep.png")
    answer = cli("blur", tmp_path / "deep.png", SAMPLES / "coffee.png", "--match", "pillow", "-o", tmp_path / "out")
    assert answer.code == 1
    assert "deep.png: Pillow filters 8 bits alone" in answer.err
    assert (tmp_path / "out" / "coffee.png").exists()
