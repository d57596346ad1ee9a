"""Trained networks and their files: weights and a preset's name; the network itself is always built by our own code."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from convfilter.errors import ModelError
from convfilter.mnist.layers import Layers, parameter_shapes
from convfilter.mnist.networks import Weights, require_computable
from convfilter.mnist.presets import PRESETS
from convfilter.mnist.tensor_files import Metadata, Shapes, read_tensors, write_tensors
from convfilter.names import PresetName, nearest

FORMAT = "convfilter-mnist-model-1"

MODEL = "model.safetensors"
"""The name of a model in the folder of its training."""

SHIPPED = Path(__file__).parent / "digits.safetensors"
"""The network that comes with convfilter; `convfilter mnist train --preset international` made it."""


@dataclass(frozen=True)
class Model:
    """A trained network.

    Attributes:
        preset: names its layers.
        weights: every parameter of `parameter_shapes`.
        metrics: how it was trained and how well it did; for people, nothing depends on it.
    """

    preset: PresetName
    weights: Weights
    metrics: dict[str, Any] = field(default_factory=dict)

    @property
    def layers(self) -> Layers:
        """The network."""
        return PRESETS[self.preset].layers

    @property
    def turns(self) -> tuple[float, ...]:
        """How an image is turned before it is read; see `Preset`."""
        return PRESETS[self.preset].turns


def load_model(path: Path | None = None) -> Model:
    """Read a model.

    Args:
        path: a model file, or the folder that `training.train` wrote it to; without it, the shipped one.

    Raises:
        ModelError: it cannot be read, or is not one that `save_model` wrote.
    """
    path = path or SHIPPED
    metadata, weights = read_tensors(path / MODEL if os.path.isdir(path) else path, _shapes)
    model = Model(_preset(metadata), weights, json.loads(metadata["metrics"]))
    try:
        require_computable(model.layers, model.weights)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from None
    return model


def save_model(model: Model, path: Path) -> None:
    """Write a model file, in place of one that is there.

    Raises:
        OSError: the system cannot write it.
    """
    metadata = {"format": FORMAT, "preset": model.preset, "metrics": json.dumps(model.metrics)}
    write_tensors(path, model.weights, metadata)


def _shapes(metadata: Metadata) -> Shapes:
    if metadata.get("format") != FORMAT:
        raise ModelError("not a model that `convfilter mnist train` wrote")
    try:
        metrics = json.loads(metadata["metrics"])
    except (KeyError, ValueError, RecursionError):
        metrics = None
    if not isinstance(metrics, dict):
        raise ModelError("damaged, its metrics are not JSON; get a whole copy of it, or train anew")
    return parameter_shapes(PRESETS[_preset(metadata)].layers)


def _preset(metadata: Metadata) -> PresetName:
    name = metadata.get("preset", "")
    for known in PRESETS:
        if name == known:
            return known
    raise ModelError(f"{name[:40]!r} is no preset that is known here{nearest(name[:40], list(PRESETS))}")
