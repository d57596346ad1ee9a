"""Checkpoints: a training that was stopped, as a file, to be taken up again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from convfilter.errors import ModelError
from convfilter.mnist.presets import Run
from convfilter.mnist.tensor_files import Metadata, Shapes, read_tensors, write_tensors
from convfilter.mnist.trainer import Trainer

FORMAT = "convfilter-mnist-checkpoint-1"

ROW = ("step", "epoch", "seconds", "loss", "accuracy", "validation_loss", "validation_accuracy")
"""What a row of the history tells."""


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
    write_tensors(path, trainer.state(), metadata, overwrite=True)


def restore_checkpoint(path: Path, trainer: Trainer) -> tuple[History, float]:
    """Set a training to where a checkpoint stands.

    Returns:
        How it went so far, and how many seconds it had taken.

    Raises:
        ModelError: the file is no checkpoint, or one of a training with other settings.
    """

    def shapes(metadata: Metadata) -> Shapes:
        _require_same(_run(metadata), trainer.run)
        return trainer.state_shapes()

    metadata, state = read_tensors(path, shapes)
    try:
        step, seconds = int(metadata["step"]), float(metadata["seconds"])
        history = [{key: float(row[key]) for key in ROW} for row in json.loads(metadata["history"])]
    except (KeyError, ValueError, TypeError, RecursionError):
        raise ModelError(f"{path}: a damaged checkpoint; leave --resume out and begin anew with --overwrite") from None
    if not 0 <= step <= trainer.steps or (step == trainer.steps and not history):
        raise ModelError(f"{path}: a damaged checkpoint: step {step} of {trainer.steps}; begin anew with --overwrite")
    trainer.restore(state, step)
    return history, seconds


def _run(metadata: Metadata) -> dict[str, Any]:
    try:
        run = json.loads(metadata["run"]) if metadata.get("format") == FORMAT else None
    except (KeyError, ValueError, RecursionError):
        run = None
    if not isinstance(run, dict):
        raise ModelError("not a checkpoint that `convfilter mnist train` wrote")
    return run


def _require_same(saved: dict[str, Any], run: Run) -> None:
    for name, value in asdict(run).items():
        if saved.get(name) != value:
            option = "--" + name.replace("_", "-")
            raise ModelError(
                f"was begun with {option} {str(saved.get(name))[:40]}, not {value}; "
                "repeat the options it was begun with, or begin anew with --overwrite"
            )
