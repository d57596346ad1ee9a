"""`convfilter mnist predict`, as users call it, and names that no command of `mnist` takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import convfilter, fingerprint, pixels_of
from PIL import Image, ImageDraw, ImageFont


def test_predict_prints_a_table(cli: Any, digits: list[Path]) -> None:
    """A row for every picture: its path, the digit, and the three likeliest with their probabilities."""
    answer = cli("mnist", "predict", *digits)
    assert (answer.code, answer.err) == (0, "")
    head, *rows = answer.out.splitlines()
    assert head.split() == ["picture", "digit", "likeliest", "second", "third"]
    assert [row.split()[:2] for row in rows] == [
        [str(path), digit] for path, digit in zip(digits, "721041", strict=True)
    ]
    for row in rows:
        first, *others = (float(word) for word in row.split() if "." in word and "/" not in word)
        assert first > 90
        assert len(others) == 2
        assert first >= others[0] >= others[1]


def test_predict_prints_json(cli: Any, digits: list[Path]) -> None:
    """`--json` prints one object a picture with all probabilities, for programs."""
    answer = cli("mnist", "predict", "--json", *digits[:2])
    assert (answer.code, answer.err) == (0, "")
    for line, path, digit in zip(answer.out.splitlines(), digits[:2], (7, 2), strict=True):
        found = json.loads(line)
        assert (found["path"], found["digit"], found["inverted"], found["warnings"]) == (str(path), digit, True, [])
        assert len(found["probabilities"]) == 10
        assert sum(found["probabilities"]) == pytest.approx(1, abs=1e-5)
        assert found["probability"] == max(found["probabilities"]) == found["probabilities"][digit]


def test_predict_reads_a_pipe(digits: list[Path]) -> None:
    """`-` reads standard input, in a process of its own, without a word of the libraries."""
    with digits[0].open("rb") as file:
        done = convfilter("mnist", "predict", "-", "--json", stdin=file)
    assert (done.returncode, done.stderr) == (0, b"")
    found = json.loads(done.stdout)
    assert (found["path"], found["digit"]) == ("-", 7)


def test_bad_pictures_cost_a_line_each(cli: Any, digits: list[Path], tmp_path: Path) -> None:
    """A picture that cannot be read costs one line and exit code 1; the others are read."""
    bad = tmp_path / "bad.png"
    bad.write_bytes(digits[0].read_bytes()[:90])
    before = fingerprint(tmp_path)
    answer = cli("mnist", "predict", bad, digits[0], tmp_path / "missing.png", digits[1])
    assert answer.code == 1
    lines = answer.err.splitlines()
    assert lines[0].startswith(f"{bad}: ")
    assert lines[1] == f"{tmp_path}/missing.png: no such file; check the name"
    assert lines[2] == "2 done, 2 failed"
    assert [row.split()[1] for row in answer.out.splitlines()[1:]] == ["7", "2"]
    assert fingerprint(tmp_path) == before


@pytest.mark.parametrize("level", [0, 128, 255])
def test_blank_pages_are_said_to_be_blank(cli: Any, tmp_path: Path, level: int, random: np.random.Generator) -> None:
    """A page of one colour, or of noise, holds no digit, and that is what is said."""
    for name, spread in (("plain", 0), ("noise", 8)):
        page = np.clip(level + random.normal(0, spread, (120, 160)), 0, 255).astype(np.uint8)
        Image.fromarray(page).save(tmp_path / f"{name}.png")
        answer = cli("mnist", "predict", tmp_path / f"{name}.png")
        assert answer.code == 0
        assert answer.out.splitlines()[1].split()[1] == "none"
        assert answer.err == f"{tmp_path}/{name}.png: blank: no digit was found\n"
        found = json.loads(cli("mnist", "predict", "--json", tmp_path / f"{name}.png").out)
        assert (found["digit"], found["warnings"]) == (None, ["blank: no digit was found"])


def test_several_digits(cli: Any, digits: list[Path], tmp_path: Path) -> None:
    """Two digits where one was expected are said; `--digits many` reads both, from left to right."""
    both = np.hstack([pixels_of(digits[0]), pixels_of(digits[4])])
    Image.fromarray(both).save(tmp_path / "both.png")
    assert "several digits" in cli("mnist", "predict", tmp_path / "both.png").err
    answer = cli("mnist", "predict", "--digits", "many", "--json", tmp_path / "both.png")
    found = [json.loads(line) for line in answer.out.splitlines()]
    assert [one["digit"] for one in found] == [7, 4]
    assert found[0]["box"][3] < 0.5 < found[1]["box"][1]


def test_what_is_no_digit_is_uncertain(cli: Any, tmp_path: Path) -> None:
    """Of seven capital letters that are no digits, some are read with a warning of low confidence."""
    warned = 0
    for letter in "EHKMNRX":
        page = Image.new("L", (120, 160), 255)
        ImageDraw.Draw(page).text((20, 10), letter, 0, ImageFont.load_default(110))
        page.save(tmp_path / f"{letter}.png")
        warned += "low confidence" in cli("mnist", "predict", tmp_path / f"{letter}.png").err
    assert warned >= 2


def test_an_animation_is_said_to_be_one(cli: Any, digits: list[Path], tmp_path: Path) -> None:
    """Item 13: of several frames the first is read, and that is said."""
    frames = [Image.open(path).convert("L") for path in digits[:3]]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    answer = cli("mnist", "predict", tmp_path / "a.gif")
    assert answer.out.splitlines()[1].split()[1] == "7"
    assert "3 frames: only the first was read" in answer.err


@pytest.mark.parametrize(("choice", "light"), [("auto", False), ("auto", True), ("yes", False), ("no", True)])
def test_invert(cli: Any, digits: list[Path], tmp_path: Path, choice: str, light: bool) -> None:
    """Light on dark is found out, or told: the digit is the same, and `inverted` says which way round it was."""
    path = tmp_path / "turned.png"
    Image.fromarray(255 - pixels_of(digits[0]) if light else pixels_of(digits[0])).save(path)
    found = json.loads(cli("mnist", "predict", "--json", "--invert", choice, path).out)
    assert (found["digit"], found["inverted"]) == (7, not light)


@pytest.mark.parametrize(
    "arguments",
    [("train", "-o", ""), ("predict", "x.png", "--explain", ""), ("kernels", "-o", ""), ("evaluate", "--model", "")],
)
def test_an_empty_name_is_refused(cli: Any, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Item 28: the empty name, as of a shell variable that is not set, is a usage error and not this folder."""
    answer = cli("mnist", *arguments)
    assert answer.code == 2
    assert "the name is empty" in answer.err


def test_a_folder_is_no_picture(cli: Any, tmp_path: Path) -> None:
    """`predict` and `evaluate` take no folder of pictures, and what they say of one does not offer that."""
    (tmp_path / "model.safetensors").mkdir()
    says = "is a directory, not a file; name one file"
    assert cli("mnist", "predict", tmp_path).err == f"{tmp_path}: {says}\n0 done, 1 failed\n"
    answer = cli("mnist", "evaluate", "--model", tmp_path)
    assert answer.err == f"convfilter: {tmp_path}/model.safetensors: {says}\n"
