"""What a recipe file may say: its steps, their keys, and the JSON schema that follows from them."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError

from convfilter.kernel_schema import KernelFile, Number, quoted
from convfilter.names import Activation, Border, GrayMethod, Padding, PoolMethod, nearest

MAX_STEPS = 32
"""Steps of a recipe."""


def _parse_whole(value: Any) -> int:
    if not isinstance(value, str) or not re.fullmatch(r"0|[1-9]\d{0,17}", value, re.ASCII):
        raise PydanticCustomError("whole", "{text} is not a whole number of at most 18 digits", {"text": quoted(value)})
    return int(value)


Whole = Annotated[int, BeforeValidator(_parse_whole), WithJsonSchema({"type": "integer", "minimum": 0})]


def _check_name(value: Any) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError(
            "name", "a name, a path, or a mapping with `weights` is wanted here, not {text}", {"text": quoted(value)}
        )
    return value


KernelName = Annotated[str, BeforeValidator(_check_name)]


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ConvolveStep(_Step):
    """Slide a kernel over every channel."""

    convolve: Annotated[
        Annotated[KernelName, Tag("<name>")] | Annotated[KernelFile, Tag("<mapping>")],
        Discriminator(lambda value: "<mapping>" if isinstance(value, dict | KernelFile) else "<name>"),
    ] = Field(description="A name of the library, mean or gaussian, the path of a kernel file, or a kernel itself.")
    sigma: Number | None = Field(default=None, description="For gaussian: standard deviation in pixels.")
    size: Whole | None = Field(default=None, description="For gaussian and mean: pixels on a side.")
    bias: Number | None = Field(default=None, description="Instead of the kernel's own; 0.5 is mid-grey.")
    stride: Whole = Field(default=1, description="Keep every n-th pixel of every n-th row.")
    dilation: Whole = Field(default=1, description="The weights lie this many pixels apart.")
    border: Border = Field(default="reflect", description="Where the pixels beyond the edge come from.")


class ActivateStep(_Step):
    """Every sample through an activation."""

    activate: Activation


class PoolStep(_Step):
    """The greatest, or the mean, of the pixels in a window."""

    pool: PoolMethod
    size: Whole = Field(default=2, description="Rows and columns of the window.")
    stride: Whole | None = Field(default=None, description="From one window to the next; by default their size.")
    padding: Padding = Field(default="valid", description="same: windows may reach beyond the edge.")


class DropoutStep(_Step):
    """Samples become 0 at random, and the others are scaled by 1 / (1 - rate)."""

    dropout: Number = Field(description="The rate, from 0 to below 1.")
    seed: Whole = Field(default=0, description="The same seed drops the same samples.")


class GrayStep(_Step):
    """Three channels become one."""

    gray: GrayMethod


STEPS: dict[str, type[_Step]] = {
    "convolve": ConvolveStep,
    "activate": ActivateStep,
    "pool": PoolStep,
    "dropout": DropoutStep,
    "gray": GrayStep,
}
"""Every step by the key that it is known by."""


def _check_step(value: Any) -> Any:
    """A mapping with the key of one step."""
    if isinstance(value, dict) and len(verbs := [key for key in value if key in STEPS]) != 1:
        known = ", ".join(STEPS)
        if verbs:
            both = " and ".join(verbs)
            raise PydanticCustomError("step", "{both} are two steps; write each as an item of its own", {"both": both})
        hint = next((hint for key in value if (hint := nearest(str(key), [*STEPS]))), "")
        found = ", ".join(quoted(key) for key in value) or "an empty mapping"
        raise PydanticCustomError(
            "step", "{found} is no step; known are {known}{hint}", {"found": found, "known": known, "hint": hint}
        )
    return value


def _tag(value: Any) -> str:
    keys = value if isinstance(value, dict) else ()
    return f"<{next((key for key in keys if key in STEPS), 'convolve')}>"


Step = Annotated[
    Annotated[ConvolveStep, Tag("<convolve>")]
    | Annotated[ActivateStep, Tag("<activate>")]
    | Annotated[PoolStep, Tag("<pool>")]
    | Annotated[DropoutStep, Tag("<dropout>")]
    | Annotated[GrayStep, Tag("<gray>")],
    Discriminator(_tag),
]


class RecipeFile(BaseModel):
    """A recipe for convfilter: a small network, one step a layer."""

    model_config = ConfigDict(extra="forbid", title="convfilter recipe")

    description: str = Field(default="", description="What is left of a picture.")
    source: str = Field(default="", description="Where the method was published.")
    steps: list[Annotated[Step, BeforeValidator(_check_step)]] = Field(
        description="One mapping for each step, in order.", min_length=1, max_length=MAX_STEPS
    )


def schema() -> dict[str, Any]:
    """The JSON schema of a recipe file, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **RecipeFile.model_json_schema()}
