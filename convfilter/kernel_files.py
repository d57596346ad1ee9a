"""Kernel files: the YAML of a kernel becomes a Kernel, and every mistake in it a line number and a remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from convfilter import yaml_text
from convfilter.errors import KernelError
from convfilter.kernel_schema import KernelFile, quoted
from convfilter.kernels import Kernel
from convfilter.names import nearest


def read_kernel_file(path: Path) -> Kernel:
    """Read a kernel file.

    Raises:
        KernelError: the file cannot be read or is not a kernel; the message names file, line and cell.
    """
    try:
        document = yaml_text.read(path)
    except yaml_text.YamlError as error:
        raise KernelError(str(error)) from None
    try:
        return kernel_from_mapping(document.value, path.stem)
    except ValidationError as error:
        raise KernelError(_explain(path, document, error)) from None
    except KernelError as error:
        raise KernelError(f"{path}: {error}") from None


def kernel_from_mapping(mapping: Any, name: str) -> Kernel:
    """A kernel from the mapping of a kernel file, every scalar in it as text.

    Raises:
        ValidationError: (pydantic) a key or value is not as it should be.
        KernelError: the weights are sound one by one, but not together.
    """
    file = KernelFile.model_validate(mapping)
    filters: tuple[str, ...] = ()
    if isinstance(file.weights, dict):
        filters = tuple(file.weights)
        weights = np.stack([np.array(rows) for rows in file.weights.values()], axis=-1)
    else:
        weights = np.array(file.weights)
    kernel = Kernel(
        weights * file.scale,
        name=name,
        combine=file.combine,
        bias=file.bias,
        flip=file.flip,
        filters=filters,
        description=file.description,
        source=file.source,
    )
    return kernel.normalized() if file.normalize else kernel


def _explain(path: Path, document: yaml_text.Document, error: ValidationError) -> str:
    """The first mistake in one line, and how many more there are."""
    problems = sorted(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
    first = problems[0]  # a misspelt key explains the one that is missing
    location = tuple(part for part in first["loc"] if part not in ("matrix", "bank"))
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{path}:{document.line(location)}: {_place(location)}{_sentence(first)}{more}"


def _place(location: tuple[str | int, ...]) -> str:
    """Where in the file: the key, and for a cell its matrix, row and column."""
    names = [str(part)[:40] for part in location if isinstance(part, str)]
    indices = [part + 1 for part in location if isinstance(part, int)]
    if names[:1] == ["weights"] and indices:
        names = names[1:]
    cell = ", ".join(f"{word} {index}" for word, index in zip(("row", "column"), indices, strict=False))
    place = ", ".join([*names, cell] if cell else names)
    return f"{place}: " if place else ""


def _sentence(problem: ErrorDetails) -> str:
    """What is wrong and what to do."""
    found = quoted(problem["input"])
    match problem["type"]:
        case "extra_forbidden":
            known = list(KernelFile.model_fields)
            hint = nearest(str(problem["loc"][-1]), known)
            return f"unknown key{hint or '; known are ' + ', '.join(known)}"
        case "missing":
            return "is missing; a kernel needs it"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"a mapping is wanted here, such as `weights: [[0, 1], [1, 0]]`, not {found}"
        case "list_type":
            wanted = "a list of numbers" if any(isinstance(part, int) for part in problem["loc"]) else "a list of rows"
            return f"{wanted} is wanted here, as in [[0, 1], [1, 0]], not {found}"
        case "literal_error":
            return f"{found} is not one of {problem['ctx']['expected'].replace(chr(39), '')}"
        case "string_type":
            return f"a text is wanted here, not {found}"
    return problem["msg"]
