"""Kernel files: the YAML of a kernel becomes a Kernel, and every mistake in it a line number and a remedy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from convfilter import yaml_text
from convfilter.errors import KernelError
from convfilter.kernels import MAX_SIZE, MAX_WEIGHT, Kernel
from convfilter.names import Combine, nearest

_DECIMAL = r"(?:(?:0|[1-9]\d{0,39})(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][-+]?\d{1,3})?"
_NUMBER = re.compile(rf"([-+]?{_DECIMAL})(?:/({_DECIMAL}))?", re.ASCII)


def parse_number(value: Any) -> float:
    """A decimal (``0.5``, ``-2``, ``1e-3``) or a fraction (``1/9``) as written; nothing else is a number."""
    text = value if isinstance(value, str) else "a list or mapping"
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise PydanticCustomError(
            "number",
            "{text} is not a number; write a decimal like 0.5 or a fraction like 1/9",
            {"text": _quoted(value)},
        )
    over, under = float(match[1]), float(match[2] or 1)
    if under == 0:
        raise PydanticCustomError("number", "{text} divides by zero", {"text": _quoted(value)})
    if not abs(over / under) <= MAX_WEIGHT:
        raise PydanticCustomError("number", "{text} is too large; numbers go up to 1e9", {"text": _quoted(value)})
    return over / under


def _parse_flag(value: Any) -> bool:
    if value not in ("true", "false"):
        raise PydanticCustomError("flag", "{text} is neither true nor false", {"text": _quoted(value)})
    return bool(value == "true")


def _check_matrix(rows: list[list[float]]) -> list[list[float]]:
    """Rows of one length, neither empty nor too many."""
    if not rows:
        raise PydanticCustomError("shape", "the matrix is empty; write rows of numbers like [[0, 1], [1, 0]]")
    for index, row in enumerate(rows):
        if not row:
            raise PydanticCustomError("shape", "row {row} is empty; write numbers into it", {"row": index + 1})
        if len(row) != len(rows[0]):
            raise PydanticCustomError(
                "shape",
                "row {row} has {found} numbers and row 1 has {wanted}; every row needs as many",
                {"row": index + 1, "found": len(row), "wanted": len(rows[0])},
            )
    if max(len(rows), len(rows[0])) > MAX_SIZE:
        raise PydanticCustomError(
            "shape",
            "{height} x {width} is too large; a kernel has at most {most} rows and columns",
            {"height": len(rows), "width": len(rows[0]), "most": MAX_SIZE},
        )
    return rows


def _check_bank(bank: dict[str, list[list[float]]]) -> dict[str, list[list[float]]]:
    """Matrices of one size."""
    if not bank:
        raise PydanticCustomError("shape", "the bank is empty; name at least one matrix")
    sizes = {name: f"{len(rows)} x {len(rows[0])}" for name, rows in bank.items()}
    first = next(iter(bank))
    for name, size in sizes.items():
        if size != sizes[first]:
            raise PydanticCustomError(
                "shape",
                "{name} is {size} and {first} is {wanted}; the matrices of a bank have one size",
                {"name": _quoted(name), "size": size, "first": _quoted(first), "wanted": sizes[first]},
            )
    return bank


Number = Annotated[
    float,
    BeforeValidator(parse_number),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": -MAX_WEIGHT, "maximum": MAX_WEIGHT},
                {"type": "string", "pattern": rf"^[-+]?{_DECIMAL}(/{_DECIMAL})?$"},
            ]
        }
    ),
]
Flag = Annotated[bool, BeforeValidator(_parse_flag)]
Row = Annotated[list[Number], Field(json_schema_extra={"minItems": 1})]
Matrix = Annotated[list[Row], AfterValidator(_check_matrix), Field(json_schema_extra={"minItems": 1})]
Bank = Annotated[dict[str, Matrix], AfterValidator(_check_bank)]


class KernelFile(BaseModel):
    """A kernel for convfilter: a matrix of weights, or a bank of them, slid over a picture."""

    model_config = ConfigDict(extra="forbid", title="convfilter kernel")

    description: str = Field(default="", description="What the kernel does to a picture.")
    source: str = Field(default="", description="Where the kernel was published.")
    weights: Annotated[
        Annotated[Matrix, Tag("matrix")] | Annotated[Bank, Tag("bank")],
        Discriminator(lambda value: "bank" if isinstance(value, dict) else "matrix"),
    ] = Field(description="One matrix as a list of rows, or a bank: name -> matrix, all of one size.")
    combine: Combine | None = Field(default=None, description="A bank only: how its maps become one picture.")
    scale: Number = Field(default=1.0, description="Every weight is multiplied by it; 1/9 for nine ones.")
    normalize: Flag = Field(default=False, description="Divide by the sum of the weights.")
    bias: Number = Field(default=0.0, description="Added to the result; 0.5 is mid-grey.")
    flip: Flag = Field(default=False, description="Turn by 180 degrees first: true convolution.")


def load_kernel(path: Path) -> Kernel:
    """Read a kernel file.

    Raises:
        KernelError: the file cannot be read or is not a kernel; the message names file, line and cell.
    """
    try:
        document = yaml_text.read(path)
    except yaml_text.YamlError as error:
        separator = ":" if str(error)[:1].isdigit() else ": "
        raise KernelError(f"{path}{separator}{error}") from None
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
    bank = isinstance(file.weights, dict)
    matrices = list(file.weights.values()) if isinstance(file.weights, dict) else [file.weights]
    if bank and file.combine is None:
        raise KernelError("a bank needs `combine: magnitude`, `sum` or `max`, to become one picture")
    if file.combine is not None and not bank:
        raise KernelError("`combine` is for a bank (name -> matrix); leave it out for one matrix")
    weights = np.stack([np.array(matrix) for matrix in matrices], axis=-1) * file.scale
    kernel = Kernel(
        weights if bank else weights[:, :, 0],
        name=name,
        combine=file.combine,
        bias=file.bias,
        flip=file.flip,
        filters=tuple(file.weights) if isinstance(file.weights, dict) else (),
        description=file.description,
        source=file.source,
    )
    return kernel.normalized() if file.normalize else kernel


def schema() -> dict[str, Any]:
    """The JSON schema of a kernel file, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **KernelFile.model_json_schema()}


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
    found = _quoted(problem["input"])
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


def _quoted(value: Any) -> str:
    """What the user wrote, short enough for a line."""
    if isinstance(value, str):
        short = value if len(value) <= 40 else value[:37] + "..."
        return '"' + "".join(c if c.isprintable() else ascii(c)[1:-1] for c in short) + '"'
    return "a mapping" if isinstance(value, dict) else "a list"
