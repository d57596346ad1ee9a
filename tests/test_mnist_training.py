"""Training: real data, real accuracy, seeds, budgets, progress, replicas."""

from __future__ import annotations

import itertools
import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from conftest import convfilter, pixels_of
from trainings import same, trained

from convfilter.errors import TrainingError
from convfilter.mnist import course
from convfilter.mnist.course import Progress
from convfilter.mnist.data import Mnist, load_mnist
from convfilter.mnist.presets import run_of
from convfilter.mnist.trainer import Trainer
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
    [
        ("fast", {"epochs": 1.5}, 0.96),
        pytest.param("classic", {"epochs": 0.5}, 0.75, marks=pytest.mark.slow),
        pytest.param("international", {"epochs": 1.0}, 0.94, marks=pytest.mark.slow),
    ],
)
def test_networks_learn(data: Mnist, tmp_path: Path, preset: Any, changes: dict[str, Any], least: float) -> None:
    """A look or two at 11,000 images is enough for each convolutional network to read most of a thousand others."""
    result = train(run_of(preset, **changes), data, tmp_path, tensorflow().distribute.get_strategy())
    assert result.accuracy > least


def test_the_same_seed_gives_the_same_weights(data: Mnist, tmp_path: Path) -> None:
    """Two trainings of one seed agree to the last bit, one of another seed does not."""
    weights = [
        trained(run_of("fast", epochs=0.1, seed=seed), data, tmp_path / name)
        for name, seed in (("a", 3), ("b", 3), ("c", 4))
    ]
    assert same(weights[0], weights[1])
    assert not same(weights[0], weights[2])


def test_a_loss_that_is_no_number_ends_training(cli: Any, tmp_path: Path) -> None:
    """Item 53: a learning rate that blows up ends with exit code 1, one line, and no model."""
    answer = cli(*["mnist", "train", "--preset", "softmax", "--learning-rate", "1e38", "-q", "-o"], tmp_path / "out")
    assert answer.code == 1
    assert "loss is no longer a number" in answer.err
    assert answer.err.count("\n") == 1
    assert not (tmp_path / "out" / "model.safetensors").exists()


def test_no_model_is_written_that_cannot_be_read(data: Mnist, tmp_path: Path) -> None:
    """A training whose weights come to be too large to compute with ends as one whose loss does, with no model."""
    run = run_of("softmax", epochs=0.1, learning_rate=1e34)
    with pytest.raises(TrainingError, match="no longer a number"):
        trained(run, data, tmp_path)
    assert not (tmp_path / "model.safetensors").exists()


@pytest.mark.slow
def test_a_budget_ends_training(cli: Any, tmp_path: Path) -> None:
    """`--budget` ends training after so many seconds, with the learning rate at its end and a model."""
    begun = time.monotonic()
    answer = cli("mnist", "train", "--epochs", 1000, "--budget", "8s", "-q", "-o", tmp_path / "out")
    assert answer.code == 0
    assert time.monotonic() - begun < 34
    history = json.loads((tmp_path / "out" / "history.json").read_text())
    assert 8 <= history["seconds"] < 17
    assert history["test_accuracy"] > 0.9


@pytest.mark.parametrize("budget", [10.1, *(pytest.param(one, marks=pytest.mark.slow) for one in (9.8, 10.4))])
def test_a_budget_ends_with_a_look(data: Mnist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, budget: float) -> None:
    """Wherever between two looks at the clock a budget runs out, the last step is in the history, and no step after."""
    ticks = itertools.count()
    monkeypatch.setattr(course, "time", SimpleNamespace(monotonic=lambda: 0.3 * next(ticks)))
    steps: list[Progress] = []
    train(run_of("softmax", budget=budget), data, tmp_path, tensorflow().distribute.get_strategy(), report=steps.append)
    history = json.loads((tmp_path / "history.json").read_text())["history"]
    assert history[-1]["step"] == steps[-1].step == len(steps)
    assert steps[-2].done < 1 <= steps[-1].done


@pytest.mark.parametrize("value", ["0", "0s", "-5", "1 hour", "5x", "nan", "1e3"])
def test_wrong_budgets(cli: Any, value: str) -> None:
    """Item 28: a time that is none is a usage error."""
    assert cli("mnist", "train", "--budget", value).code == 2


@pytest.mark.parametrize("option", ["--epochs", "--learning-rate"])
@pytest.mark.parametrize("value", ["nan", "inf", "-1", "x"])
def test_wrong_numbers(cli: Any, option: str, value: str) -> None:
    """Item 28: what is no finite positive number is a usage error."""
    assert cli("mnist", "train", option, value).code == 2


@pytest.mark.slow
def test_a_line_every_hundred_steps(tmp_path: Path) -> None:
    """`classic` tells how it goes every 100 steps, as the tutorial did; no bar and no colours without a terminal."""
    done = convfilter("mnist", "train", "--preset", "classic", "--epochs", 0.1, "-o", tmp_path / "out")
    assert done.returncode == 0
    lines = done.stderr.decode().splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "step 100 of 110",
        "epoch 0.1",
    ]
    assert all("images/s" in line and "loss" in line for line in lines)
    assert b"\x1b" not in done.stderr
    assert b"\r" not in done.stderr


@pytest.mark.slow
def test_progress_on_a_terminal(tmp_path: Path) -> None:
    """On a terminal, training shows a bar with images/s, loss, validation accuracy and the time left."""
    ours, theirs = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "convfilter",
        *["mnist", "train", "--preset", "softmax", "--epochs", "0.4", "-o"],
        f"{tmp_path}/o",
    ]
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "160"}
    process = subprocess.Popen(command, stderr=theirs, stdout=subprocess.PIPE, env=environment)
    os.close(theirs)
    shown = b""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if select.select([ours], [], [], 1)[0]:
            try:
                part = os.read(ours, 65536)
            except OSError:  # Linux's way to say that the other side is closed
                break
            shown += part
    assert process.wait(timeout=20) == 0
    os.close(ours)
    text = shown.decode()
    for words in ("epoch ", "images/s", "loss", "validation", "left", "━"):
        assert words in text


@pytest.mark.slow
def test_a_terminal_that_goes_away(tmp_path: Path) -> None:
    """A window that is closed takes the bar with it, not the training: files, line and code are the same."""
    ours, theirs = pty.openpty()
    arguments = ["mnist", "train", "--preset", "softmax", "--epochs", "2", "-o", f"{tmp_path}/o"]
    environment = os.environ | {"TERM": "xterm-256color"}
    process = subprocess.Popen(
        [sys.executable, "-m", "convfilter", *arguments], stderr=theirs, stdout=subprocess.PIPE, env=environment
    )
    os.close(theirs)
    while b"epoch" not in os.read(ours, 65536):
        pass
    os.close(ours)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"of the test set right" in out
    assert sorted(path.name for path in (tmp_path / "o").iterdir()) == sorted(FILES)


@pytest.mark.slow
def test_replicas_learn_what_one_device_learns() -> None:
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
