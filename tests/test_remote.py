"""Pictures behind URLs: a real server that speaks S3, on the loopback."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import pixels_of
from PIL import Image

boto3 = pytest.importorskip("boto3")
server = pytest.importorskip("moto.server")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The address of a server."""
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def bucket(endpoint: str, photo: Path, monkeypatch: pytest.MonkeyPatch, request: Any) -> Any:
    """An empty bucket with three pictures and a text."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint,
    }.items():
        monkeypatch.setenv(name, value)
    import fsspec

    fsspec.get_filesystem_class("s3").clear_instance_cache()
    made = boto3.resource("s3").create_bucket(Bucket=f"b{abs(hash(request.node.name))}")
    for key in ("in/a.png", "in/b.png", "in/deep/c.png"):
        made.put_object(Key=key, Body=photo.read_bytes())
    made.put_object(Key="in/notes.txt", Body=b"no picture")
    return made


def keys(bucket: Any, prefix: str) -> list[str]:
    """The names of the objects below a prefix."""
    return [found.key.removeprefix(prefix) for found in bucket.objects.filter(Prefix=prefix)]


def test_a_folder_of_objects_to_another(cli: Any, bucket: Any, photo: Path) -> None:
    """Objects are found, filtered and written under their names, below their folders, as the file would be."""
    answer = cli("blur", f"s3://{bucket.name}/in", "--recursive", "-o", f"s3://{bucket.name}/out/")
    assert answer.code == 0, answer.err
    assert keys(bucket, "out/") == ["a.png", "b.png", "deep/c.png"]
    assert cli("blur", photo).code == 0
    content = bucket.Object("out/deep/c.png").get()["Body"].read()
    with Image.open(io.BytesIO(content)) as image:
        np.testing.assert_array_equal(np.asarray(image), pixels_of(photo.with_name("photo.blur.png")))


def test_patterns_and_single_objects(cli: Any, bucket: Any, tmp_path: Path, photo: Path) -> None:
    """A pattern and a single name work, from objects to files and from files to objects."""
    assert cli("gray", f"s3://{bucket.name}/in/**/?.png", "-o", tmp_path / "out").code == 0
    assert sorted(path.name for path in (tmp_path / "out").rglob("*.png")) == ["a.png", "b.png", "c.png"]
    assert cli("gray", f"s3://{bucket.name}/in/a.png", "-o", tmp_path / "one.jpg").code == 0
    assert cli("gray", photo, "-o", f"s3://{bucket.name}/up/{{stem}}.webp").code == 0
    assert keys(bucket, "up/") == ["photo.webp"]
    assert cli("gray", f"s3://{bucket.name}/in/*.gif", "-o", tmp_path / "none").code == 2


def test_objects_are_kept_as_files_are(cli: Any, bucket: Any) -> None:
    """What exists is kept, skipped or replaced as files are, and an object is not written over itself."""
    run = ("gray", f"s3://{bucket.name}/in", "-o", f"s3://{bucket.name}/out/")
    bucket.put_object(Key="out/a.png", Body=b"mine")
    answer = cli(*run)
    assert answer.code == 1
    assert f"s3://{bucket.name}/out/a.png exists already and is kept" in answer.err
    assert cli(*run, "--skip-existing").code == 0
    assert bucket.Object("out/a.png").get()["Body"].read() == b"mine"
    assert cli(*run, "--overwrite").code == 0
    assert bucket.Object("out/a.png").get()["Body"].read() != b"mine"
    for target in (f"s3://{bucket.name}/in/", f"s3a://{bucket.name}//in/{{name}}"):
        assert cli("gray", f"s3://{bucket.name}/in", "-o", target, "--overwrite").code == 2


def test_what_fails_is_told(cli: Any, bucket: Any, tmp_path: Path) -> None:
    """Missing objects and buckets, damaged objects and unknown kinds of URL cost a line each, and exit code 1 or 2."""
    bucket.put_object(Key="in/bad.jpg", Body=b"\xff\xd8\xff\xe0")
    answer = cli("gray", f"s3://{bucket.name}/in/bad.jpg", f"s3://{bucket.name}/in/none.png", "-o", tmp_path / "o")
    assert answer.code == 1
    assert "bad.jpg: truncated" in answer.err
    assert "none.png: cannot be read: there is no such object" in answer.err
    assert cli("gray", f"s3://{bucket.name}/in/a.png", "-o", "s3://no-such-bucket/a.png").code == 1
    for url, words in (("nonsense://x/a.png", "cannot be reached"), ("file:///a.png", "without file://")):
        answer = cli("gray", url, "-o", tmp_path / "o")
        assert answer.code == 2
        assert words in answer.err


def test_a_silent_server(cli: Any, bucket: Any, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that does not answer costs a line with the input's path for each picture, and not the run."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    import fsspec

    fsspec.get_filesystem_class("s3").clear_instance_cache()
    for options in ([], ["--skip-existing"]):
        answer = cli("gray", photo, "-o", f"s3://{bucket.name}/new.png", *options)
        assert answer.code == 1
        assert answer.err.startswith(f"{photo}: cannot be looked for: ")
        assert answer.err.count("\n") == 2


def test_dry_run_and_report(cli: Any, bucket: Any, tmp_path: Path) -> None:
    """A dry run looks at objects and writes none; a report names them by URL."""
    run = ("gray", f"s3://{bucket.name}/in", "-o", f"s3://{bucket.name}/out/")
    answer = cli(*run, "--dry-run")
    assert answer.code == 0
    assert f"s3://{bucket.name}/in/a.png -> s3://{bucket.name}/out/a.png  PNG, 96 x 64\n" in answer.out
    assert keys(bucket, "out/") == []
    assert cli(*run, "--report", tmp_path / "r.jsonl").code == 0
    assert f'"input": "s3://{bucket.name}/in/a.png"' in (tmp_path / "r.jsonl").read_text()
