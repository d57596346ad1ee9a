"""`convfilter explain --output` and `--animate`: drawings and animations of one pixel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import fingerprint, pixels_of
from PIL import Image

from convfilter.explain_animation import GAP, SIDE, TOP
from convfilter.explain_crops import FIXED


def test_drawings(cli: Any, photo: Path) -> None:
    """`--output` draws kernels and recipes, keeps what is there, and tells how many rows are left out."""
    target = photo.with_name("seen.png")
    answer = cli("explain", photo, "--recipe", "shrink", "--at", "0,0", "-o", target)
    assert (answer.code, answer.err) == (0, "")
    assert pixels_of(target).std() > 20
    before = fingerprint(photo.parent)
    answer = cli("explain", photo, "--kernel", "kirsch", "-o", target)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == f"convfilter: {target} exists already and is kept; --overwrite replaces it\n"
    assert fingerprint(photo.parent) == before
    answer = cli("explain", photo, "--kernel", "kirsch", "-o", target, "--overwrite")
    assert (answer.code, answer.err) == (0, f"{photo}: 12 of 24 rows of numbers are drawn\n")
    assert fingerprint(photo.parent) != before


@pytest.mark.parametrize("weights", ["[[1, 2]]", "[[3]]"])
def test_long_names_of_filters(cli: Any, photo: Path, weights: str) -> None:
    """A drawing shows the beginning of a filter's long name, so that it runs across nothing."""
    drawn = []
    for name in ("n" * 200, "n" * 17 + "..."):
        kernel, target = photo.with_name("bank.yaml"), photo.with_name("seen.png")
        kernel.write_text(f"combine: max\nweights:\n  {name}: {weights}\n  other: {weights}\n")
        assert cli("explain", photo, "--kernel", kernel, "--gray", "-o", target, "--overwrite").code == 0
        drawn.append(pixels_of(target))
    np.testing.assert_array_equal(*drawn)


@pytest.mark.parametrize(("extension", "begins"), [("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_drawings_for_print(cli: Any, photo: Path, extension: str, begins: bytes) -> None:
    """The extension of a drawing chooses its format, whatever the size of the kernel and the channels."""
    target = photo.parent / "new" / f"seen.{extension}"
    kernel = "disk11" if extension == "svg" else "mean2x2"
    assert cli("explain", photo, "--kernel", kernel, "--gray", "--range", "rescale", "-o", target).code == 0
    assert target.read_bytes().startswith(begins)


def test_outputs_that_cannot_be_written(cli: Any, photo: Path) -> None:
    """A drawing or an animation below a file costs one line and exit code 1."""
    for option, name in (("-o", "x.png"), ("--animate", "x.gif")):
        answer = cli("explain", photo, "--kernel", "mean3x3", option, photo / name)
        assert (answer.code, answer.out) == (1, "")
        assert answer.err == f"convfilter: cannot write {photo / name}: Not a directory; choose another place\n"


def test_an_animation_ends_with_what_apply_writes(cli: Any, photo: Path) -> None:
    """It has a frame for each of 12 x 12 pixels around --at, small, slow, with a pause, and ends with the result."""
    target = photo.with_name("slide.gif")
    answer = cli("explain", photo, "--kernel", "sharpen", "--at", "95,30", "--animate", target)
    assert answer.code == 0
    assert answer.err == f"{photo}: of the result, columns 84 to 95 and rows 24 to 35 are animated\n"
    assert cli("apply", photo, "--kernel", "sharpen", "-o", photo.with_name("out.png")).code == 0
    wanted = pixels_of(photo.with_name("out.png"))[24:36, 84:96]
    assert target.stat().st_size < 2e6
    block = SIDE // 12
    with Image.open(target) as image:
        assert (image.n_frames, image.info["loop"]) == (144, 0)
        times = []
        for index in range(144):
            image.seek(index)
            times.append(image.info["duration"])
            if index in (0, 77, 143):
                shown = np.asarray(image.convert("RGB"))[TOP : TOP + SIDE, -SIDE:][
                    block // 2 :: block, block // 2 :: block
                ]
                done = np.arange(144).reshape(12, 12) <= index
                np.testing.assert_array_equal(shown[done], wanted[done])
                assert (shown[~done] == FIXED[2]).all()
    assert min(times) >= 50
    assert times[-1] > 1000


def test_the_window_of_an_animation_frames_what_is_seen(cli: Any, tmp_path: Path) -> None:
    """A small result is animated as a whole, and the frame lies around the pixels that each of it sees."""
    pixels = np.arange(48, dtype=np.uint8).reshape(6, 8) * 5
    Image.fromarray(pixels).save(tmp_path / "small.png")
    target = tmp_path / "slide.gif"
    answer = cli(
        "explain",
        tmp_path / "small.png",
        "--kernel",
        "mean3x3",
        "--border",
        "valid",
        "--stride",
        "2",
        "--animate",
        target,
    )
    assert (answer.code, answer.err) == (0, "")
    with Image.open(target) as image:
        assert image.n_frames == 6  # of 3 x 2 pixels
        image.seek(5)
        page = np.asarray(image.convert("RGB")).astype(int)
    left = page[:, : -(SIDE // 3 * 3) - GAP]
    block = left.shape[1] // (7 + 4)  # 7 x 5 pixels are seen, and two more on every side
    red = np.argwhere((left == (230, 30, 30)).all(axis=2)) - (TOP, 0)
    first, last = red.min(axis=0) // block, red.max(axis=0) // block
    assert (first.tolist(), last.tolist()) == ([2 + 2, 2 + 4], [2 + 4, 2 + 6])
