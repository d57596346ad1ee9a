"""Model files: what is written is read again; whatever else comes is refused, and runs nothing."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks.peak import peak
from conftest import fingerprint
from files import made
from files_models import MODELS
from files_records import Bad
from safetensors import safe_open

from convfilter.mnist.layers import parameter_shapes
from convfilter.mnist.models import SHIPPED, Model, load_model, save_model
from convfilter.mnist.presets import PRESETS


@pytest.mark.parametrize("preset", PRESETS)
def test_round_trip(preset: Any, random: np.random.Generator, tmp_path: Path) -> None:
    """A model is read as it was written, and other programs can read it too."""
    shapes = parameter_shapes(PRESETS[preset].layers)
    weights = {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    path = tmp_path / "m.safetensors"
    save_model(Model(preset, weights, {"test_accuracy": 0.5}), path)
    again = load_model(path)
    assert (again.preset, again.metrics, again.weights.keys()) == (preset, {"test_accuracy": 0.5}, weights.keys())
    for name, array in weights.items():
        np.testing.assert_array_equal(again.weights[name], array)
    with safe_open(path, "np") as file:
        assert file.metadata()["preset"] == preset
        assert json.loads(file.metadata()["metrics"]) == {"test_accuracy": 0.5}
        assert set(file.keys()) == set(weights)


def test_any_length_of_metadata_is_read(tmp_path: Path) -> None:
    """No model that is written is taken for a foreign file because of the length of its header."""
    shapes = parameter_shapes(PRESETS["softmax"].layers)
    weights = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    for length in range(300):
        save_model(Model("softmax", weights, {"note": "x" * length}), tmp_path / "m.safetensors")
        assert load_model(tmp_path / "m.safetensors").metrics == {"note": "x" * length}


def test_weights_that_cannot_be_computed_with(cli: Any, photo: Path, tmp_path: Path) -> None:
    """Item 48: a model whose logits may be no numbers is refused by its path, before any picture is read."""
    path = tmp_path / "m.safetensors"
    for preset, size in (("softmax", 3e38), ("fast", 1e7)):
        shapes = parameter_shapes(PRESETS[preset].layers)
        weights = {name: np.full(shape, size, np.float32) for name, shape in shapes.items()}
        save_model(Model(preset, weights), path)
        answer = cli("mnist", "predict", "--json", tmp_path / "missing.png", photo, "--model", path)
        assert (answer.code, answer.out) == (1, "")
        assert answer.err == f"convfilter: {path}: its weights are too large to compute with; take another model\n"


@pytest.mark.parametrize("bad", MODELS, ids=lambda bad: bad.name)
def test_bad_models(cli: Any, bad: Bad, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Items 48 to 50: it is refused in one line that names it, before any picture is read; nothing runs or changes."""
    folder = photo.parent / "two" / "deep"  # a name in an archive climbs as far
    folder.mkdir(parents=True)
    (path,) = made(folder, bad)
    monkeypatch.chdir(folder)
    before = fingerprint(photo.parent)
    answer = cli("mnist", "predict", photo, photo.parent / "missing.png", "--model", path)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith(f"convfilter: {path}: ")
    assert bad.says in answer.err
    assert answer.err.count("\n") == 1
    assert len(answer.err) < 500
    assert fingerprint(photo.parent) == before


def test_bad_models_take_neither_time_nor_memory(tmp_path: Path) -> None:
    """Item 49: a bomb is refused without loading anything large: seconds, and little memory over `--help`."""
    (path,) = made(tmp_path, next(bad for bad in MODELS if bad.name == "config-bomb.keras"))
    huge = tmp_path / "huge.safetensors"
    with huge.open("wb") as file:
        file.truncate(3_000_000_000)

    command = (sys.executable, "-m", "convfilter", "mnist")
    start = time.monotonic()
    floor = peak(*command, "--help")
    assert max(peak(*command, "evaluate", "--model", bad, code=1) for bad in (path, huge)) - floor < 250e6
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    ("kind", "says"), [("missing", "no such file"), ("folder", "no such file"), ("pipe", "regular")]
)
def test_models_that_are_no_files(cli: Any, tmp_path: Path, kind: str, says: str) -> None:
    """Item 48: a missing file, a folder without a model and a pipe are told apart, at once."""
    path = tmp_path / kind
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    answer = cli("mnist", "evaluate", "--model", path)
    assert answer.code == 1
    assert says in answer.err


def test_the_shipped_model_is_small_and_right() -> None:
    """The network that comes with convfilter has at most 2 MB, and a record of how it was made."""
    assert SHIPPED.stat().st_size <= 2_000_000
    metrics = load_model().metrics
    assert metrics["run"]["preset"] == "international"
    assert metrics["test_accuracy"] >= 0.995


@pytest.mark.slow
def test_the_shipped_model_does_what_it_says(cli: Any) -> None:
    """`mnist evaluate --json` counts the mistakes of the shipped network: as many as its record says."""
    answer = cli("mnist", "evaluate", "--json")
    assert answer.code == 0
    found = json.loads(answer.out)
    confusion = np.array(found["confusion"])
    assert confusion.sum() == 10_000
    assert found["error_count"] == 10_000 - np.trace(confusion) == load_model().metrics["test_errors"]
    assert found["accuracy"] == pytest.approx(np.trace(confusion) / 10_000)
    # MNIST's own counts of each digit in the test set
    assert confusion.sum(axis=1).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def test_evaluate_shows_a_table(cli: Any, tmp_path: Path) -> None:
    """`mnist evaluate` tells the share that is right, the number of mistakes, and the confusion as a table.

    Without weights, all is read as 0, of which there are 980 in MNIST's test set.
    """
    shapes = parameter_shapes(PRESETS["softmax"].layers)
    weights = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    save_model(Model("softmax", weights), tmp_path / "m.safetensors")
    first, head, *rows = cli("mnist", "evaluate", "--model", tmp_path / "m.safetensors").out.splitlines()
    assert first.startswith("9.80 % right: 9020 of 10,000 misread")
    assert len(rows) == 10
    assert [row.split()[1] for row in rows[:3]] == ["980", "1135", "1032"], head
