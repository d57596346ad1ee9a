"""docs/tutorial.md: its commands run as they stand, and give its pictures and the lines that it shows."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
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


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, str]]]:
    """A folder in which all commands of the tutorial have run, and what each printed."""
    folder = tmp_path_factory.mktemp("tutorial")
    return folder, REMAKE.remake(folder)


def test_commands_are_found() -> None:
    """The tutorial has commands and pictures, and every picture is made by one of its commands."""
    commands = REMAKE.commands()
    assert len(commands) >= 12
    assert len(REMAKE.pictures()) >= 10
    assert {f"docs/{name}" for name in REMAKE.pictures()} <= {word for command in commands for word in command.split()}


@pytest.mark.parametrize("name", REMAKE.pictures())
def test_pictures_are_those_of_the_commands(name: str, made: Any) -> None:
    """Every picture of the tutorial is what its command makes today, but for a hair in drawings and JPEG files."""
    folder, _ = made
    with Image.open(ROOT / "docs" / name) as shown, Image.open(folder / "docs" / name) as remade:
        assert (shown.size, getattr(shown, "n_frames", 1)) == (remade.size, getattr(remade, "n_frames", 1))
        for frame in range(getattr(shown, "n_frames", 1)):
            shown.seek(frame)
            remade.seek(frame)
            before, after = (np.asarray(image.convert("RGB")).astype(int) for image in (shown, remade))
            assert np.abs(before - after).mean() < 0.5


def test_lines_are_those_of_the_commands(made: Any) -> None:
    """Every line that the tutorial shows is printed by the command before it, in that order."""
    _, printed = made
    outputs = dict(printed)
    left: list[str] = []
    shown = re.findall(r"^    (convfilter [^\n]*)$|```text\n(.*?)```", TUTORIAL, re.MULTILINE | re.DOTALL)
    command, blocks = "", 0
    for named, block in shown:
        if named:
            command, left = named, outputs[named].splitlines()
        for line in block.splitlines():
            assert line in left, f"{command}: {line}"
            left = left[left.index(line) + 1 :]
        blocks += bool(block)
    assert blocks >= 4
