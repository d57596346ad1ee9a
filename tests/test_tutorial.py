"""docs/tutorial.md: its commands run as they stand, and give its pictures and the lines that it shows."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import numpy as np
from conftest import ROOT
from PIL import Image

TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text()


def _remaker() -> Any:
    specification = importlib.util.spec_from_file_location("remake", ROOT / "docs" / "remake.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


REMAKE = _remaker()


def test_commands_are_found() -> None:
    """The tutorial has commands and pictures, and every picture is made by one of its commands."""
    commands = REMAKE.commands()
    assert len(commands) >= 12
    assert len(REMAKE.pictures()) >= 10
    made = {word for command in commands for word in command.split()}
    assert {f"tutorial/{name}" for name in REMAKE.pictures()} <= made


def test_pictures_and_lines_are_those_of_the_commands(tmp_path: Path) -> None:
    """Every picture of the tutorial is what its command makes today, but for a hair in drawings and JPEG files.

    Every line that it shows is printed by the command before it, in that order, and a stride leaves the size it tells.
    """
    outputs = dict(REMAKE.remake(tmp_path))
    for name in REMAKE.pictures():
        assert_same_pictures(ROOT / "docs" / "pictures" / name, tmp_path / "tutorial" / name)
    with Image.open(tmp_path / "tutorial" / "half.png") as half:
        assert f"{half.width} x {half.height}: the first pixel of a row" in TUTORIAL
    shown = re.findall(r"^    (convfilter [^\n]*)$|```text\n(.*?)```", TUTORIAL, re.MULTILINE | re.DOTALL)
    assert sum(bool(block) for _, block in shown) >= 4
    command, left = "", [""]
    for named, block in shown:
        if named:
            command, left = named, outputs[named].splitlines()
        for line in block.splitlines():
            assert line in left, f"{command}: {line}"
            left = left[left.index(line) + 1 :]


def assert_same_pictures(one: Path, other: Path) -> None:
    """Equal, but for half a level on the mean in JPEG files and in drawings, whose libraries may differ."""
    with Image.open(one) as shown, Image.open(other) as remade:
        assert (shown.size, getattr(shown, "n_frames", 1)) == (remade.size, getattr(remade, "n_frames", 1))
        for frame in range(getattr(shown, "n_frames", 1)):
            shown.seek(frame)
            remade.seek(frame)
            before, after = (np.asarray(image.convert("RGB")).astype(int) for image in (shown, remade))
            exact = one.name in ("cat.png", "slide.gif")
            assert np.abs(before - after).mean() <= (0 if exact else 0.5), one.name
