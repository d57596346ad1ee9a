"""`convfilter apply --recipe` and `convfilter recipes`: chains, their steps, sheets, previews; and `--match`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT, SAMPLES, fingerprint, pixels_of
from PIL import Image, ImageFilter

import convfilter
from convfilter.comparing import LINE, PANEL
from convfilter.library import recipe_folder

SMALL = """
steps:
  - gray: rec709
  - convolve: sobel
  - activate: relu
  - pool: max
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    """A recipe of four steps."""
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path


def through(operations: Any, photo: Path) -> np.ndarray:
    """A picture through operations, as a program calls them."""
    return convfilter.apply(pixels_of(photo), *operations).squeeze()


def test_apply_recipe(cli: Any, photo: Path, recipe: Path) -> None:
    """`apply --recipe` writes what its operations give, in the size that is left."""
    answer = cli("apply", photo, "--recipe", recipe)
    assert (answer.code, answer.err) == (0, "")
    found = pixels_of(photo.with_name("photo.apply.png"))
    assert found.shape == (32, 48)
    np.testing.assert_array_equal(found, through(convfilter.load_recipe(str(recipe)).operations, photo))


def test_recipes_list(cli: Any) -> None:
    """`recipes list` shows every recipe that ships, by the name that --recipe takes."""
    assert [line.split()[0] for line in cli("recipes", "list").out.splitlines()[1:]] == convfilter.recipe_names()


def test_keep_steps(cli: Any, photo: Path, recipe: Path, tmp_path: Path) -> None:
    """`--keep-steps` writes the picture after every step; the last one is the result."""
    assert (
        cli("apply", photo, "--recipe", recipe, "--keep-steps", tmp_path / "steps", "-o", tmp_path / "r.png").code == 0
    )
    names = ["photo.1-gray.png", "photo.2-convolve.png", "photo.3-activate.png", "photo.4-pool.png"]
    assert sorted(path.name for path in (tmp_path / "steps").iterdir()) == names
    operations = convfilter.load_recipe(str(recipe)).operations
    for count, name in enumerate(names, 1):
        np.testing.assert_array_equal(pixels_of(tmp_path / "steps" / name), through(operations[:count], photo))
    np.testing.assert_array_equal(pixels_of(tmp_path / "r.png"), pixels_of(tmp_path / "steps" / names[-1]))


def test_steps_that_exist_are_kept(cli: Any, photo: Path, recipe: Path, tmp_path: Path) -> None:
    """A step that is there already fails the picture before anything is written, unless --overwrite."""
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps" / "photo.3-activate.png").write_bytes(b"mine")
    before = fingerprint(tmp_path)
    answer = cli("apply", photo, "--recipe", recipe, "--keep-steps", tmp_path / "steps")
    assert answer.code == 1
    assert "photo.3-activate.png exists" in answer.err
    assert fingerprint(tmp_path) == before
    assert cli("apply", photo, "--recipe", recipe, "--keep-steps", tmp_path / "steps", "--overwrite").code == 0


def test_a_stopped_run_with_steps_is_taken_up(cli: Any, photo: Path, recipe: Path, tmp_path: Path) -> None:
    """With --skip-existing, what is there of a picture's outputs is left as it is, and the rest is written."""
    call = ["apply", photo, "--recipe", recipe, "--keep-steps", tmp_path / "steps", "-o", tmp_path / "out.png"]
    assert cli(*call).code == 0
    whole = fingerprint(tmp_path)
    for name in ("steps/photo.2-convolve.png", "out.png"):
        (tmp_path / name).unlink()
        assert cli(*call, "--skip-existing").code == 0
        found = fingerprint(tmp_path)
        assert {path: one[0] for path, one in found.items()} == {path: one[0] for path, one in whole.items()}
        assert [path for path in whole if found[path] != whole[path]] == [name]
        whole = found


