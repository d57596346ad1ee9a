"""The MNIST files from mirrors: fetched whole or not at all."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from files_mnist import LABELS, WHOLE, changed

from convfilter.errors import DataError
from convfilter.mnist.data import fetch_missing
from convfilter.mnist.download import fetch
from convfilter.mnist.idx import read_samples


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


def dripping_head(handler: Handler) -> None:
    """An answer whose headers never end, a byte at a time."""
    try:
        for byte in b"HTTP/1.0 200 OK\r\nX-Slow: " + b"x" * 200:
            handler.wfile.write(bytes([byte]))
            time.sleep(0.1)
    except OSError:
        pass  # the client has had enough


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
        (dripping_head, "took longer than 1 s"),
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


def test_a_proxy_that_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 52: a proxy with a name that no machine can have ends in the same line as any other failure."""
    monkeypatch.setattr("urllib.request._opener", None)  # which knows the proxies of before
    monkeypatch.setenv("http_proxy", f"http://{'a' * 78}.example:80")
    with pytest.raises(DataError, match="MNIST cannot be fetched"):
        fetch(LABELS, tmp_path, ("http://mirror.invalid/",))


def test_a_bad_cache_entry_is_fetched_again(serve: Any, mnist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 51: a damaged file is set aside, fetched again and never used; whole ones are left alone."""
    path = mnist / f"{LABELS.name}.gz"
    damaged = changed(5000, 99)
    path.write_bytes(damaged)
    mirror = serve(sending(WHOLE))
    monkeypatch.setattr(
        "convfilter.mnist.data.fetch", lambda file, folder, damaged: fetch(file, folder, (mirror,), damaged=damaged)
    )
    assert [fetched for _, fetched in fetch_missing(mnist)] == [False, False, False, True]
    assert path.read_bytes() == WHOLE
    assert path.with_name(f"{path.name}.damaged-1").read_bytes() == damaged


def test_an_unwritable_cache_is_named(tmp_path: Path, serve: Any) -> None:
    """Item 45: where the cache cannot be written, the line names the folder and the variable that changes it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="CONVFILTER_CACHE") as error:
        fetch(LABELS, tmp_path / "file" / "mnist", (serve(sending(WHOLE)),))
    assert f"{tmp_path}/file/mnist" in str(error.value)
