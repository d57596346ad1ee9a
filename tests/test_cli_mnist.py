"""`convfilter mnist predict` and `mnist kernels`, as users call them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import convfilter, fingerprint, pixels_of, start, wait_until
from PIL import Image, ImageDraw, ImageFont

from convfilter import load_kernel
from convfilter.mnist.data import load_test
from convfilter.mnist.models import load_model
from convfilter.runtime import tensorflow


@pytest.fixture
def digits(tmp_path: Path) -> list[Path]:
    """The first six images of MNIST's test set (7 2 1 0 4 1), dark on light, in pictures of 140 x 140."""
    paths = []
    for index, image in enumerate(load_test().images[:6]):
        paths.append(tmp_path / f"digit-{index}.png")
        Image.fromarray(255 - image).resize((140, 140), Image.Resampling.BICUBIC).save(paths[-1])
    return paths


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


def test_a_drawing_never_replaces_a_picture(cli: Any, digits: list[Path], tmp_path: Path) -> None:
    """Item 30: `--explain` refuses the name of a picture that is read, also through a link, and with --overwrite."""
    (tmp_path / "link.png").symlink_to(digits[0])
    before = fingerprint(tmp_path)
    for target in (digits[0], tmp_path / "link.png"):
        answer = cli("mnist", "predict", digits[0], "--explain", target, "--overwrite")
        assert answer.code == 2
        assert "is a picture that is to be read" in answer.err
    assert fingerprint(tmp_path) == before


@pytest.mark.parametrize(("choice", "light"), [("auto", False), ("auto", True), ("yes", False), ("no", True)])
def test_invert(cli: Any, digits: list[Path], tmp_path: Path, choice: str, light: bool) -> None:
    """Light on dark is found out, or told: the digit is the same, and `inverted` says which way round it was."""
    path = tmp_path / "turned.png"
    Image.fromarray(255 - pixels_of(digits[0]) if light else pixels_of(digits[0])).save(path)
    found = json.loads(cli("mnist", "predict", "--json", "--invert", choice, path).out)
    assert (found["digit"], found["inverted"]) == (7, not light)


def test_explain_draws(cli: Any, digits: list[Path], tmp_path: Path) -> None:
    """`--explain` draws one picture into a file and several into a folder, and keeps what is there."""
    drawing = tmp_path / "seen.png"
    assert cli("mnist", "predict", digits[0], "--explain", drawing).code == 0
    assert pixels_of(drawing).std() > 20
    before = fingerprint(tmp_path)
    answer = cli("mnist", "predict", digits[0], "--explain", drawing)
    assert answer.code == 1
    assert f"{drawing} exists already" in answer.err
    assert fingerprint(tmp_path) == before
    assert cli("mnist", "predict", digits[0], "--explain", drawing, "--overwrite").code == 0
    assert cli("mnist", "predict", *digits[:2], "--explain", tmp_path / "out").code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["digit-0.explain.png", "digit-1.explain.png"]
    assert cli("mnist", "predict", digits[0], "--explain", tmp_path / "seen.gif").code == 2
    same = tmp_path / "again" / digits[0].name
    answer = cli("mnist", "predict", digits[0], same, "--explain", tmp_path / "out")
    assert answer.code == 2
    assert "written twice" in answer.err


def test_explain_draws_blank_pages_and_lines(cli: Any, digits: list[Path], tmp_path: Path) -> None:
    """A blank page and a line of digits can be drawn as well."""
    Image.new("L", (50, 50), 255).save(tmp_path / "blank.png")
    Image.fromarray(np.hstack([pixels_of(path) for path in digits[:3]])).save(tmp_path / "line.png")
    for name in ("blank", "line"):
        drawing = tmp_path / f"{name}.svg"
        assert cli("mnist", "predict", "--digits", "many", tmp_path / f"{name}.png", "--explain", drawing).code == 0
        assert "<svg" in drawing.read_text()


def test_kernels_are_the_first_layer(cli: Any, tmp_path: Path, random: np.random.Generator) -> None:
    """A filter's file gives the map that `tf.nn.conv2d` gives, with its bias; the bank their magnitude, without."""
    folder = tmp_path / "learned"
    answer = cli("mnist", "kernels", "-o", folder)
    assert answer.code == 0
    model = load_model()
    weights, bias = model.weights["convolution1/weights"], model.weights["convolution1/bias"]
    names = [f"{folder}/filter-{index:02}.yaml" for index in range(1, weights.shape[3] + 1)]
    assert answer.out.splitlines() == [*names, f"{folder}/bank.yaml"]
    assert cli("kernels", "check", *answer.out.splitlines()).code == 0
    import convfilter as library

    picture = random.random((40, 50, 1), np.float32)
    tf = tensorflow()
    maps = tf.nn.conv2d(picture[np.newaxis], weights, strides=1, padding="VALID").numpy()[0]
    for index in (0, 5, weights.shape[3] - 1):
        convolve = library.Convolve(load_kernel(names[index]), border="valid")
        found = library.apply(picture, convolve)[..., 0]
        np.testing.assert_allclose(found, maps[..., index] + bias[index], atol=2e-5)
    bank = library.apply(picture, library.Convolve(load_kernel(f"{folder}/bank.yaml"), border="valid"))
    np.testing.assert_allclose(bank[..., 0], np.sqrt((maps**2).sum(-1)), atol=2e-4)