def test_recipes_over_folders(cli: Any, photo: Path, recipe: Path, tmp_path: Path) -> None:
    """Folders are mirrored in the steps' folder, and two pictures that would share a step are refused."""
    for name in ("in/a.png", "in/sub/b.png", "in/sub/b.jpg"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.open(photo).save(path)
    call = ["apply", tmp_path / "in", "-r", "--recipe", recipe, "--keep-steps", tmp_path / "steps"]
    assert cli(*call, "-o", tmp_path / "out").code == 0
    found = {str(path.relative_to(tmp_path / "steps")) for path in (tmp_path / "steps").rglob("*.*")}
    assert {"a.4-pool.png", "sub/b.4-pool.png", "sub/b.4-pool.jpg"} <= found
    assert len(found) == 12
    answer = cli(*call, "-o", str(tmp_path / "out2/{below}/{stem}{suffix}.png"))
    assert answer.code == 2
    assert "written twice" in answer.err


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
    ("options", "panels"),
    [(["--recipe", "first-layer"], 5), (["--kernel", "kirsch"], 10), (["--kernel", "sobel", "--gray"], 4)],
)
def test_sheets(cli: Any, photo: Path, tmp_path: Path, options: list[str], panels: int) -> None:
    """`--compare` shows the input and every step of a recipe, or every filter of a bank, in boxes of one size."""
    assert cli("apply", photo, *options, "--compare", tmp_path / "sheet.png").code == 0
    sheet = pixels_of(tmp_path / "sheet.png")
    columns = int(np.ceil(np.sqrt(panels)))
    rows = -(-panels // columns)
    height, width = round(PANEL * 64 / 96) + 2 * LINE + 8, PANEL + 8
    assert sheet.shape == (rows * height + 8, columns * width + 8, 3)
    filled = [
        (sheet[row * height + 8 : (row + 1) * height, column * width + 8 : (column + 1) * width] < 255).any()
        for row in range(rows)
        for column in range(columns)
    ]
    assert filled == [True] * panels + [False] * (rows * columns - panels)


def test_sheets_of_large_banks(cli: Any, photo: Path, tmp_path: Path) -> None:
    """A bank of many filters, some of zeros and with long names, is shown in part, in seconds; zeros are left out."""
    names = ["x" * 1000, *(f"f{number}" for number in range(200))]
    rows = "".join(f"  {name}: [[{int(index != 1)}, 1, 0]]\n" for index, name in enumerate(names))
    (tmp_path / "bank.yaml").write_text(f"combine: max\nweights:\n  dead: [[0, 0, 0]]\n{rows}")
    answer = cli("apply", photo, "--kernel", tmp_path / "bank.yaml", "--compare", tmp_path / "sheet.png")
    assert answer.code == 0
    assert pixels_of(tmp_path / "sheet.png").shape[1] == 10 * (PANEL + 8) + 8


def test_a_kernel_alone_is_compared_side_by_side(cli: Any, photo: Path, tmp_path: Path) -> None:
    """`--compare` of a kernel that is no bank stays before and after, in full size."""
    assert cli("apply", photo, "--kernel", "sharpen", "--compare", tmp_path / "both.png").code == 0
    assert pixels_of(tmp_path / "both.png").shape == (64, 2 * 96 + 8, 3)


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
    assert answer.out.strip().endswith("edges.yaml: a sound recipe, 5 steps")
    assert answer.err.startswith(f'{wrong}:2: step 1: activate: "rellu" is not one of relu')


def test_recipes_show(cli: Any, tmp_path: Path) -> None:
    """`recipes show` tells what each step sees, width before height, and how far apart neighbours see."""
    recipe = tmp_path / "wide.yaml"
    recipe.write_text("steps:\n  - convolve: {weights: [[1, 2, 1]]}\n  - pool: max\n")
    rows = [line.split() for line in cli("recipes", "show", recipe).out.splitlines() if line[:1].isdigit()]
    assert [row[-4:] for row in rows] == [["3", "x", "1", "1"], ["4", "x", "2", "2"]]


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


def test_preview_on_a_terminal(cli: Any, photo: Path) -> None:
    """`--preview` paints before and after in blocks of colour on a terminal that can, and nothing in a pipe."""
    command = f"{sys.executable} -m convfilter apply {photo} --kernel laplacian8 --preview --overwrite"
    shown = {}
    for terminal in ("xterm-256color", "dumb"):
        environment = {"PATH": "/usr/bin:/bin", "TERM": terminal, "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            ["script", "-qec", f"stty cols 60 rows 30; {command}", "/dev/null"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            stdin=subprocess.DEVNULL,
        )
        shown[terminal] = done.stdout
    assert shown["xterm-256color"].count("\N{UPPER HALF BLOCK}") == 2 * 29 * 10
    assert "\x1b[" not in shown["dumb"]
    answer = cli("apply", photo, "--kernel", "laplacian8", "--preview", "--overwrite")
    assert answer.out.split() == [str(photo.with_name("photo.apply.png"))]


def test_steps_of_ink_are_those_of_the_chain(cli: Any, tmp_path: Path, random: np.random.Generator) -> None:
    """Where a later step takes CMYK as RGB, the steps before it do as well, as they do in the chain."""
    ink = random.integers(0, 256, (20, 24, 4), np.uint8)
    Image.fromarray(ink, "CMYK").save(tmp_path / "ink.tif")
    (tmp_path / "r.yaml").write_text("steps:\n - convolve: mean3x3\n - dropout: 0.5\n   seed: 3\n - gray: rec601\n")
    call = ["apply", tmp_path / "ink.tif", "--recipe", tmp_path / "r.yaml", "-o", tmp_path / "out.png"]
    assert cli(*call, "--keep-steps", tmp_path).code == 0
    dropped, gray = pixels_of(tmp_path / "ink.2-dropout.png"), pixels_of(tmp_path / "out.png")
    assert dropped.shape == (20, 24, 3)
    assert np.abs(dropped @ [0.299, 0.587, 0.114] - gray)[dropped.max(axis=2) < 255].max() <= 1


def test_where_steps_go(cli: Any, photo: Path, tmp_path: Path) -> None:
    """Ten steps stand in their order in a folder; a template tells pictures apart; clashes name what would help."""
    (tmp_path / "ten.yaml").write_text("steps:\n" + " - activate: relu\n" * 10)
    Image.open(photo).save(tmp_path / "photo.jpg")
    both = [photo, tmp_path / "photo.jpg"]
    call = ["apply", *both, "--recipe", tmp_path / "ten.yaml", "-o", f"{tmp_path}/{{name}}.png", "--keep-steps"]
    assert "give --keep-steps a template" in cli(*call, tmp_path / "steps").err
    assert cli(*call, f"{tmp_path}/steps/{{suffix}}").code == 0
    names = sorted(path.name for path in (tmp_path / "steps" / ".png").iterdir())
    assert names == [f"photo.{number:02}-activate.png" for number in range(1, 11)]
    answer = cli(*call, photo)
    assert (answer.code, answer.err) == (2, f"convfilter: {photo}: is a file; --keep-steps needs a folder\n")
    answer = cli("blur", photo, "-o", tmp_path / "one.png", "--compare", tmp_path / "one.png")
    assert answer.code == 2
    assert "name different files with --output, --compare" in answer.err


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
