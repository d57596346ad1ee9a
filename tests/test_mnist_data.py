"""The MNIST files: found, and checked to the last byte."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import SAMPLES, convfilter
from files_mnist import LABELS, PLAIN, WHOLE, changed

from convfilter.mnist.data import load_mnist, load_test
from convfilter.mnist.idx import FILES

DAMAGED: dict[str, tuple[bytes, str]] = {
    "cut": (WHOLE[:2000], "truncated gzip"),
    "without-its-end": (WHOLE[:-4], "truncated gzip"),
    "bad-magic": (changed(3, 9), "SHA-256"),
    "lying-count": (changed(6, 0), "SHA-256"),
    "label-99": (changed(5000, 99), "SHA-256"),
    "short": (gzip.compress(PLAIN[:-1]), "10,007 bytes"),
    "bomb": (gzip.compress(bytes(300_000_000), 1), "more than 10,008 bytes"),
    "wrong-checksum": (WHOLE[:-8] + b"1234" + WHOLE[-4:], "damaged or truncated gzip"),
    "not-deflate": (WHOLE[:12] + b"\xff" * 500, "damaged or truncated gzip"),
    "page": (b"<html>Bad gateway</html>", "24 bytes"),
    "npz": (b"PK\x03\x04" + b"pickle" * 20, "124 bytes"),
    "empty": (b"", "0 bytes"),
}


def test_what_is_in_it() -> None:
    """Training, validation and test set are MNIST's own 55,000, 5,000 and 10,000 images, in its order."""
    data = load_mnist()
    raw = gzip.decompress((SAMPLES / "mnist" / "train-images-idx3-ubyte.gz").read_bytes())
    whole = np.frombuffer(raw, np.uint8, offset=16).reshape(60_000, 28, 28)
    np.testing.assert_array_equal(np.concatenate([data.validation.images, data.training.images]), whole)
    assert (len(data.validation), len(data.training), len(data.test)) == (5_000, 55_000, 10_000)
    assert data.test.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


@pytest.mark.parametrize("rename", [lambda name: name, lambda name: name.replace("-idx", ".idx")])
def test_unpacked_files_do_as_well(mnist: Path, rename: Callable[[str], str]) -> None:
    """The files may be unpacked, under either of the names that are about."""
    for file in FILES:
        packed = mnist / f"{file.name}.gz"
        (mnist / rename(file.name)).write_bytes(gzip.decompress(packed.read_bytes()))
        packed.unlink()
    np.testing.assert_array_equal(load_test(mnist).labels, load_test().labels)


def test_a_whole_copy_beside_a_damaged_one(mnist: Path) -> None:
    """Where a file is there both packed and unpacked, and one is damaged, the whole one is used."""
    packed = next(mnist.glob("t10k-labels*.gz"))
    packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
    wanted = load_test(mnist).labels
    packed.write_bytes(packed.read_bytes()[:100])
    np.testing.assert_array_equal(load_test(mnist).labels, wanted)


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_files_are_refused(cli: Any, mnist: Path, name: str) -> None:
    """Item 51: a file that is not MNIST's own to the last byte is named with the reason, in one line, with code 1."""
    data, reason = DAMAGED[name]
    path = mnist / f"{LABELS.name}.gz"
    path.write_bytes(data)
    answer = cli("mnist", "train", "--data", mnist, "-o", mnist / "out", "--preset", "softmax")
    assert answer.code == 1
    assert answer.err.startswith(f"convfilter: {path}: ")
    assert reason in answer.err
    assert answer.err.count("\n") == 1
    assert not (mnist / "out").exists()
    assert path.read_bytes() == data


def test_a_missing_file_is_named(cli: Any, mnist: Path) -> None:
    """A folder that lacks a file is refused with that file's name; so is one that is not there."""
    (mnist / f"{LABELS.name}.gz").unlink()
    assert LABELS.name in cli("mnist", "evaluate", "--data", mnist).err
    answer = cli("mnist", "evaluate", "--data", mnist / "nowhere")
    assert (answer.code, answer.err.count("\n")) == (1, 1)


def test_filtering_needs_no_network(photo: Path) -> None:
    """Item 52: a filter runs where every way to the network is shut."""
    lines = (
        "import socket, sys",
        "def shut(*_): print('asked for the network'); raise OSError",
        "socket.getaddrinfo = socket.socket.connect = shut",
        "from convfilter.__main__ import main",
        "main()",
    )
    command = [sys.executable, "-c", "\n".join(lines), "blur", str(photo)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "network" not in done.stdout


def test_data_command(cli: Any, mnist: Path) -> None:
    """`mnist data` names the four files of a checkout, or of the folder that --data names, and says they are whole."""
    for arguments in ((), ("--data", mnist)):
        answer = cli("mnist", "data", *arguments)
        assert answer.code == 0
        assert answer.out.count(": there, and whole\n") == 4


def test_the_cache_is_used_without_a_checkout(mnist: Path, tmp_path: Path) -> None:
    """Installed elsewhere, it takes the data of the folder in CONVFILTER_CACHE, or of the checkout that it runs in."""
    site = tmp_path / "site"
    shutil.copytree(Path(sys.modules["convfilter"].__file__ or "").parent, site / "convfilter")
    environment = os.environ | {"CONVFILTER_CACHE": str(mnist.parent), "PYTHONPATH": str(site)}
    done = convfilter("mnist", "data", env=environment, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().splitlines()[0] == f"{mnist}/train-images-idx3-ubyte.gz: there, and whole"
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "mnist").symlink_to(mnist)
    done = convfilter("mnist", "data", env=environment | {"CONVFILTER_CACHE": str(tmp_path)}, cwd=tmp_path)
    assert done.stdout.decode().splitlines()[0] == "samples/mnist/train-images-idx3-ubyte.gz: there, and whole"
