"""Training shared by several processes on this machine, through TF_CONFIG as on several machines."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import wait_until

from convfilter.mnist.models import load_model

TRAIN = ("mnist", "train", "--preset", "softmax")


def free_ports(count: int) -> list[int]:
    """Ports of the loopback that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def start_workers(folder: Path, *arguments: str) -> list[subprocess.Popen[str]]:
    """Two workers, each with an output folder of its own."""
    addresses = [f"127.0.0.1:{port}" for port in free_ports(2)]
    workers = []
    for index in range(2):
        config = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
        command = [
            sys.executable,
            "-m",
            "convfilter",
            *arguments,
            "--strategy",
            "multiworker",
            "-o",
            f"{folder}/{index}",
        ]
        environment = os.environ | {"TF_CONFIG": json.dumps(config)}
        workers.append(
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        )
    return workers


@pytest.mark.slow
def test_two_workers_learn_what_one_process_learns(cli: Any, tmp_path: Path) -> None:
    """Two real processes train one network, the same as one process does but for rounding; the chief alone writes."""
    workers = start_workers(tmp_path, *TRAIN, "--epochs", "0.2")
    answers = [worker.communicate(timeout=100) for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0], answers
    assert answers[0][0].startswith(f"{tmp_path}/0/model.safetensors: ")
    assert answers[1] == ("", "")
    assert [path.name for path in tmp_path.iterdir()] == ["0"]
    assert cli(*TRAIN, "--epochs", "0.2", "-q", "-o", tmp_path / "alone").code == 0
    shared, alone = (load_model(tmp_path / name).weights for name in ("0", "alone"))
    for name, array in alone.items():
        np.testing.assert_allclose(shared[name], array, atol=1e-5)


@pytest.mark.slow
def test_a_worker_that_dies(tmp_path: Path) -> None:
    """Item 39: when a worker is killed, the other ends with code 1 and one line, and its checkpoint is whole."""
    chief, other = start_workers(tmp_path, *TRAIN, "--epochs", "900")
    checkpoint = tmp_path / "0" / "checkpoint.safetensors"
    wait_until(checkpoint.exists, 90)
    other.kill()
    other.communicate()
    _, err = chief.communicate(timeout=60)
    assert chief.returncode == 1
    assert err.splitlines()[-1].startswith("convfilter: another worker cannot be reached or has stopped; ")
    assert [path.name for path in checkpoint.parent.iterdir()] == [checkpoint.name]


@pytest.mark.parametrize(
    "config",
    [
        *("", "{}", "[]", '{"cluster": {"worker": []}, "task": {"type": "worker", "index": 0}}'),
        '{"cluster": {"worker": "host:1"}, "task": {"type": "worker", "index": 0}}',
        '{"cluster": {"worker": [5]}, "task": {"type": "worker", "index": 0}}',
        '{"cluster": {"worker": ["host:1"], "other": 3}, "task": {"type": "worker", "index": 0}}',
    ],
)
def test_a_wrong_tf_config(cli: Any, config: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Item 28: without a cluster in TF_CONFIG, `multiworker` is refused with an example of one."""
    monkeypatch.setenv("TF_CONFIG", config)
    answer = cli(*TRAIN, "--strategy", "multiworker", "-o", tmp_path / "out")
    assert answer.code == 2
    assert '"worker": ["host1:2222"' in answer.err
    assert not (tmp_path / "out").exists()


def test_options_that_do_not_go_together(cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 28: a strategy chooses its devices, and workers have no clock in common for a budget."""
    assert cli(*TRAIN, "--strategy", "mirrored", "--device", "cpu", "-o", tmp_path / "out").code == 2
    config = {"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 0}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(config))
    assert cli(*TRAIN, "--strategy", "multiworker", "--budget", "1m", "-o", tmp_path / "out").code == 2
    assert not (tmp_path / "out").exists()
