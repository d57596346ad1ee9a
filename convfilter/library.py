"""The kernels and recipes that ship with convfilter, and what a name on the command line means."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from convfilter.errors import KernelError, RecipeError
from convfilter.kernel_makers import gaussian_kernel, mean_kernel
from convfilter.kernels import Kernel
from convfilter.names import nearest
from convfilter.text import shortened

MADE = ("mean", "gaussian")
"""The kernels that are computed from a size; every other name is a file."""


def shipped(installed: str, checkout: str) -> Path:
    """A file or folder that ships with convfilter: inside the installed package, or in a checkout."""
    package = Path(__file__).parent
    inside = package / "data" / installed
    return inside if inside.exists() else package.parent / checkout


def kernel_folder() -> Path:
    """Where the kernel files lie."""
    return shipped("kernels", "kernels")


def kernel_names() -> list[str]:
    """The names of the library, sorted."""
    return sorted(path.stem for path in kernel_folder().glob("*.yaml"))


def recipe_folder() -> Path:
    """Where the recipe files lie."""
    return kernel_folder() / "recipes"


def recipe_names() -> list[str]:
    """The names of the recipes that ship, sorted."""
    return sorted(path.stem for path in recipe_folder().glob("*.yaml"))


def load_kernel(
    name: str, *, size: int | None = None, sigma: float | None = None, folder: Path | None = None
) -> Kernel:
    """The kernel that a user means: ``mean``, ``gaussian``, a name of the library, or the path of a file.

    Args:
        name: a name of the library goes before a file of that name; write ``./NAME`` for the file.
        size: pixels on a side, for ``mean`` (default 3) and ``gaussian`` alone.
        sigma: standard deviation in pixels, for ``gaussian`` alone.
        folder: where paths begin that are not absolute; by default in the current folder.

    Raises:
        KernelError: no such kernel, a file that is not one, or a size or sigma that does not apply.
    """
    if sigma is not None and name != "gaussian":
        raise KernelError(f"sigma belongs to the kernel gaussian; {shortened(name)} has none")
    if size is not None and name not in MADE:
        raise KernelError(f"size belongs to the kernels mean and gaussian; {shortened(name)} has its own")
    if name == "gaussian":
        return gaussian_kernel(sigma, size)
    if name == "mean":
        return mean_kernel(3 if size is None else size)
    path = find("kernel", name, Path() if folder is None else folder)
    from convfilter.kernel_files import read_kernel_file  # pydantic takes a while to load, and the made ones need none

    return read_kernel_file(path)


def find(kind: Literal["kernel", "recipe"], name: str, start: Path) -> Path:
    """The file of a kernel or recipe: the one of that name that ships, or the one at a path that begins at `start`.

    Raises:
        KernelError, RecipeError: neither is there.
    """
    folder, error = (kernel_folder(), KernelError) if kind == "kernel" else (recipe_folder(), RecipeError)
    if not name:
        raise error(f"a {kind} needs a name or a path; this one is empty")
    if name in (kernel_names() if kind == "kernel" else recipe_names()):
        return folder / f"{name}.yaml"
    path = start / name
    if "/" in name or path.suffix.lower() in (".yaml", ".yml") or os.path.isfile(path):
        return path
    meant = {"kernel": [*kernel_names(), *MADE], "recipe": recipe_names()}
    other = "recipe" if kind == "kernel" else "kernel"
    if name in meant[other]:
        hint = f"; it is a {other}, for --{other}"
    else:
        hint = nearest(name, meant[kind]) or f"; `convfilter {kind}s list` shows all"
    raise error(f"{shortened(name)}: no such {kind}, and no file of that name{hint}")
