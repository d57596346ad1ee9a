"""What README.md and CONTRIBUTING.md show runs as it stands there."""

from __future__ import annotations

import io
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT, SAMPLES, pixels_of
from PIL import Image
from references import assert_same_levels, correlate, to_samples

from convfilter import kernel_names, recipe_names
from convfilter.mnist.filters import write_filters
from convfilter.mnist.models import load_model, save_model

README = (ROOT / "README.md").read_text()
LINES = re.findall(r"^    ((?:cat in.jpg \| )?convfilter .*)$|`(convfilter [a-zA-Z].*?)`", README, re.MULTILINE)
COMMANDS = list(dict.fromkeys(line or quoted for line, quoted in LINES))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the README speaks of, small ones."""
    made = tmp_path_factory.mktemp("readme")
    with Image.open(SAMPLES / "chelsea.png") as image:
        small = image.convert("RGB").resize((96, 64))
    samples = ("samples/coffee.png", "samples/rocket.jpg", "samples/chelsea.png")
    for name in ("in.jpg", "b.jpg", "photos/a.jpg", "photos/2026/b.jpg", *samples):
        (made / name).parent.mkdir(exist_ok=True, parents=True)
        small.save(made / name, quality=95, icc_profile=None)
    for name in ("digit.jpg", "digits.jpg"):
        shutil.copy(SAMPLES / name, made / "samples")
    save_model(load_model(), made / "mnist-fast" / "model.safetensors")
    write_filters(load_model(), made / "learned")
    for name, yaml in zip(("my.yaml", "mine.yaml"), re.findall(r"```yaml\n(.*?)```", README, re.DOTALL), strict=True):
        (made / name).write_text(yaml)
    shutil.copytree(ROOT / "kernels", made / "kernels")
    return made


@pytest.fixture
def folder(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, to work in."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_commands_are_found() -> None:
    """The pattern above finds the commands of the page."""
    assert len(COMMANDS) >= 12
    assert any(command.startswith("cat ") for command in COMMANDS)
    assert any("--kernel my.yaml" in command for command in COMMANDS)
    assert f"# {len(kernel_names())} of them" in README
    assert f"# {len(recipe_names())} of them" in README


@pytest.mark.parametrize("command", COMMANDS)
def test_command(command: str, cli: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command line of the README does what it says, with exit code 0."""
    command = command.split("#")[0].strip().replace("COMMAND", "blur")
    command = command.replace("--at 120,80", "--at 12,8")  # the pictures are smaller here
    before = set(folder.rglob("*"))
    if command.startswith("cat"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((folder / "in.jpg").read_bytes())))
        command = command.split("|")[1].replace("> out.jpg", "-o out.jpg")
    words = []
    # What would take a minute, or write where the page's other commands have written, does a little elsewhere.
    command += {"convfilter mnist train": " --epochs 0.02 -o new", "convfilter mnist kernels -o learned": "/new"}.get(
        command, ""
    )
    for word in shlex.split(command.split(">")[0])[1:]:
        words += sorted(map(str, Path().glob(word))) if "*" in word and f"'{word}'" not in command else [word]
    answer = cli(*words)
    assert (answer.code, answer.err.count("failed") - answer.err.count("0 failed")) == (0, 0), answer.err
    assert answer.out or words[-1] == "out.jpg"
    written = words[0] in ("blur", "gray", "apply") and not {"--help", "--dry-run"} & {*words}
    for line in answer.out.splitlines() if written else ():
        assert folder / line not in before
        assert pixels_of(folder / line).size


def test_python_block(folder: Path) -> None:
    """The block of Python runs as it stands, and gives what it promises."""
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    array = pixels_of(folder / "samples" / "coffee.png")
    names: dict[str, Any] = {"array": array}
    exec(block, names)
    assert names["blurred"].shape == names["edges"].shape == array.shape
    slopes = (np.outer([1, 2, 1], [-1, 0, 1]) / 4, np.outer([-1, 0, 1], [1, 2, 1]) / 4)
    planes = [np.hypot(*(correlate(array[..., c], slope, "edge") for slope in slopes)) for c in range(3)]
    assert_same_levels(names["edges"], to_samples(np.stack(planes, -1), np.uint8))
    assert pixels_of(folder / "out.jpg").shape == array.shape[:2]


def test_contributing(cli: Any, folder: Path) -> None:
    """The kernel commands of CONTRIBUTING.md work, and the schema it writes is the one that is there."""
    assert cli("kernels", "check", *sorted(folder.glob("kernels/*.yaml"))).code == 0
    assert cli("kernels", "schema").out == (folder / "kernels" / "kernel.schema.json").read_text()
