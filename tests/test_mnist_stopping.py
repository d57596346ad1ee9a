"""Stopping a training and going on with it, and what must not be lost."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from conftest import fingerprint, start, wait_until
from safetensors import safe_open
from trainings import same, trained

from convfilter.errors import OptionError, TrainingError
from convfilter.mnist.checkpoints import ROW, restore_checkpoint, save_checkpoint
from convfilter.mnist.course import Stopped
from convfilter.mnist.data import Mnist
from convfilter.mnist.presets import run_of
from convfilter.mnist.trainer import Trainer
from convfilter.runtime import tensorflow


def test_a_stopped_training_goes_on_as_if_it_had_not_stopped(data: Mnist, tmp_path: Path) -> None:
    """Item 53: stopped in the middle of an epoch and resumed, a training gives the very weights of an unbroken one."""
    run = run_of("fast", epochs=0.3)
    whole = trained(run, data, tmp_path / "whole")
    polls = iter(range(1000))
    with pytest.raises(Stopped):
        trained(run, data, tmp_path / "halves", stop=lambda: next(polls) == 20)
    assert [path.name for path in (tmp_path / "halves").iterdir()] == ["checkpoint.safetensors"]
    assert same(whole, trained(run, data, tmp_path / "halves", resume=True))
    assert not (tmp_path / "halves" / "checkpoint.safetensors").exists()


@pytest.mark.parametrize(
    ("option", "value"),
    [("--epochs", 7), ("--batch-size", 99), ("--learning-rate", 0.5), ("--seed", 8), ("--budget", "9m")],
)
def test_a_changed_configuration_is_refused_by_name(
    cli: Any, data: Mnist, tmp_path: Path, option: str, value: object
) -> None:
    """`--resume` with another setting names the setting, what it was and what it is now; nothing is touched."""
    with pytest.raises(Stopped):
        trained(run_of("softmax"), data, tmp_path, stop=lambda: True)
    before = fingerprint(tmp_path)
    answer = cli("mnist", "train", "--preset", "softmax", "-o", tmp_path, "--resume", option, value)
    assert answer.code == 1
    assert f"was begun with {option} " in answer.err
    assert answer.err.count("\n") == 1
    assert fingerprint(tmp_path) == before


def test_what_is_in_the_folder_is_kept(cli: Any, data: Mnist, tmp_path: Path) -> None:
    """Item 53: a folder with a model or a checkpoint is refused before any work, unless the user says otherwise."""
    run = ("mnist", "train", "--preset", "softmax", "--epochs", 0.1, "-o", tmp_path, "-q")
    assert cli(*run, "--resume").code == 2
    assert cli(*run).code == 0
    before = fingerprint(tmp_path)
    answer = cli(*run)
    assert answer.code == 2
    assert "holds a model already" in answer.err
    assert fingerprint(tmp_path) == before
    assert cli(*run, "--overwrite").code == 0
    with pytest.raises(Stopped):
        trained(run_of("softmax"), data, tmp_path / "new", stop=lambda: True)
    assert "--resume goes on" in cli(*run[:-2], tmp_path / "new").err
    assert cli(*run, "--resume", "--overwrite").code == 2
    (tmp_path / "file").write_text("")
    assert cli("mnist", "train", "-o", tmp_path / "file").code == 2


def test_the_checkpoint_of_the_longest_training_can_be_read(data: Mnist, tmp_path: Path) -> None:
    """The history of 10,000 epochs, the most that `--epochs` allows, comes back out of a checkpoint."""
    trainer = Trainer(run_of("softmax", epochs=10_000), data.training, tensorflow().distribute.get_strategy())
    history = [dict.fromkeys(ROW, 1 / 3 + row) for row in range(10_000)]
    save_checkpoint(tmp_path / "checkpoint.safetensors", trainer, history, 5.0)
    assert restore_checkpoint(tmp_path / "checkpoint.safetensors", trainer) == (history, 5.0)


def test_a_model_that_appears_meanwhile_is_kept(data: Mnist, tmp_path: Path) -> None:
    """A folder that was free when a training was started, and is not any more when it begins, is refused."""
    run = run_of("softmax", epochs=0.1)
    trained(run, data, tmp_path)
    before = fingerprint(tmp_path)
    with pytest.raises(OptionError, match="holds a model already"):
        trained(run, data, tmp_path)
    assert fingerprint(tmp_path) == before


def test_a_damaged_checkpoint_is_refused(cli: Any, data: Mnist, tmp_path: Path) -> None:
    """Item 53: a checkpoint that was cut is named, and left as it is."""
    with pytest.raises(Stopped):
        trained(run_of("softmax"), data, tmp_path, stop=lambda: True)
    path = tmp_path / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    answer = cli("mnist", "train", "--preset", "softmax", "-o", tmp_path, "--resume")
    assert answer.code == 1
    assert f"{path}: shorter than its header says" in answer.err


@pytest.mark.parametrize(
    "wrong",
    [
        {"step": "x"},
        {"step": "-1"},
        {"step": "1000000"},
        {"seconds": ""},
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


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.slow)]
)
def test_a_signal_leaves_a_whole_checkpoint(tmp_path: Path, number: int, code: int) -> None:
    """Item 53: Ctrl-C ends training within 2 s with a checkpoint, one line on how to go on, and the right code."""
    arguments = ("mnist", "train", "--preset", "softmax", "--epochs", "500", "-o", tmp_path)
    process = start(*arguments)
    wait_until(lambda: (tmp_path / "checkpoint.safetensors").exists(), 60)
    process.send_signal(number)
    sent = time.monotonic()
    out, err = process.communicate(timeout=10)
    assert time.monotonic() - sent < 2
    assert (process.returncode, out) == (code, b"")
    *lines, last = err.decode().splitlines()
    assert last.startswith(
        f"convfilter: stopped by {signal.Signals(number).name}; what it has learned is in {tmp_path}/"
    )
    assert all(line.startswith("epoch ") for line in lines)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.safetensors"]
    again = start(*arguments, "--resume")
    epoch = int(lines[-1].split(":")[0].split()[1])
    assert again.stderr is not None
    assert int(again.stderr.readline().decode().split(":")[0].split()[1]) in (epoch, epoch + 1, epoch + 2)
    again.kill()
    again.communicate()


def test_one_training_at_a_time_writes_into_a_folder(cli: Any, tmp_path: Path) -> None:
    """Item 53: a second training into the folder is refused, even with --overwrite, and the first one goes on."""
    process = start("mnist", "train", "--preset", "softmax", "--epochs", "500", "-o", tmp_path)
    wait_until(lambda: (tmp_path / "checkpoint.safetensors").exists(), 60)
    run = ("mnist", "train", "--preset", "softmax", "--epochs", 0.1, "-q", "--overwrite", "-o", tmp_path)
    answer = cli(*run)
    assert answer.code == 2
    assert answer.err == f"convfilter: {tmp_path}: another training writes there now; name another --output\n"
    assert process.poll() is None
    process.kill()
    process.communicate()
    assert cli(*run).code == 0


def test_a_stopped_training_tells_of_its_own_checkpoint(tmp_path: Path) -> None:
    """With --overwrite, an old checkpoint is gone when training begins, and is not taken for what was learned."""
    (tmp_path / "checkpoint.safetensors").write_bytes(b"old")
    process = start("mnist", "train", "--preset", "softmax", "--epochs", "500", "--overwrite", "-o", tmp_path)
    wait_until(lambda: not (tmp_path / "checkpoint.safetensors").exists(), 60)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=10)
    assert (b"what it has learned is in" in err) == (tmp_path / "checkpoint.safetensors").exists()


def test_a_killed_training_can_go_on(tmp_path: Path) -> None:
    """Item 53: after SIGKILL at any instant the checkpoint of an earlier epoch is whole."""
    arguments = ("mnist", "train", "--preset", "softmax", "--epochs", "400", "-o", tmp_path)
    for attempt in range(2):
        process = start(*arguments, *(["--resume"] if attempt else []))
        stamp = (tmp_path / "checkpoint.safetensors").stat().st_mtime_ns if attempt else 0
        wait_until(
            lambda stamp=stamp: (
                (tmp_path / "checkpoint.safetensors").exists()
                and (tmp_path / "checkpoint.safetensors").stat().st_mtime_ns > stamp
            ),
            60,
        )
        time.sleep(0.05 * attempt)
        process.kill()
        _, err = process.communicate()
        assert b"damaged" not in err
        with safe_open(tmp_path / "checkpoint.safetensors", "np") as file:
            assert int(file.metadata()["step"]) > 0
            assert all(np.isfinite(file.get_tensor(name)).all() for name in file.keys())  # noqa: SIM118
