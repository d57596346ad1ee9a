"""The MNIST files: found, checked to the last byte, fetched whole or not at all."""

from __future__ import annotations

import gzip
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import SAMPLES, convfilter

from convfilter.errors import DataError
from convfilter.mnist.data import fetch_missing, load_mnist, load_test
from convfilter.mnist.download import fetch
from convfilter.mnist.idx import FILES, read_samples

LABELS = FILES[3]
"""The smallest of the four."""

WHOLE = (SAMPLES / "mnist" / f"{LABELS.name}.gz").read_bytes()
PLAIN = gzip.decompress(WHOLE)


def changed(position: int, value: int) -> bytes:
    """The labels with one byte changed, packed."""
    data = bytearray(PLAIN)
    data[position] = value
    return gzip.compress(bytes(data))


DAMAGED: dict[str, tuple[bytes, str]] = {
    "cut": (WHOLE[:2000], "truncated gzip"),
    "without-its-end": (WHOLE[:-4], "truncated gzip"),
    "bad-magic": (changed(3, 9), "SHA-256"),
    "lying-count": (changed(6, 0), "SHA-256"),
    "label-99": (changed(5000, 99), "SHA-256"),
    "short": (gzip.compress(PLAIN[:-1]), "10,007 bytes"),
    "bomb": (gzip.compress(bytes(300_000_000)), "more than 10,008 bytes"),
    "wrong-checksum": (WHOLE[:-8] + b"1234" + WHOLE[-4:], "damaged or truncated gzip"),
    "not-deflate": (WHOLE[:12] + b"\xff" * 500, "damaged or truncated gzip"),
    "page": (b"<html>Bad gateway</html>", "24 bytes"),
    "npz": (b"PK\x03\x04" + b"pickle" * 20, "124 bytes"),
    "empty": (b"", "0 bytes"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the four files."""
    return Path(shutil.copytree(SAMPLES / "mnist", tmp_path / "mnist"))


def test_what_is_in_it() -> None:
    """Training, validation and test set are MNIST's own 55,000, 5,000 and 10,000 images, in its order."""
    data = load_mnist()
    raw = gzip.decompress((SAMPLES / "mnist" / "train-images-idx3-ubyte.gz").read_bytes())
    whole = np.frombuffer(raw, np.uint8, offset=16).reshape(60_000, 28, 28)
    np.testing.assert_array_equal(np.concatenate([data.validation.images, data.training.images]), whole)
    assert (len(data.validation), len(data.training), len(data.test)) == (5_000, 55_000, 10_000)
    assert data.test.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


@pytest.mark.parametrize("rename", [lambda name: name, lambda name: name.replace("-idx", ".idx")])
def test_unpacked_files_do_as_well(folder: Path, rename: Callable[[str], str]) -> None:
    """The files may be unpacked, under either of the names that are about."""
    for file in FILES:
        packed = folder / f"{file.name}.gz"
        (folder / rename(file.name)).write_bytes(gzip.decompress(packed.read_bytes()))
        packed.unlink()
    np.testing.assert_array_equal(load_test(folder).labels, load_test().labels)


def test_a_whole_copy_beside_a_damaged_one(folder: Path) -> None:
    """Where a file is there both packed and unpacked, and one is damaged, the whole one is used."""
    packed = next(folder.glob("t10k-labels*.gz"))
    packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
    wanted = load_test(folder).labels
    packed.write_bytes(packed.read_bytes()[:100])
    np.testing.assert_array_equal(load_test(folder).labels, wanted)


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_files_are_refused(cli: Any, folder: Path, name: str) -> None:
    """Item 51: a file that is not MNIST's own to the last byte is named with the reason, in one line, with code 1."""
    data, reason = DAMAGED[name]
    path = folder / f"{LABELS.name}.gz"
    path.write_bytes(data)
    answer = cli("mnist", "train", "--data", folder, "-o", folder / "out", "--preset", "softmax")
    assert answer.code == 1
    assert answer.err.startswith(f"convfilter: {path}: ")
    assert reason in answer.err
    assert answer.err.count("\n") == 1
    assert not (folder / "out").exists()
    assert path.read_bytes() == data


def test_a_missing_file_is_named(cli: Any, folder: Path) -> None:
    """A folder that lacks a file is refused with that file's name; so is one that is not there."""
    (folder / f"{LABELS.name}.gz").unlink()
    assert LABELS.name in cli("mnist", "evaluate", "--data", folder).err
    answer = cli("mnist", "evaluate", "--data", folder / "nowhere")
    assert (answer.code, answer.err.count("\n")) == (1, 1)


class Handler(BaseHTTPRequestHandler):
    """Answers every request with the server's `answer`."""

    def do_GET(self) -> None:
        """Hand over to the test."""
        self.server.answer(self)  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[Handler], None]], str]]:
    """Start real servers on the loopback; each gives the address of a mirror."""
    servers = []

    def start(answer: Callable[[Handler], None]) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.answer = answer  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def sending(data: bytes, length: int | None = None, pause: float = 0.0) -> Callable[[Handler], None]:
    """An answer of these bytes, which may lie about its length, or drip."""

    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(length or len(data)))
        handler.end_headers()
        try:
            for index in range(len(data)) if pause else ():
                handler.wfile.write(data[index : index + 1])
                time.sleep(pause)
            if not pause:
                handler.wfile.write(data)
        except OSError:
            pass  # the client has had enough

    return answer


