"""`convfilter recipes`, and recipes among other options."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT, SAMPLES, fingerprint, pixels_of

import convfilter
from convfilter.library import recipe_folder


def test_recipes_list(cli: Any) -> None:
    """`recipes list` shows every recipe that ships, by the name that --recipe takes."""
    assert [line.split()[0] for line in cli("recipes", "list").out.splitlines()[1:]] == convfilter.recipe_names()


def test_several_pictures_at_once_give_the_same(cli: Any, tmp_path: Path) -> None:
    """A recipe with every kind of step gives the same pixels for one picture at a time and for several at once."""
    recipe = tmp_path / "all.yaml"
    recipe.write_text(
        "steps:\n  - dropout: 1/4\n  - convolve: gaussian\n    border: wrap\n  - activate: tanh\n"
        "  - pool: mean\n    size: 3\n    stride: 2\n    padding: same\n  - convolve: sobel\n    dilation: 2\n"
    )
    inputs = [SAMPLES / name for name in ("coffee.png", "chelsea.png", "rocket.jpg")]
    call = ["apply", *inputs, "--recipe", recipe]
    assert cli(*call, "-o", tmp_path / "one", "--jobs", 1, "--max-memory", "90M").code == 0
    assert cli(*call, "-o", tmp_path / "many", "--jobs", 3).code == 0
    for path in inputs:
        np.testing.assert_array_equal(pixels_of(tmp_path / "one" / path.name), pixels_of(tmp_path / "many" / path.name))


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--kernel", "sobel", "--recipe", "edges"],
        ["--recipe", "edges", "--border", "zero"],
        ["--recipe", "edges", "--stride", 1],
        ["--recipe", "edges", "--flip"],
        ["--recipe", "none-such"],
        ["--recipe", "edges", "--keep-steps", ""],
        ["--recipe", "edges", "--match", "scipy"],
        ["--kernel", "sharpen", "--match", "scipy", "--border", "edge"],
        ["--kernel", "sharpen", "--match", "scipy", "--range", "abs"],
        ["--kernel", "sobel", "--match", "scipy"],
        ["--kernel", "sharpen", "--match", "gimp"],
        ["--match", "scipy"],
    ],
)
def test_options_that_contradict_each_other(cli: Any, photo: Path, options: list[Any]) -> None:
    """Neither or both of --kernel and --recipe, and what a recipe or a match decides itself, end with exit code 2."""
    before = fingerprint(photo.parent)
    assert cli("apply", photo, *options).code == 2
    assert fingerprint(photo.parent) == before


def test_recipes_check(cli: Any, tmp_path: Path) -> None:
    """`recipes check` tells every unsound file by line, and the others as sound."""
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("steps:\n  - activate: rellu\n")
    answer = cli("recipes", "check", wrong, recipe_folder() / "edges.yaml")
    assert answer.code == 2
    assert answer.out.strip().endswith("edges.yaml: a valid recipe, 5 steps")
    assert answer.err.startswith(f'{wrong}:2: step 1: activate: "rellu" is not one of relu')


def test_recipes_show(cli: Any, tmp_path: Path) -> None:
    """`recipes show` tells what each step sees, width before height, and how far apart neighbours see."""
    recipe = tmp_path / "wide.yaml"
    recipe.write_text("steps:\n  - convolve: {weights: [[1, 2, 1]]}\n  - pool: max\n")
    rows = [line.split() for line in cli("recipes", "show", recipe).out.splitlines() if line[:1].isdigit()]
    assert [row[-4:] for row in rows] == [["3", "x", "1", "1"], ["4", "x", "2", "2"]]


@pytest.mark.parametrize(
    ("shown", "columns"), [("recipe", 80), ("recipe", 40), pytest.param("pixel", 40, marks=pytest.mark.slow)]
)
def test_steps_on_a_narrow_terminal(photo: Path, shown: str, columns: int) -> None:
    """The tables of steps fold what steps are called, and show all of it and every number, in 80 and 40 columns."""
    recipe = photo.with_name("long.yaml")
    name = "convolve by gaussian, sigma 1.25 (11 x 11), border symmetric, stride 2, dilation 2"
    step = "{convolve: gaussian, sigma: 1.25, size: 11, border: symmetric, stride: 2, dilation: 2}"
    recipe.write_text(f"steps:\n  - {step}\n  - pool: max\n" + "  - activate: relu\n" * 8)
    command = f"recipes show {recipe}" if shown == "recipe" else f"explain {photo} --recipe {recipe}"
    done = subprocess.run(
        ["script", "-qec", f"stty cols {columns}; {sys.executable} -m convfilter {command}", "/dev/null"],
        env={"PATH": "/usr/bin:/bin", "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    lines = re.sub("\x1b.*?m", "", done.stdout).splitlines()
    assert max(map(len, lines)) <= columns
    titles = next(index for index, line in enumerate(lines) if line.split()[:1] == ["step"])
    size = r"\d+ x \d+"
    row = rf"( *\d+\.)(.*) ({size}) +(\d+)" if shown == "recipe" else rf"()(.*) {size} +({size}) +({size})"
    found = [(re.fullmatch(row, line), line) for line in lines[titles + 1 :]]
    numbers = [(match[3], match[4][0]) for match, _ in found if match]
    assert numbers == [("21 x 21", "2")] + [("23 x 23", "4")] * 9
    assert " ".join(match[2] if match else line for match, line in found).split()[:14] == name.split()


@pytest.mark.parametrize(
    ("option", "name", "says"),
    [
        ("--kernel", "first-layer", "it is a recipe, for --recipe"),
        ("--kernel", ROOT / "kernels" / "recipes" / "first-layer.yaml", "makes this a recipe, for --recipe"),
        ("--recipe", "sobel", "it is a kernel, for --kernel"),
        ("--recipe", "gaussian", "it is a kernel, for --kernel"),
        ("--recipe", ROOT / "kernels" / "sobel.yaml", "makes this a kernel, for --kernel"),
    ],
)
def test_kernels_and_recipes_are_told_apart(cli: Any, photo: Path, option: str, name: object, says: str) -> None:
    """Whoever gives a recipe to --kernel, or a kernel to --recipe, is told the other option."""
    answer = cli("apply", photo, option, name)
    assert answer.code == 2
    assert says in answer.err
    assert answer.err.count("\n") == 1
