"""Checkpoints that must be refused, and failures after which the last whole one is there."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from conftest import fingerprint
from safetensors import safe_open
from trainings import trained

from convfilter.errors import TrainingError
from convfilter.mnist.checkpoints import ROW, restore_checkpoint, save_checkpoint
from convfilter.mnist.course import Stopped, writing
from convfilter.mnist.data import Mnist
from convfilter.mnist.presets import run_of
from convfilter.mnist.trainer import Trainer
from convfilter.runtime import tensorflow


def test_the_checkpoint_of_the_longest_training_can_be_read(data: Mnist, tmp_path: Path) -> None:
    """The history of 10,000 epochs, the most that `--epochs` allows, comes back out of a checkpoint."""
    trainer = Trainer(run_of("softmax", epochs=10_000), data.training, tensorflow().distribute.get_strategy())
    history = [dict.fromkeys(ROW, 1 / 3 + row) for row in range(10_000)]
    save_checkpoint(tmp_path / "checkpoint.safetensors", trainer, history, 5.0)
    assert restore_checkpoint(tmp_path / "checkpoint.safetensors", trainer) == (history, 5.0)


def test_a_damaged_checkpoint_is_refused(cli: Any, data: Mnist, tmp_path: Path) -> None:
    """Item 53: a checkpoint that was cut is named, and left as it is."""
    with pytest.raises(Stopped):
        trained(run_of("softmax"), data, tmp_path, stop=lambda: True)
    path = tmp_path / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    answer = cli("mnist", "train", "--preset", "softmax", "-o", tmp_path, "--resume")
    assert answer.code == 1
    assert f"{path}: damaged, shorter than its header says" in answer.err


def history_of(loss: str) -> str:
    """A history of one look, as JSON."""
    return f"[{json.dumps(dict.fromkeys(ROW, 1.0) | {'loss': 0.125})}]".replace("0.125", loss)


@pytest.mark.parametrize(
    "wrong",
    [
        {"step": "x"},
        {"step": "-1"},
        {"step": "1000000"},
        {"seconds": ""},
        *({"seconds": seconds} for seconds in ("inf", "nan", "-1", "1e300")),
        *({"history": history_of(loss)} for loss in ("9" * 401, "NaN", "Infinity", "-Infinity", "1e308", "-1")),
        {"history": "[1]"},
        {"history": "{"},
        {"run": "[]"},
    ],
)
def test_a_hostile_checkpoint_is_refused(cli: Any, data: Mnist, tmp_path: Path, wrong: dict[str, str]) -> None:
    """Item 53: a checkpoint whose header says something else than it should is refused in one line."""
    with pytest.raises(Stopped):
        trained(run_of("softmax"), data, tmp_path, stop=lambda: True)
    path = tmp_path / "checkpoint.safetensors"
    with safe_open(path, "np") as file:
        metadata, arrays = file.metadata(), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    path.write_bytes(safetensors.numpy.save(arrays, metadata | wrong))
    answer = cli("mnist", "train", "--preset", "softmax", "-o", tmp_path, "--resume")
    assert answer.code == 1
    assert answer.err.startswith(f"convfilter: {path}: ")
    assert answer.err.count("\n") == 1


def test_a_full_disk_ends_training(data: Mnist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Items 34 and 53: where a checkpoint cannot be written, the one before it stays whole and the line says why."""
    polls = iter(range(1000))
    run = run_of("softmax", epochs=0.5)
    with pytest.raises(Stopped):
        trained(run, data, tmp_path, stop=lambda: next(polls) == 3)
    before = fingerprint(tmp_path)
    # A real device that is full takes the place of the temporary file.
    monkeypatch.setattr("convfilter.atomic._create", lambda _: os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb"))
    with pytest.raises(TrainingError, match="No space left on device"):
        trained(run, data, tmp_path, resume=True)
    assert fingerprint(tmp_path) == before
    monkeypatch.undo()
    assert trained(run, data, tmp_path, resume=True)


def test_a_full_disk_at_the_first_checkpoint(data: Mnist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 53: where there is no checkpoint yet, the line does not advise to go on with one."""
    monkeypatch.setattr("convfilter.atomic._create", lambda _: os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb"))
    with pytest.raises(TrainingError, match=r"No space left on device; mend that, and begin again$"):
        trained(run_of("softmax"), data, tmp_path, stop=lambda: True)
    (tmp_path / "checkpoint.safetensors").touch()
    with pytest.raises(TrainingError, match=r"; mend that, and go on with --resume$"), writing(tmp_path / "model"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_only_numbers_are_kept(data: Mnist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 53: a step after which a weight is no number ends training, and the checkpoint before it stays whole."""
    run = run_of("softmax", epochs=0.5)
    with pytest.raises(Stopped):
        trained(run, data, tmp_path, stop=lambda: True)
    before = fingerprint(tmp_path)
    learn = Trainer.train_batch

    def too_far(trainer: Trainer, progress: float) -> tuple[float, float]:
        found = learn(trainer, progress)
        trainer.parameters["dense1/bias"].assign(np.full(10, np.inf, np.float32))
        return found

    monkeypatch.setattr(Trainer, "train_batch", too_far)
    with pytest.raises(TrainingError, match="no longer a number at step 2"):
        trained(run, data, tmp_path, resume=True, stop=lambda: True)
    assert fingerprint(tmp_path) == before
    monkeypatch.undo()
    assert trained(run, data, tmp_path, resume=True)
