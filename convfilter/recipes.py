"""How a name on the command line becomes a recipe."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from convfilter import library
from convfilter.errors import RecipeError
from convfilter.names import nearest
from convfilter.text import shortened

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

    name, known = os.fspath(name), library.recipe_names()
    if not name:
        raise RecipeError("a recipe needs a name or a path; this one is empty")
    if name in known:
        return read_recipe_file(library.recipe_folder() / f"{name}.yaml")
    if library.is_path(name, Path(name)):
        return read_recipe_file(Path(name))
    if name in (*library.MADE, *library.kernel_names()):
        hint = "; it is a kernel, for --kernel"
    else:
        hint = nearest(name, known) or "; `convfilter recipes list` shows all"
    raise RecipeError(f"{shortened(name)}: no such recipe, and no file of that name{hint}")
