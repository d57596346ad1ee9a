"""How a name on the command line becomes a recipe."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from convfilter import library

if TYPE_CHECKING:
    from convfilter.recipe_files import Recipe


def load_recipe(name: str | os.PathLike[str]) -> Recipe:
    """The recipe that a user means: a name of `recipe_names`, or the path of a file.

    Args:
        name: a name that ships goes before a file of that name; write ``./NAME`` for the file.

    Raises:
        RecipeError: no such recipe, or a file that is not one.
    """
    from convfilter.recipe_files import read_recipe_file

    return read_recipe_file(library.find("recipe", os.fspath(name), Path()))
