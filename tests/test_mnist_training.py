"""Training: real data, real accuracy, seeds, stopping and going on, and what must not be lost."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from conftest import convfilter, fingerprint, pixels_of
from safetensors import safe_open
from test_cli_signals import start, wait_until

from convfilter.errors import TrainingError
from convfilter.mnist.course import Stopped
from convfilter.mnist.data import Mnist, Split, load_mnist
from convfilter.mnist.models import load_model
from convfilter.mnist.presets import PRESETS
from convfilter.mnist.trainer import Run, Trainer
from convfilter.mnist.training import train
from convfilter.runtime import tensorflow

FILES = [
    "confusion.png",
    "filters.png",
    "history.json",
    "learning-curve.png",
    "misclassified.png",
    "model.safetensors",
]


@pytest.fixture(scope="module")
def data() -> Mnist:
    """A fifth of the data set, and a tenth of its test set."""
    whole = load_mnist()

    def first(split: Split, count: int) -> Split:
        return Split(split.images[:count], split.labels[:count])

    return Mnist(first(whole.training, 11_000), first(whole.validation, 500), first(whole.test, 1_000))


def run_of(preset: Any, **changes: Any) -> Run:
    """A preset as it is, or with changes."""
    usual = PRESETS[preset]
    run = Run(preset, usual.epochs, usual.batch_size, usual.learning_rate)
    return dataclasses.replace(run, **changes)


def trained(run: Run, data: Mnist, folder: Path, **options: Any) -> dict[str, np.ndarray]:
    """Train, and give the weights of the model."""
    train(run, data, folder, tensorflow().distribute.get_strategy(), **options)
    return load_model(folder).weights


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    """Whether two sets of weights are alike to the last bit."""
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


def test_softmax_learns(cli: Any, tmp_path: Path) -> None:
    """Softmax regression on the whole data gets about nine of ten right within six epochs, and leaves its files."""
    answer = cli("mnist", "train", "--preset", "softmax", "--epochs", 6, "-o", tmp_path / "out", "--quiet")
    assert (answer.code, answer.err) == (0, "")
    history = json.loads((tmp_path / "out" / "history.json").read_text())
    assert 0.88 < history["test_accuracy"] < 0.92
    assert f"{100 * history['test_accuracy']:.2f} % of the test set right" in answer.out
    assert [row["epoch"] for row in history["history"]] == [1, 2, 3, 4, 5, 6]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == FILES
    for name in FILES:
        if name.endswith(".png"):
            assert pixels_of(tmp_path / "out" / name).std() > 10
    evaluated = json.loads(cli("mnist", "evaluate", "--json", "--model", tmp_path / "out").out)
    assert evaluated["accuracy"] == history["test_accuracy"]


@pytest.mark.parametrize(
    ("preset", "changes", "least"),
    [("fast", {"epochs": 1.0}, 0.96), ("classic", {"epochs": 1.0}, 0.85), ("international", {"epochs": 1.0}, 0.94)],
)
def test_networks_learn(data: Mnist, tmp_path: Path, preset: Any, changes: dict[str, Any], least: float) -> None:
    """One look at 11,000 images is enough for each convolutional network to read most of a thousand others."""
    result = train(run_of(preset, **changes), data, tmp_path, tensorflow().distribute.get_strategy())
    assert result.accuracy > least


def test_the_same_seed_gives_the_same_weights(data: Mnist, tmp_path: Path) -> None:
    """Two trainings of one seed agree to the last bit, one of another seed does not."""
    weights = [
        trained(run_of("fast", epochs=0.2, seed=seed), data, tmp_path / name)
        for name, seed in (("a", 3), ("b", 3), ("c", 4))
    ]
    assert same(weights[0], weights[1])
    assert not same(weights[0], weights[2])


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


def test_a_loss_that_is_no_number_ends_training(cli: Any, tmp_path: Path) -> None:
    """Item 53: a learning rate that blows up ends with exit code 1, one line, and no model."""
    answer = cli(*["mnist", "train", "--preset", "softmax", "--learning-rate", "1e38", "-q", "-o"], tmp_path / "out")
    assert answer.code == 1
    assert "loss is no number" in answer.err
    assert answer.err.count("\n") == 1
    assert not (tmp_path / "out" / "model.safetensors").exists()


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


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
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


def test_a_killed_training_can_go_on(tmp_path: Path) -> None:
    """Item 53: after SIGKILL at any instant the checkpoint of an earlier epoch is whole."""
    arguments = ("mnist", "train", "--preset", "softmax", "--epochs", "400", "-o", tmp_path)
    for attempt in range(3):
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


def test_a_budget_ends_training(cli: Any, tmp_path: Path) -> None:
    """`--budget` ends training after so many seconds, with the learning rate at its end and a model."""
    begun = time.monotonic()
    answer = cli("mnist", "train", "--epochs", 1000, "--budget", "6s", "-q", "-o", tmp_path / "out")
    assert answer.code == 0
    assert time.monotonic() - begun < 30
    history = json.loads((tmp_path / "out" / "history.json").read_text())
    assert 6 <= history["seconds"] < 15
    assert history["test_accuracy"] > 0.9


@pytest.mark.parametrize("value", ["0", "0s", "-5", "1 hour", "5x", "nan", "1e3"])
def test_wrong_budgets(cli: Any, value: str) -> None:
    """Item 28: a time that is none is a usage error."""
    assert cli("mnist", "train", "--budget", value).code == 2


@pytest.mark.parametrize("option", ["--epochs", "--learning-rate"])
@pytest.mark.parametrize("value", ["nan", "inf", "-1", "x"])
def test_wrong_numbers(cli: Any, option: str, value: str) -> None:
    """Item 28: what is no finite positive number is a usage error."""
    assert cli("mnist", "train", option, value).code == 2


def test_a_line_every_hundred_steps(tmp_path: Path) -> None:
    """`classic` tells how it goes every 100 steps, as the tutorial did; no bar and no colours without a terminal."""
    done = convfilter("mnist", "train", "--preset", "classic", "--epochs", 0.2, "-o", tmp_path / "out")
    assert done.returncode == 0
    lines = done.stderr.decode().splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "step 100 of 220",
        "step 200 of 220",
        "epoch 0.2",
    ]
    assert all("images/s" in line and "loss" in line for line in lines)
    assert b"\x1b" not in done.stderr
    assert b"\r" not in done.stderr


def test_replicas_learn_what_one_device_learns(data: Mnist) -> None:
    """On two devices, `mirrored` takes the steps that one device takes: the same weights but for rounding."""
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from test_mnist_training import compare_replicas\n"
        "compare_replicas()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 1e-4


def compare_replicas() -> None:
    """Train softmax on one and on two devices, and print the greatest difference; for a process of its own."""
    tf = tensorflow()
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    training = load_mnist().training
    run = run_of("softmax", epochs=0.02)
    weights = []
    for strategy in (tf.distribute.get_strategy(), tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])):
        trainer = Trainer(run, training, strategy)
        while trainer.step < trainer.steps:
            trainer.train_batch(0.5)
        weights.append(trainer.weights()["dense1/weights"])
    print(np.abs(weights[0] - weights[1]).max())
