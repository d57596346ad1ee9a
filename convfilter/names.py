"""The words that stand for a choice, on the command line and in the API; imports nothing heavy."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Literal, SupportsIndex, get_args

from convfilter.errors import OptionError

Border = Literal["reflect", "symmetric", "edge", "wrap", "zero", "valid"]
BORDERS: tuple[Border, ...] = get_args(Border)

WindowBorder = Literal[Border, "keep"]
WINDOW_BORDERS: tuple[WindowBorder, ...] = get_args(WindowBorder)
"""Also what Pillow does: where a kernel would reach beyond the edge, the pixel stays as it is."""

Range = Literal["clip", "abs", "rescale"]
RANGES: tuple[Range, ...] = get_args(Range)

GrayMethod = Literal["mean", "rec601", "rec709", "linear"]
GRAY_METHODS: tuple[GrayMethod, ...] = get_args(GrayMethod)

Combine = Literal["magnitude", "sum", "max"]
COMBINES: tuple[Combine, ...] = get_args(Combine)

Activation = Literal["relu", "relu6", "sigmoid", "softplus", "tanh"]
ACTIVATIONS: tuple[Activation, ...] = get_args(Activation)

PoolMethod = Literal["max", "mean"]
POOLS: tuple[PoolMethod, ...] = get_args(PoolMethod)

Padding = Literal["valid", "same"]
PADDINGS: tuple[Padding, ...] = get_args(Padding)

Rounding = Literal["half_even", "half_up", "down"]

Tool = Literal["opencv", "scipy", "imagemagick", "pillow"]
TOOLS: tuple[Tool, ...] = get_args(Tool)

Sums = Literal["any", "double", "pairs", "single", "fused"]
SUMS: tuple[Sums, ...] = get_args(Sums)

PresetName = Literal["softmax", "classic", "fast", "accurate", "international"]
PRESET_NAMES: tuple[PresetName, ...] = get_args(PresetName)

Invert = Literal["auto", "yes", "no"]
INVERTS: tuple[Invert, ...] = get_args(Invert)

Strategy = Literal["none", "mirrored", "multiworker"]
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)

Status = Literal["done", "skipped", "failed"]
"""What may become of a picture of a run."""


def one_of(what: str, word: str, known: Sequence[str]) -> None:
    """Refuse a word that stands for no choice.

    Raises:
        OptionError: it is not known.
    """
    if word not in known:
        raise OptionError(f"{word}: {what} is one of {', '.join(known)}{nearest(word, [*known])}")


def whole(what: str, value: object, least: int, most: int) -> None:
    """Refuse what is no whole number in a range.

    Raises:
        OptionError: it is not.
    """
    if isinstance(value, bool) or not isinstance(value, SupportsIndex) or not least <= index(value) <= most:
        raise OptionError(f"{what} is a whole number from {least} to {most}, not {value}")


def nearest(word: str, known: list[str]) -> str:
    """A hint ``; did you mean "..."?``, or nothing where no known word is near."""
    from difflib import get_close_matches

    matches = get_close_matches(word, known, n=1)
    return f'; did you mean "{matches[0]}"?' if matches else ""
