"""Recipe files: the YAML of a recipe becomes operations, and every mistake in it a line number and a remedy."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from convfilter import library
from convfilter.errors import ConvfilterError, RecipeError
from convfilter.file_mistakes import checked, place_of
from convfilter.kernel_files import kernel_of
from convfilter.kernel_schema import KernelFile
from convfilter.kernels import Kernel
from convfilter.operations import Activate, Convolve, Dropout, Grayscale, Operation, Operations, Pool
from convfilter.recipe_schema import (
    ActivateStep,
    ConvolveStep,
    DropoutStep,
    GrayStep,
    PoolStep,
    RecipeFile,
    Step,
)


@dataclass(frozen=True)
class Recipe:
    """A small network: operations, one for each of its steps.

    Attributes:
        name: how it is called in messages.
        operations: in order.
        description: one or two sentences for people.
        source: where the method was published.
    """

    name: str
    operations: Operations
    description: str = ""
    source: str = ""


def read_recipe_file(path: Path) -> Recipe:
    """Read a recipe file. A path of a kernel in it begins at the folder of the file.

    Raises:
        RecipeError: the file cannot be read or is not a recipe; the message names file, line and step.
    """
    document, file = checked(path, RecipeFile, RecipeError)
    operations = []
    for index, step in enumerate(file.steps):
        try:
            operations.append(_operation(step, path.parent))
        except ConvfilterError as error:
            where = ("steps", index)
            raise RecipeError(f"{path}:{document.line(where)}: {place_of(where)}{error}") from None
    return Recipe(path.stem, tuple(operations), file.description, file.source)


def _operation(step: Step, folder: Path) -> Operation:
    match step:
        case ConvolveStep():
            return Convolve(_kernel(step, folder), stride=step.stride, dilation=step.dilation, border=step.border)
        case ActivateStep():
            return Activate(step.activate)
        case PoolStep():
            return Pool(step.pool, step.size, step.stride, step.padding)
        case DropoutStep():
            return Dropout(step.dropout, step.seed)
        case GrayStep():
            return Grayscale(step.gray)


def _kernel(step: ConvolveStep, folder: Path) -> Kernel:
    if isinstance(step.convolve, KernelFile):
        if step.sigma is not None or step.size is not None:
            raise RecipeError("sigma and size make a kernel; leave them out beside one that is written out")
        kernel = kernel_of(step.convolve, "its own kernel")
    else:
        kernel = library.load_kernel(step.convolve, size=step.size, sigma=step.sigma, folder=folder)
    return kernel if step.bias is None else replace(kernel, bias=step.bias)


def load_recipe(name: str | os.PathLike[str]) -> Recipe:
    """The recipe that a user means: a name of `recipe_names`, or the path of a file.

    Args:
        name: a name that ships goes before a file of that name; write ``./NAME`` for the file.

    Raises:
        RecipeError: no such recipe, or a file that is not one.
    """
    return read_recipe_file(library.find("recipe", os.fspath(name), Path()))
