"""`convfilter mnist predict --explain`: what the network saw, drawn."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import fingerprint, pixels_of
from PIL import Image

from convfilter.mnist import answers, explaining


def test_a_drawing_never_replaces_a_picture(cli: Any, digits: list[Path], tmp_path: Path) -> None:
    """Item 30: `--explain` refuses the name of a picture that is read, also through a link, and with --overwrite."""
    (tmp_path / "link.png").symlink_to(digits[0])
    before = fingerprint(tmp_path)
    for target in (digits[0], tmp_path / "link.png"):
        answer = cli("mnist", "predict", digits[0], "--explain", target, "--overwrite")
        assert answer.code == 2
        assert "is an input" in answer.err
    assert fingerprint(tmp_path) == before


def test_explain_draws(cli: Any, digits: list[Path], tmp_path: Path) -> None:
    """`--explain` draws one picture into a file and several into a folder, and keeps what is there."""
    drawing = tmp_path / "seen.png"
    assert cli("mnist", "predict", digits[0], "--explain", drawing).code == 0
    assert pixels_of(drawing).std() > 20
    before = fingerprint(tmp_path)
    answer = cli("mnist", "predict", digits[0], "--explain", drawing)
    assert (answer.code, answer.out) == (1, "")
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


def test_a_line_of_many_digits_is_drawn_in_part(
    cli: Any, digits: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of more digits than a drawing is for, the first ones are drawn, and that is said."""
    monkeypatch.setattr(explaining, "MOST_DIGITS", 2)
    Image.fromarray(np.hstack([pixels_of(path) for path in digits[:3]])).save(tmp_path / "line.png")
    answer = cli("mnist", "predict", "--digits", "many", tmp_path / "line.png", "--explain", tmp_path / "seen.png")
    assert answer.code == 0
    assert answer.err == f"{tmp_path}/line.png: 2 of its 3 digits are drawn\n"


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
        pytest.param(b"text.usetex: True\ntoolbar: toolmanager\n", 0, b"", marks=pytest.mark.slow),
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


def test_a_drawing_that_exists_is_found_before_the_work(
    cli: Any, digits: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture whose drawing is there already is not read in vain, and the others are read and drawn."""
    read: list[Path] = []

    def counted(path: Path, *arguments: Any, **options: Any) -> Any:
        read.append(path)
        return answer_of(path, *arguments, **options)

    answer_of = answers.answer
    monkeypatch.setattr(answers, "answer", counted)
    (tmp_path / "seen").mkdir()
    (tmp_path / "seen" / "digit-0.explain.png").touch()
    answer = cli("mnist", "predict", "--json", *digits[:2], "--explain", tmp_path / "seen")
    assert answer.code == 1
    assert read == [digits[1]]
    assert [json.loads(line)["digit"] for line in answer.out.splitlines()] == [2]
    assert (tmp_path / "seen" / "digit-1.explain.png").stat().st_size > 0


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_an_answer_does_not_depend_on_its_drawing(
    cli: Any, digits: list[Path], tmp_path: Path, options: list[str]
) -> None:
    """Where a drawing turns out too large for the disk, the answer is printed all the same; the exit code is 1."""
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, most[1]))
    try:
        answer = cli("mnist", "predict", *options, digits[0], "--explain", tmp_path / "seen.png")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert answer.code == 1
    assert str(digits[0]) in answer.out
    assert f"cannot write {tmp_path}/seen.png: File too large" in answer.err


def test_a_drawing_that_cannot_be_costs_its_picture_alone(cli: Any, digits: list[Path], tmp_path: Path) -> None:
    """A picture whose drawing surely cannot be written is not read for nothing, and the others are."""
    (tmp_path / "seen" / f"{digits[0].stem}.explain.png").mkdir(parents=True)
    answer = cli("mnist", "predict", *digits[:2], "--explain", tmp_path / "seen")
    assert (answer.code, str(digits[0]) in answer.out, str(digits[1]) in answer.out) == (1, False, True)
    assert f"{digits[0]}: cannot write {tmp_path}/seen/{digits[0].stem}.explain.png: Is a directory" in answer.err
