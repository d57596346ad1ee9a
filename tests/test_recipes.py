"""Recipe files: what is read, what is refused and in which words, the recipes that ship, and the schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import yaml
from files_pixels import noise
from files_recipes import MISTAKES
from plain_tensorflow import in_plain_tensorflow

import convfilter
from convfilter import (
    Activate,
    Convolve,
    Dropout,
    Grayscale,
    Pool,
    RecipeError,
    gaussian_kernel,
    load_kernel,
    load_recipe,
    recipe_names,
)
from convfilter.library import recipe_folder
from convfilter.recipe_schema import schema

EVERY_STEP = """
description: All there is.
source: Nowhere.
steps:
  - convolve: sobel
    stride: 2
    dilation: 3
    border: zero
    bias: 1/2
  - convolve: gaussian
    sigma: 1.5
  - convolve: {weights: [[1, 2, 1]], scale: 1/4, flip: true}
  - activate: relu6
  - pool: mean
    size: 3
    stride: 1
    padding: same
  - pool: max
  - dropout: 1/4
    seed: 7
  - gray: rec709
"""


def loaded(tmp_path: Path, text: str) -> Any:
    """Read a recipe file with this text."""
    path = tmp_path / "r.yaml"
    path.write_text(text)
    return load_recipe(str(path))


def test_every_step_and_option(tmp_path: Path) -> None:
    """A recipe becomes operations, one a step, with every option that a step may have."""
    recipe = loaded(tmp_path, EVERY_STEP)
    sobel = load_kernel("sobel")
    assert (recipe.name, recipe.description, recipe.source) == ("r", "All there is.", "Nowhere.")
    first, second, third, *others = recipe.operations
    assert (first.stride, first.dilation, first.border, first.kernel.bias) == (2, 3, "zero", 0.5)
    np.testing.assert_array_equal(first.kernel.weights, sobel.weights)
    assert second == Convolve(gaussian_kernel(1.5))
    assert (third.kernel.weights.tolist(), third.kernel.flip) == ([[0.25, 0.5, 0.25]], True)
    assert others == [
        Activate("relu6"),
        Pool("mean", 3, 1, "same"),
        Pool("max"),
        Dropout(0.25, 7),
        Grayscale("rec709"),
    ]


@pytest.mark.parametrize(("text", "line", "words"), MISTAKES)
def test_mistakes_are_told_by_file_line_and_nearest_word(tmp_path: Path, text: str, line: int, words: str) -> None:
    """What is wrong in a recipe is told in one line, with its file, its line and what to do."""
    with pytest.raises(RecipeError) as caught:
        loaded(tmp_path, text)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'r.yaml'}:{line}: ")
    assert words in message
    assert "\n" not in message


def test_kernel_paths_begin_at_the_recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The path of a kernel in a recipe is taken from the folder of the recipe, wherever the command runs."""
    (tmp_path / "kernels").mkdir()
    (tmp_path / "kernels" / "mine.yaml").write_text("weights: [[1, 2]]\n")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (one,) = loaded(tmp_path, "steps:\n  - convolve: kernels/mine.yaml\n").operations
    assert one.kernel.weights.tolist() == [[1, 2]]


def test_unknown_recipes_suggest_the_nearest() -> None:
    """A name that no recipe has is refused with the nearest one."""
    with pytest.raises(RecipeError, match='did you mean "pencil-sketch"'):
        load_recipe("pencil-sketsh")


def test_recipes_that_ship_are_described() -> None:
    """Every recipe that ships says what it does."""
    assert all(load_recipe(name).description for name in recipe_names())


@pytest.mark.parametrize("name", recipe_names())
def test_shipped_recipes_are_chains_of_plain_tensorflow(name: str, random: np.random.Generator) -> None:
    """Every recipe that ships gives what its chain gives in plain TensorFlow, but for the border, which is numpy's."""
    pixels = noise(random, 48, 56, 3, dtype="float32")
    recipe = load_recipe(name)
    found = convfilter.apply(pixels, *recipe.operations)
    np.testing.assert_allclose(found, in_plain_tensorflow(pixels, recipe.operations), rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("name", recipe_names())
def test_shipped_recipes_match_the_schema(name: str) -> None:
    """The JSON schema takes every recipe that ships."""
    document = yaml.safe_load((recipe_folder() / f"{name}.yaml").read_text())
    jsonschema.validate(document, schema())


def test_the_schema_refuses_what_the_reader_refuses() -> None:
    """The JSON schema does not take steps that are none, nor two in one."""
    for wrong in ({"steps": [{"activate": "rellu"}]}, {"steps": [{"gray": "mean", "pool": "max"}]}, {"steps": []}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema())


def test_the_schema_beside_the_recipes_is_the_one_printed(cli: Any) -> None:
    """`recipes schema` prints what lies beside the recipes that ship."""
    printed = json.loads(cli("recipes", "schema").out)
    assert printed == schema() == json.loads((recipe_folder() / "recipe.schema.json").read_text())
