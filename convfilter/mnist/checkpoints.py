"""Checkpoints: a training that was stopped, as a file, to be taken up again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from convfilter.errors import ModelError
from convfilter.mnist.tensor_files import Metadata, Shapes, read_tensors, write_tensors
from convfilter.mnist.trainer import Run, Trainer

FORMAT = "convfilter-mnist-checkpoint-1"


def save_checkpoint(path: Path, trainer: Trainer, notes: dict[str, Any]) -> None:
    """Write where a training stands, in place of the checkpoint before; OSError where the system cannot.

    Args:
        path: where to.
        trainer: the training.
        notes: what else is to be known when it goes on; plain JSON.
    """
    metadata = {
        "format": FORMAT,
        "run": json.dumps(asdict(trainer.run)),
        "step": str(trainer.step),
        "notes": json.dumps(notes),
    }
    write_tensors(path, trainer.state(), metadata, overwrite=True)


def restore_checkpoint(path: Path, trainer: Trainer) -> dict[str, Any]:
    """Set a training to where a checkpoint stands.

    Returns:
        The notes.

    Raises:
        ModelError: the file is no checkpoint, or one of a training with other settings.
    """

    def shapes(metadata: Metadata) -> Shapes:
        _require_same(_run(metadata), trainer.run)
        return trainer.state_shapes()

    metadata, state = read_tensors(path, shapes)
    try:
        step, notes = int(metadata["step"]), json.loads(metadata["notes"])
    except (KeyError, ValueError, RecursionError):
        raise ModelError(f"{path}: a damaged checkpoint; leave --resume out and begin anew with --overwrite") from None
    trainer.restore(state, step)
    return dict(notes)


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
