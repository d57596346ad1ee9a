"""What a kernel file may say: its keys, its numbers, its shapes, and the JSON schema that follows from them."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError

from convfilter.kernels import MAX_WEIGHT
from convfilter.names import Combine
from convfilter.text import counted, printable, shortened

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
            {"text": quoted(value)},
        )
    over, under = float(match[1]), float(match[2] or 1)
    if under == 0:
        raise PydanticCustomError("number", "{text} divides by zero", {"text": quoted(value)})
    if not abs(over / under) <= MAX_WEIGHT:
        raise PydanticCustomError("number", "{text} is too large; numbers go up to 1e9", {"text": quoted(value)})
    return over / under


def _parse_flag(value: Any) -> bool:
    if value not in ("true", "false"):
        raise PydanticCustomError("flag", "{text} is neither true nor false", {"text": quoted(value)})
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
                "row {row} has {found} and row 1 has {wanted}; every row needs as many",
                {"row": index + 1, "found": counted(len(row), "number"), "wanted": len(rows[0])},
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
                {"name": quoted(name), "size": size, "first": quoted(first), "wanted": sizes[first]},
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
        Annotated[Matrix, Tag("<matrix>")] | Annotated[Bank, Tag("<bank>")],
        Discriminator(lambda value: "<bank>" if isinstance(value, dict) else "<matrix>"),
    ] = Field(description="One matrix as a list of rows, or a bank: name -> matrix, all of one size.")
    combine: Combine | None = Field(default=None, description="A bank only: how its maps become one picture.")
    scale: Number = Field(default=1.0, description="Every weight is multiplied by it; 1/9 for nine ones.")
    normalize: Flag = Field(default=False, description="Divide by the sum of the weights.")
    bias: Number = Field(default=0.0, description="Added to the result; 0.5 is mid-grey.")
    flip: Flag = Field(default=False, description="Turn by 180 degrees first: true convolution.")


def schema() -> dict[str, Any]:
    """The JSON schema of a kernel file, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **KernelFile.model_json_schema()}


def quoted(value: Any) -> str:
    """What the user wrote, short enough for a line."""
    if isinstance(value, str):
        return f'"{printable(shortened(value, 40))}"'
    return "a mapping" if isinstance(value, dict) else "a list"