def test_kernels_keep_what_is_there(cli: Any, tmp_path: Path) -> None:
    """Kernel files that exist are kept unless --overwrite replaces them."""
    assert cli("mnist", "kernels", "-o", tmp_path).code == 0
    before = fingerprint(tmp_path)
    assert cli("mnist", "kernels", "-o", tmp_path).code == 2
    assert fingerprint(tmp_path) == before
    assert cli("mnist", "kernels", "-o", tmp_path, "--overwrite").code == 0
    (tmp_path / "new" / "bank.yaml").mkdir(parents=True)
    assert cli("mnist", "kernels", "-o", tmp_path / "new", "--overwrite").code == 2
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["bank.yaml"]


def test_a_line_of_many_digits_is_drawn_in_part(cli: Any, digits: list[Path], tmp_path: Path) -> None:
    """Of more than twelve digits, twelve are drawn, and that is said."""
    line = np.hstack([pixels_of(path) for path in (*digits, *digits, *digits[:2])])
    Image.fromarray(line).save(tmp_path / "line.png")
    answer = cli("mnist", "predict", "--digits", "many", tmp_path / "line.png", "--explain", tmp_path / "seen.png")
    assert answer.code == 0
    assert answer.err == f"{tmp_path}/line.png: 12 of its 14 digits are drawn\n"


def test_a_wrong_backend_of_matplotlib_does_no_harm(digits: list[Path], tmp_path: Path) -> None:
    """Drawings need no window, so that the variable which chooses one does not matter."""
    environment = os.environ | {"MPLBACKEND": "nonsense"}
    command = [sys.executable, "-m", "convfilter", "mnist", "predict", digits[0], "--explain", tmp_path / "seen.png"]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=100, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert pixels_of(tmp_path / "seen.png").std() > 20


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (b"text.usetex: True\ntoolbar: toolmanager\n", 0, b""),
        (b"\xff\xfe\xff", 2, b"convfilter: matplotlib does not start ("),
    ],
)
def test_a_matplotlibrc_of_the_users(
    digits: list[Path], tmp_path: Path, content: bytes, code: int, says: bytes
) -> None:
    """The user's style is for their own drawings: it changes none of ours, and a broken one costs one line."""
    (tmp_path / "matplotlibrc").write_bytes(content)
    command = [sys.executable, "-m", "convfilter", "mnist", "predict", digits[0], "--explain", tmp_path / "seen.png"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=100, check=False)
    assert done.returncode == code, done.stderr
    assert done.stderr.startswith(says)
    assert done.stderr.count(b"\n") == bool(says)


def test_a_signal_keeps_what_was_read(digits: list[Path], tmp_path: Path) -> None:
    """Ctrl-C prints the rows that are done, says how many are not, and ends with its code within 2 s."""
    copies = [Path(shutil.copy(digits[0], tmp_path / f"copy-{index}.png")) for index in range(60)]
    process = start("mnist", "predict", *copies, "--explain", tmp_path / "seen")
    wait_until(lambda: len(list(tmp_path.glob("seen/*.png"))) >= 2)
    process.send_signal(signal.SIGINT)
    sent = time.monotonic()
    out, err = process.communicate(timeout=10)
    assert time.monotonic() - sent < 2
    assert process.returncode == 130
    rows = out.decode().splitlines()[1:]
    assert len(rows) == len(list(tmp_path.glob("seen/*.png"))) >= 2
    assert err.decode() == f"convfilter: stopped by SIGINT; {len(rows)} done, 0 failed, {60 - len(rows)} not done\n"


@pytest.mark.parametrize(
    "arguments",
    [("train", "-o", ""), ("predict", "x.png", "--explain", ""), ("kernels", "-o", ""), ("evaluate", "--model", "")],
)
def test_an_empty_name_is_refused(cli: Any, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Item 28: the empty name, as of a shell variable that is not set, is a usage error and not this folder."""
    answer = cli("mnist", *arguments)
    assert answer.code == 2
    assert "the name is empty" in answer.err
