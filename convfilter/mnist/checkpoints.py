"""Checkpoints: a training that was stopped, as a file, to be taken up again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from convfilter.errors import ModelError, OptionError
from convfilter.mnist.presets import Run
from convfilter.mnist.tensor_files import Metadata, Shapes, read_tensors, write_tensors
from convfilter.mnist.trainer import Trainer

FORMAT = "convfilter-mnist-checkpoint-1"

ROW = ("step", "epoch", "seconds", "loss", "accuracy", "validation_loss", "validation_accuracy")
"""What a row of the history tells."""

MOST = float(np.finfo(np.float32).max)
"""The greatest number that the history may hold: a loss can come near it."""

MOST_SECONDS = 1e10
"""Of training; more than any budget."""


History = list[dict[str, float]]
"""A row for every look at the validation set."""


def save_checkpoint(path: Path, trainer: Trainer, history: History, seconds: float) -> None:
    """Write where a training stands, in place of the checkpoint before; OSError where the system cannot.

    Args:
        path: where to.
        trainer: the training.
        history: how it went so far.
        seconds: how long it has taken.
    """
    metadata = {
        "format": FORMAT,
        "run": json.dumps(asdict(trainer.run)),
        "step": str(trainer.step),
        "seconds": str(seconds),
        "history": json.dumps(history),
    }
    write_tensors(path, trainer.state(), metadata)


def restore_checkpoint(path: Path, trainer: Trainer) -> tuple[History, float]:
    """Set a training to where a checkpoint stands.

    Returns:
        How it went so far, and how many seconds it had taken.

    Raises:
        ModelError: the file is no checkpoint.
        OptionError: it is of a training with other settings.
    """

    def shapes(metadata: Metadata) -> Shapes:
        _require_same(_run(metadata), trainer.run, path)
        return trainer.state_shapes()

    metadata, state = read_tensors(path, shapes)
    try:
        step, seconds = int(metadata["step"]), _number(metadata["seconds"], MOST_SECONDS)
        history = [{key: _number(row[key]) for key in ROW} for row in json.loads(metadata["history"])]
    except (KeyError, ValueError, TypeError, RecursionError, OverflowError):
        raise ModelError(f"{path}: a damaged checkpoint; leave --resume out and begin anew with --overwrite") from None
    budget = trainer.run.budget
    ended = step == trainer.steps or (budget is not None and seconds >= budget)
    if not 0 <= step <= trainer.steps or (ended and not history):
        raise ModelError(f"{path}: a damaged checkpoint: step {step} of {trainer.steps}; begin anew with --overwrite")
    trainer.restore(state, step)
    return history, seconds


def _number(value: Any, most: float = MOST) -> float:
    """A number that a training can have come to; anything else is a ValueError, TypeError or OverflowError."""
    number = float(value)
    if not 0 <= number <= most:
        raise ValueError
    return number


def _run(metadata: Metadata) -> dict[str, Any]:
    try:
        run = json.loads(metadata["run"]) if metadata.get("format") == FORMAT else None
    except (KeyError, ValueError, RecursionError):
        run = None
    if not isinstance(run, dict):
        raise ModelError("not a checkpoint that `convfilter mnist train` wrote")
    return run


def _require_same(saved: dict[str, Any], run: Run, path: Path) -> None:
    for name, value in asdict(run).items():
        if saved.get(name) != value:
            raise OptionError(
                f"{path}: was begun {_given(name, saved.get(name))}, not {_given(name, value)}; "
                "repeat the options it was begun with, or begin anew with --overwrite"
            )


def _given(name: str, value: Any) -> str:
    """How a setting was given on the command line."""
    option = "--" + name.replace("_", "-")
    return f"without {option}" if value is None else f"with {option} {str(value)[:40]}"
