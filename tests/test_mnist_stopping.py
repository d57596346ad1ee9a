"""Stopping a training and going on with it, and what must not be lost."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from conftest import fingerprint, start, wait_until
from safetensors import safe_open
from trainings import same, trained

from convfilter.errors import OptionError
from convfilter.mnist.course import CHECKPOINT, Progress, Stopped
from convfilter.mnist.data import Mnist
from convfilter.mnist.presets import run_of


def test_a_stopped_training_goes_on_as_if_it_had_not_stopped(data: Mnist, tmp_path: Path) -> None:
    """Item 53: stopped in the middle of an epoch and resumed, a training gives the very weights of an unbroken one."""
    run = run_of("fast", epochs=0.2)
    whole = trained(run, data, tmp_path / "whole")
    polls = iter(range(1000))
    with pytest.raises(Stopped):
        trained(run, data, tmp_path / "halves", stop=lambda: next(polls) == 12)
    assert [path.name for path in (tmp_path / "halves").iterdir()] == ["checkpoint.safetensors"]
    assert same(whole, trained(run, data, tmp_path / "halves", resume=True))
    assert not (tmp_path / "halves" / "checkpoint.safetensors").exists()


@pytest.mark.parametrize(
    ("option", "value"),
    [("--epochs", 7), ("--batch-size", 99), ("--learning-rate", 0.5), ("--seed", 8)],
)
def test_a_changed_configuration_is_refused_by_name(
    cli: Any, data: Mnist, tmp_path: Path, option: str, value: object
) -> None:
    """`--resume` with another setting names the setting, what it was and what it is now; nothing is touched."""
    with pytest.raises(Stopped):
        trained(run_of("softmax"), data, tmp_path, stop=lambda: True)
    before = fingerprint(tmp_path)
    answer_to = ("mnist", "train", "--preset", "softmax", "-o", tmp_path, "--resume")
    answer = cli(*answer_to, option, value)
    assert answer.code == 2
    assert f"{tmp_path}/checkpoint.safetensors: was begun with {option} " in answer.err
    assert answer.err.count("\n") == 1
    assert fingerprint(tmp_path) == before
    assert "was begun without --budget, not with --budget 540.0;" in cli(*answer_to, "--budget", "9m").err


@pytest.mark.slow
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


def test_a_model_that_appears_meanwhile_is_kept(data: Mnist, tmp_path: Path) -> None:
    """A folder that was free when a training was started, and is not any more when it begins, is refused."""
    run = run_of("softmax", epochs=0.1)
    trained(run, data, tmp_path)
    before = fingerprint(tmp_path)
    with pytest.raises(OptionError, match="holds a model already"):
        trained(run, data, tmp_path)
    assert fingerprint(tmp_path) == before


def test_files_of_others_are_kept(cli: Any, tmp_path: Path) -> None:
    """Whatever stands where training would write is refused before any work, and left as it is."""
    for name in ("history.json", "filters.png"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).write_text("my own")
        answer = cli("mnist", "train", "-o", folder)
        assert (answer.code, f"{folder / name}: exists already and is kept" in answer.err) == (2, True)
        assert (folder / name).read_text() == "my own"
    answer = cli("mnist", "train", "-o", tmp_path, "--overwrite")
    assert (answer.code, f"{tmp_path}/history.json: is a folder" in answer.err) == (2, True)


def test_a_training_that_is_killed_in_its_last_look(data: Mnist, tmp_path: Path) -> None:
    """All but the last step is in a checkpoint when the validation set is looked at, and is gone on with."""
    run = run_of("softmax", epochs=0.1)
    (tmp_path / "killed").mkdir()

    def report(progress: Progress) -> None:
        if progress.step == progress.steps - 1:
            shutil.copy(tmp_path / "whole" / CHECKPOINT, tmp_path / "killed")

    whole = trained(run, data, tmp_path / "whole", report=report)
    assert same(whole, trained(run, data, tmp_path / "killed", resume=True))


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


def test_a_file_system_that_can_only_be_read(cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 34: where the folder lies on a medium that takes no writing, that is the reason given, not permissions."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "permission denied" in cli("mnist", "train", "-o", tmp_path / "new").err
    flags = SimpleNamespace(f_flag=os.ST_RDONLY | os.ST_NOSUID)
    monkeypatch.setattr(os, "statvfs", lambda _: flags)
    answer = cli("mnist", "train", "-o", tmp_path / "new")
    assert answer.code == 2
    assert answer.err.startswith(f"convfilter: {tmp_path}: is on a file system that can only be read; ")


@pytest.mark.slow
def test_a_stopped_training_tells_of_its_own_checkpoint(tmp_path: Path) -> None:
    """With --overwrite, an old checkpoint is gone when training begins, and is not taken for what was learned."""
    (tmp_path / "checkpoint.safetensors").write_bytes(b"old")
    process = start("mnist", "train", "--preset", "softmax", "--epochs", "500", "--overwrite", "-o", tmp_path)
    wait_until(lambda: not (tmp_path / "checkpoint.safetensors").exists(), 60)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=10)
    assert (b"what it has learned is in" in err) == (tmp_path / "checkpoint.safetensors").exists()


@pytest.mark.slow
def test_a_killed_training_can_go_on(cli: Any, tmp_path: Path) -> None:
    """Item 53: after SIGKILL at any instant the checkpoint of an earlier epoch is whole, and is gone on from.

    While it lives, a second training into the folder is refused, however it is called.
    """
    step = 0
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
        for option in ([], ["--overwrite"], ["--resume"]):
            answer = cli(*arguments, *option)
            assert answer.code == 2
            assert answer.err == f"convfilter: {tmp_path}: another training writes there now; name another --output\n"
        assert process.poll() is None
        process.kill()
        _, err = process.communicate()
        assert b"damaged" not in err
        with safe_open(tmp_path / "checkpoint.safetensors", "np") as file:
            assert int(file.metadata()["step"]) > step
            step = int(file.metadata()["step"])
            assert all(np.isfinite(file.get_tensor(name)).all() for name in file.keys())  # noqa: SIM118
    run = ("mnist", "train", "--preset", "softmax", "--epochs", 0.1, "-q", "-o", tmp_path)
    assert cli(*run, "--overwrite").code == 0
