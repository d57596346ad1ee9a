"""`convfilter explain`: one pixel as text, and what cannot be explained."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from conftest import fingerprint, pixels_of
from files_pixels import noise
from PIL import Image
from rich.console import Console

from convfilter.cli import console


def written(text: str) -> list[int]:
    """The samples of the last line that tells them."""
    return [int(number) for number in re.findall(r"\d+", re.findall(r"^written: (.*)$", text, re.MULTILINE)[-1])]


@pytest.mark.parametrize(
    ("options", "alpha"),
    [
        (["--kernel", "sobel", "--at", "0,0"], False),
        (["--kernel", "sobel", "--at", "0,0"], True),
        (["--kernel", "gaussian5x5", "--border", "wrap", "--stride", "3", "--at", "31,21"], True),
        (["--kernel", "kirsch", "--flip", "--range", "abs", "--gray"], False),
        (["--kernel", "mean3x3", "--kernel", "sobel-x", "--range", "rescale", "--at", "95,0"], True),
        (["--kernel", "gaussian3x3", "--linear", "--border", "zero", "--at", "0,63"], False),
        (["--recipe", "three-layers"], False),
        (["--recipe", "shrink", "--at", "23,15"], True),
    ],
)
def test_it_tells_the_pixel_that_apply_writes(
    cli: Any, photo: Path, options: list[str], alpha: bool, random: np.random.Generator
) -> None:
    """The samples at the end are those in the file that `apply` writes, and no line is longer than a page."""
    if alpha:
        Image.fromarray(np.dstack([pixels_of(photo), noise(random, 64, 96, 1)[:, :, 0]])).save(photo)
    answer = cli("explain", photo, *options)
    assert (answer.code, answer.err) == (0, "")
    at = options.index("--at") if "--at" in options else None
    others = options if at is None else options[:at] + options[at + 2 :]
    assert cli("apply", photo, *others, "-o", photo.with_name("out.png")).code == 0
    result = pixels_of(photo.with_name("out.png"))
    height, width = result.shape[:2]
    column, row = (width // 2, height // 2) if at is None else map(int, options[at + 1].split(","))
    assert written(answer.out) == np.atleast_1d(result[row, column]).tolist()
    assert answer.out.startswith(f"photo.png: pixel {column},{row} of the result, which is {width} x {height}\n")
    assert max(map(len, answer.out.splitlines())) <= console.PAGE
    assert ("multiplied by alpha" in answer.out) == (alpha and options[1] not in ("sobel", "kirsch", "shrink"))


def test_patch_kernel_and_products_stand_side_by_side(cli: Any, tmp_path: Path) -> None:
    """The grids are those of the picture, what is beyond the edge in brackets, and the lines add up."""
    pixels = np.arange(1, 13, dtype=np.uint8).reshape(3, 4) * 10
    Image.fromarray(pixels).save(tmp_path / "small.png")
    out = cli("explain", tmp_path / "small.png", "--kernel", "gaussian3x3", "--at", "0,1").out
    lines = [line.replace("[ ", " [").split() for line in out.splitlines()]
    assert ["[60]", "50", "60", "x", "2", "4", "2", "=", "120", "200", "120"] in lines
    assert ["sum", "of", "the", "products", "880"] in lines
    assert ["times", "the", "scale,", "1/16", "55"] in lines
    assert written(out) == [55]


def test_large_kernels_are_shown_in_part(cli: Any, photo: Path) -> None:
    """Of more than 7 x 7 numbers those in the middle are shown, which is said."""
    out = cli("explain", photo, "--kernel", "disk11", "--gray").out
    assert "Of 11 x 11 numbers, the 7 x 7 in the middle:" in out
    assert max(map(len, out.splitlines())) <= console.PAGE


def test_sixteen_bits_fit_a_page(cli: Any, tmp_path: Path, random: np.random.Generator) -> None:
    """Grids of 5 x 5 with the long numbers of 16 bits stay within a page, and tell the sample that apply writes."""
    picture = tmp_path / "deep.png"
    Image.fromarray(noise(random, 20, 20, 1, dtype="uint16")[:, :, 0]).save(picture)
    answer = cli("explain", picture, "--kernel", "gaussian5x5", "--at", "0,0")
    assert cli("apply", picture, "--kernel", "gaussian5x5", "-o", tmp_path / "out.png").code == 0
    assert written(answer.out) == [pixels_of(tmp_path / "out.png")[0, 0]]
    assert max(map(len, answer.out.splitlines())) <= console.PAGE


def test_colours_on_a_terminal_alone(cli: Any, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets cells in colour and lines as wide as it is; anything else gets plain text."""
    assert "\x1b" not in cli("explain", photo, "--kernel", "sobel").out

    def terminal(**options: Any) -> Console:
        return Console(
            **{"file": io.StringIO(), "force_terminal": True, "width": 80, "color_system": "truecolor", **options}
        )

    monkeypatch.setattr(
        "rich.console.Console", type("Terminal", (), {"__new__": lambda _, **options: terminal(**options)})
    )
    assert "\x1b[" in cli("explain", photo, "--kernel", "sobel").out


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "give either --kernel or --recipe"),
        (["--kernel", "sobel", "--recipe", "edges"], "give either --kernel or --recipe"),
        (["--recipe", "edges", "--border", "zero"], "a recipe says for each step"),
        (["--recipe", "edges", "--stride", "1"], "a recipe says for each step"),
        (["--recipe", "edges", "--flip"], "a recipe says for each step"),
        (["--recipe", "edgs"], 'did you mean "edges"'),
        (["--kernel", "sobl"], 'did you mean "sobel"'),
        (["--kernel", "sobel", "--at", "5"], "is not a pixel; write X,Y"),
        (["--kernel", "sobel", "--at", "-1,5"], "is not a pixel; write X,Y"),
        (["--kernel", "sobel", "--at", "96,0"], "96,0 is not in the result, which is 96 x 64"),
        (["--kernel", "sobel", "--at", "0,64"], "0,64 is not in the result, which is 96 x 64"),
        (["--kernel", "sobel", "-o", "x.jpg"], "use .png or .svg or .pdf"),
        (["--kernel", "sobel", "--animate", "x.png"], "not a format for this drawing; use .gif"),
        (["--kernel", "sobel", "-o", ""], "the name is empty"),
        (["--kernel", "sobel", "-o", "photo.png", "--overwrite"], "is an input; give the drawing another name"),
    ],
)
def test_wrong_options(cli: Any, photo: Path, options: list[str], says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing, twice or impossible costs one line and exit code 2, and nothing is written."""
    monkeypatch.chdir(photo.parent)
    before = fingerprint(photo.parent)
    answer = cli("explain", photo.name, *options)
    assert (answer.code, answer.out) == (2, "")
    assert says in answer.err.splitlines()[-1]
    assert fingerprint(photo.parent) == before


def test_pictures_that_cannot_be_read_or_are_too_small(cli: Any, photo: Path, tmp_path: Path) -> None:
    """Such a picture costs one line that begins with its path, and exit code 1."""
    (tmp_path / "text.png").write_text("no picture")
    Image.new("L", (2, 2)).save(tmp_path / "dot.png")
    for name, says in (
        ("none.png", "no such file"),
        ("text.png", "not a recognised image"),
        ("dot.png", "nothing is left"),
    ):
        answer = cli("explain", tmp_path / name, "--kernel", "sobel", "--border", "valid")
        assert (answer.code, answer.out) == (1, "")
        assert answer.err.startswith(f"convfilter: {tmp_path / name}: ")
        assert says in answer.err
        assert answer.err.count("\n") == 1
    assert "raise with --max-pixels" in cli("explain", photo, "--kernel", "sobel", "--max-pixels", "9").err


def test_a_folder_is_no_picture_to_explain(cli: Any, photo: Path) -> None:
    """Whoever names a folder is told to name one file, as only one picture is explained."""
    answer = cli("explain", photo.parent, "--kernel", "sobel")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == f"convfilter: {photo.parent}: is a directory, not a file; name one file\n"


def test_the_first_of_several_frames(cli: Any, photo: Path) -> None:
    """Only the first frame is explained, which is said on standard error."""
    image = Image.open(photo).convert("P")
    image.save(photo.with_name("two.gif"), save_all=True, append_images=[image.rotate(180)])
    answer = cli("explain", photo.with_name("two.gif"), "--kernel", "mean3x3")
    assert (answer.code, answer.err) == (0, f"{photo.with_name('two.gif')}: 2 frames, only the first is explained\n")


def test_kernels_from_files(cli: Any, photo: Path) -> None:
    """A kernel file is explained as a named kernel is."""
    kernel = photo.with_name("my.yaml")
    kernel.write_text("weights: [[1, 2], [3, -4]]\nscale: 1/2\nbias: 0.25\n")
    out = cli("explain", photo, "--kernel", kernel, "--at", "7,9").out
    seen = pixels_of(photo)[8:10, 6:8].astype(float)
    sums = (seen * np.array([[1, 2], [3, -4]])[:, :, None]).sum(axis=(0, 1)) / 2 + 0.25 * 255
    assert written(out) == np.rint(sums.clip(0, 255)).astype(int).tolist()


def test_numbers_that_are_none(cli: Any, tmp_path: Path) -> None:
    """A float picture may hold NaN and infinity; what they make of a pixel is told and drawn like any other number."""
    samples = np.ones((7, 7), np.float32)
    samples[2, 2], samples[5, 5] = np.nan, np.inf
    tifffile.imwrite(tmp_path / "odd.tif", samples)
    call = ["explain", tmp_path / "odd.tif", "--kernel", "sobel", "--at"]
    for place, value in (("3,3", "nan"), ("6,6", "nan"), ("0,6", "0")):
        answer = cli(*call, place)
        assert (answer.code, answer.err) == (0, "")
        assert answer.out.rstrip().endswith(f"grey {value}")
    assert cli(*call, "3,3", "-o", tmp_path / "odd.png", "--animate", tmp_path / "odd.gif").code == 0
