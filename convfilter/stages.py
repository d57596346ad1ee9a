"""The stages of a chain that are worth a look: what each step leaves, or what each filter of a bank finds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from convfilter.kernel_facts import kernel_facts
from convfilter.kernels import Kernel
from convfilter.operations import Activate, Convolve, Dropout, Grayscale, Operation, Operations, Pool

MOST_FILTERS = 80
"""Filters of a bank that are shown each by itself, the first ones."""


@dataclass(frozen=True)
class Stage:
    """A part of a chain, and what it is called.

    Attributes:
        label: for people.
        operations: from the picture to here.
    """

    label: str
    operations: Operations


def steps_of(operations: Operations) -> tuple[Stage, ...]:
    """A stage for every step."""
    return tuple(Stage(f"{number}. {operation}", operations[:number]) for number, operation in enumerate(operations, 1))


def step_names(operations: Operations) -> tuple[str, ...]:
    """What the files of all steps are called: by a number and a word; in the order of names, they are in theirs."""
    digits = len(str(len(operations)))
    return tuple(f"{number:0{digits}}-{_verb(operation)}" for number, operation in enumerate(operations, 1))


def filters_of(operations: Operations) -> tuple[Stage, ...]:
    """Where the last step is a bank: a stage for each of its filters, and one for the whole; else nothing.

    Filters whose answers lie around 0 are shown with a bias, filters of zeros not at all. The last label tells how many
    are shown where that is not all.
    """
    if not operations or not isinstance(last := operations[-1], Convolve) or len(last.kernel.filters) < 2:
        return ()
    stages: list[Stage] = []
    for index, filter_ in enumerate(last.kernel.filters):
        weights = last.kernel.weights[:, :, index]
        if len(stages) == MOST_FILTERS or not weights.astype(np.float32).any():  # a filter of zeros finds nothing
            continue
        one = Kernel(weights, name=filter_, flip=last.kernel.flip)
        one = replace(one, bias=kernel_facts(one).suggested_bias)
        label = f"{filter_}{f', bias {one.bias:g}' if one.bias else ''}"
        stages.append(Stage(label, (*operations[:-1], replace(last, kernel=one))))
    count = len(last.kernel.filters)
    part = f", {len(stages):,} shown" if len(stages) < count else ""
    return (*stages, Stage(f"all {count:,} by {last.kernel.combine}{part}", operations))


def _verb(operation: Operation) -> str:
    """The word that stands for a step in a recipe."""
    match operation:
        case Convolve():
            return "convolve"
        case Activate():
            return "activate"
        case Pool():
            return "pool"
        case Dropout():
            return "dropout"
        case Grayscale():
            return "gray"
    return "step"
