"""The commands `convfilter recipes list | show | check | schema`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from convfilter.cli import streams

if TYPE_CHECKING:
    from convfilter.recipe_files import Recipe


@click.group()
def recipes() -> None:
    """List, show and check recipes: small networks of several steps."""


@recipes.command("list")
def list_() -> None:
    """List the recipes that --recipe can name."""
    from convfilter.cli.tables import recipe_table
    from convfilter.library import recipe_names
    from convfilter.recipe_files import load_recipe

    streams.result(recipe_table([load_recipe(name) for name in recipe_names()]))


@recipes.command()
@click.argument("name", metavar="NAME|FILE.yaml")
def show(name: str) -> None:
    """Show a recipe: its steps, and how much of the picture each sees."""
    from convfilter.cli.tables import recipe_sheet
    from convfilter.recipe_files import load_recipe

    streams.result(recipe_sheet(load_recipe(name)))


@recipes.command()
@click.argument("files", metavar="FILE.yaml...", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Check recipe files; the first mistake of each is told by line and step."""
    from convfilter.cli.checking import check_files
    from convfilter.errors import RecipeError
    from convfilter.recipe_files import read_recipe_file
    from convfilter.text import counted

    def valid(recipe: Recipe) -> str:
        return f"a valid recipe, {counted(len(recipe.operations), 'step')}"

    check_files(files, read_recipe_file, RecipeError, valid)


@recipes.command()
def schema() -> None:
    """Print the JSON schema of a recipe file, for editors."""
    from convfilter.recipe_schema import schema as recipe_schema

    streams.result(json.dumps(recipe_schema(), indent=2))
