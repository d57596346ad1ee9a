"""Trainings for tests: a small part of the data, and what comes of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from convfilter.mnist.data import Mnist, Split, load_mnist
from convfilter.mnist.models import load_model
from convfilter.mnist.presets import Run
from convfilter.mnist.training import train
from convfilter.runtime import tensorflow


def some_data() -> Mnist:
    """A fifth of the data set, and a tenth of its test set."""
    whole = load_mnist()

    def first(split: Split, count: int) -> Split:
        return Split(split.images[:count], split.labels[:count])

    return Mnist(first(whole.training, 11_000), first(whole.validation, 500), first(whole.test, 1_000))


def trained(run: Run, data: Mnist, folder: Path, **options: Any) -> dict[str, np.ndarray]:
    """Train, and give the weights of the model."""
    train(run, data, folder, tensorflow().distribute.get_strategy(), **options)
    return load_model(folder).weights


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    """Whether two sets of weights are alike to the last bit."""
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)
