"""The words that stand for a choice, on the command line and in the API; imports nothing heavy."""

from __future__ import annotations

from typing import Literal, get_args

Border = Literal["reflect", "symmetric", "edge", "wrap", "zero", "valid"]
BORDERS: tuple[Border, ...] = get_args(Border)

Range = Literal["clip", "abs", "rescale"]
RANGES: tuple[Range, ...] = get_args(Range)

GrayMethod = Literal["mean", "rec601", "rec709", "linear"]
GRAY_METHODS: tuple[GrayMethod, ...] = get_args(GrayMethod)

Combine = Literal["magnitude", "sum", "max"]
COMBINES: tuple[Combine, ...] = get_args(Combine)

PresetName = Literal["softmax", "classic", "fast", "accurate", "international"]
PRESET_NAMES: tuple[PresetName, ...] = get_args(PresetName)

Invert = Literal["auto", "yes", "no"]
INVERTS: tuple[Invert, ...] = get_args(Invert)

Strategy = Literal["none", "mirrored", "multiworker"]
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)


Status = Literal["done", "skipped", "failed"]
"""What may become of a picture of a run."""


def nearest(word: str, known: list[str]) -> str:
    """A hint ``; did you mean "..."?``, or nothing where no known word is near."""
    from difflib import get_close_matches

    matches = get_close_matches(word, known, n=1)
    return f'; did you mean "{matches[0]}"?' if matches else ""
