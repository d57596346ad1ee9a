"""`convfilter apply --recipe`: a chain, and the picture after every step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import fingerprint, pixels_of
from PIL import Image

import convfilter

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


def test_steps_below_a_file(cli: Any, photo: Path, recipe: Path) -> None:
    """Steps that cannot be written cost a line that names the file and no option, as it is not always --output."""
    answer = cli("apply", photo, "--recipe", recipe, "--keep-steps", photo / "x")
    assert answer.code == 1
    says = f"cannot write {photo}/x/photo.1-gray.png: Not a directory; choose another place"
    assert answer.err.splitlines() == [f"{photo}: {says}", "0 done, 0 skipped, 1 failed"]