def test_fetching(serve: Any, tmp_path: Path) -> None:
    """A file is fetched whole from the first mirror that has it, whatever the first one answers."""
    proxy = serve(sending(b"<html>Please log in</html>"))
    path = fetch(LABELS, tmp_path / "cache", (proxy, serve(sending(WHOLE))))
    assert path.read_bytes() == WHOLE
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    assert len(read_samples(path, LABELS)) == 10_000


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (sending(b"<html>proxy error</html>"), "what it sent holds 24 bytes"),
        (sending(WHOLE[:3000], len(WHOLE)), "broke off after 3,000 of"),
        (sending(bytes(17_000_000)), "has no end"),
        (sending(WHOLE, pause=0.05), "took longer than 1 s"),
        (lambda handler: time.sleep(2), "timed out"),
        (lambda handler: handler.send_error(503), "Service Unavailable"),
        (sending(changed(5000, 99)), "SHA-256"),
    ],
)
def test_failed_downloads(serve: Any, tmp_path: Path, answer: Any, reason: str) -> None:
    """Item 52: a proxy's page, a broken, endless, slow or silent answer ends in one line and leaves nothing behind."""
    mirror = serve(answer)
    start = time.monotonic()
    with pytest.raises(DataError) as error:
        fetch(LABELS, tmp_path, (mirror,), patience=0.7, limit=1)
    assert time.monotonic() - start < 5
    assert reason in str(error.value)
    assert f"{mirror}{LABELS.name}.gz" in str(error.value)
    assert "--data" in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 52: with no server to talk to, the line says where the files may be put by hand."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        mirror = f"http://127.0.0.1:{unused.getsockname()[1]}/"
    monkeypatch.setattr(
        "convfilter.mnist.data.fetch", lambda file, folder, damaged: fetch(file, folder, (mirror,), damaged=damaged)
    )
    with pytest.raises(DataError, match="refused") as error:
        fetch_missing(tmp_path / "cache")
    assert str(tmp_path / "cache") in str(error.value)


def test_a_bad_cache_entry_is_fetched_again(serve: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 51: a damaged file is set aside, fetched again and never used; whole ones are left alone."""
    path = folder / f"{LABELS.name}.gz"
    path.write_bytes(DAMAGED["label-99"][0])
    mirror = serve(sending(WHOLE))
    monkeypatch.setattr(
        "convfilter.mnist.data.fetch", lambda file, folder, damaged: fetch(file, folder, (mirror,), damaged=damaged)
    )
    assert [fetched for _, fetched in fetch_missing(folder)] == [False, False, False, True]
    assert path.read_bytes() == WHOLE
    assert path.with_name(f"{path.name}.damaged-1").read_bytes() == DAMAGED["label-99"][0]


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


def test_data_command(cli: Any, folder: Path) -> None:
    """`mnist data` names the four files of a checkout, or of the folder that --data names, and says they are whole."""
    for arguments in ((), ("--data", folder)):
        answer = cli("mnist", "data", *arguments)
        assert answer.code == 0
        assert answer.out.count(": there, and whole\n") == 4


def test_an_unwritable_cache_is_named(tmp_path: Path, serve: Any) -> None:
    """Item 45: where the cache cannot be written, the line names the folder and the variable that changes it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="CONVFILTER_CACHE") as error:
        fetch(LABELS, tmp_path / "file" / "mnist", (serve(sending(WHOLE)),))
    assert f"{tmp_path}/file/mnist" in str(error.value)


def test_the_cache_is_used_without_a_checkout(folder: Path, tmp_path: Path) -> None:
    """Where there is no checkout, the data of the folder in CONVFILTER_CACHE is used, without the network."""
    site = tmp_path / "site"
    shutil.copytree(Path(sys.modules["convfilter"].__file__ or "").parent, site / "convfilter")
    environment = os.environ | {"CONVFILTER_CACHE": str(folder.parent), "PYTHONPATH": str(site)}
    done = convfilter("mnist", "data", env=environment, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().splitlines()[0] == f"{folder}/train-images-idx3-ubyte.gz: there, and whole"
