"""Bad inputs: each is refused in one line, nothing is left behind, and every other file is done."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from benchmarks.peak import peak
from conftest import MAX_PIXELS, convfilter, fingerprint
from files import BAD_KERNELS, BAD_PICTURES, made
from files_foreign import EPS
from files_records import Bad
from PIL import Image

from convfilter.endpoints import read_source
from convfilter.errors import ImageError


def test_bad_pictures_in_one_run(cli: Any, photo: Path, tmp_path: Path) -> None:
    """Item 20: all bad files in one run: a line each, the good ones done, inputs untouched, the sum right."""
    folder = tmp_path / "in"
    paths = made(folder, *BAD_PICTURES)
    goods = [Path(shutil.copy(photo, folder / f"good{index}.png")) for index in range(2)]
    before = fingerprint(folder)
    answer = cli("gray", goods[0], *paths, goods[1], "-o", f"{tmp_path}/out/", "--jobs", 2)
    assert answer.code == 1
    assert sorted(answer.out.splitlines()) == [f"{tmp_path}/out/good0.png", f"{tmp_path}/out/good1.png"]
    assert fingerprint(folder) == before
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["good0.png", "good1.png"]
    *lines, last = answer.err.splitlines()
    assert last == f"2 done, 0 skipped, {len(paths)} failed"
    lines.sort(key=lambda line: paths.index(Path(line.partition(": ")[0])))
    for line, path, file in zip(lines, paths, BAD_PICTURES, strict=True):
        assert line.startswith(f"{path}: ")
        assert file.says in line


def test_bad_pictures_take_no_memory(tmp_path: Path) -> None:
    """Items 16 to 19: refusing every bomb takes less than 300 MB above a run on two pixels, and seconds."""
    paths = made(tmp_path / "in", *(bad for bad in BAD_PICTURES if bad.item >= 16))
    ones = [tmp_path / "one.png", tmp_path / "two.png"]
    for one in ones:
        Image.new("L", (1, 1)).save(one)

    command = (sys.executable, "-m", "convfilter", "gray", "--overwrite", "-q", "-o", f"{tmp_path}/out/")
    start = time.perf_counter()
    floor = peak(*command, *ones)
    assert peak(*command, *ones, *paths, code=1) - floor < 300e6
    assert time.perf_counter() - start < 60


@pytest.mark.parametrize("bad", BAD_KERNELS, ids=lambda bad: bad.name)
def test_bad_kernel(cli: Any, bad: Bad, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Items 21 to 27: exit code 2, one short line with the file, nothing written, nothing run."""
    monkeypatch.setenv("CONVFILTER_CANARY", str(tmp_path / "canary"))
    (path,) = made(tmp_path / "kernels", bad)
    before = fingerprint(tmp_path)
    start = time.perf_counter()
    answer = cli("apply", photo, "--kernel", path)
    assert time.perf_counter() - start < 5
    assert answer.code == 2
    assert bad.says in answer.err
    assert str(path) in answer.err
    assert len(answer.err.replace(str(path), "")) < 500
    assert answer.err.count("\n") == 1
    assert fingerprint(tmp_path) == before


def test_what_is_no_regular_file(cli: Any, photo: Path, tmp_path: Path) -> None:
    """Items 3, 6, 7 and 9: folders, pipes, devices, sockets, missing files and links each have their own words."""
    os.mkfifo(tmp_path / "f.png")
    (tmp_path / "d.png").mkdir()
    (tmp_path / "e.png").touch()
    (tmp_path / "dangling.png").symlink_to("nowhere")
    (tmp_path / "loop.png").symlink_to("loop.png")
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(tmp_path / "s.png"))
        says = {"f.png": "not a regular file", "d.png": "is a directory", "e.png": "empty file",
                "dangling.png": "symbolic link whose target is missing",
                "loop.png": "is a loop of symbolic links", "s.png": "not a regular file",
                "none.png": "no such file", "/dev/zero": "not a regular file"}  # fmt: skip
        paths = [Path(name) if name.startswith("/") else tmp_path / name for name in says]
        answer = cli("blur", *paths, photo, "-o", f"{tmp_path}/out/", "--jobs", 1)
    assert answer.code == 1
    assert answer.out == f"{tmp_path}/out/photo.png\n"
    *lines, last = answer.err.splitlines()
    assert last == f"1 done, 0 skipped, {len(says)} failed"
    for line, path, words in zip(lines, paths, says.values(), strict=True):
        assert line.startswith(f"{path}: ")
        assert words in line


@pytest.mark.skipif(shutil.which("capsh") is None, reason="needs capsh to give up root's rights")
def test_permissions(photo: Path, tmp_path: Path) -> None:
    """Items 8 and 33: what may not be read or written gives one line each; a report is told of by --dry-run, too."""
    secret, closed, report = (
        Path(shutil.copy(photo, tmp_path / "secret.png")),
        tmp_path / "closed",
        tmp_path / "r.jsonl",
    )
    secret.chmod(0)
    closed.mkdir()
    closed.chmod(0o555)
    report.touch(0o444)
    blur = f"{sys.executable} -m convfilter blur"
    command = f"{blur} {secret} -o {tmp_path}/new.png; {blur} {photo} -o {tmp_path}/new.png --report {report} --dry-run"
    command += f"; {blur} {photo} -o {closed}/"
    drop = ["capsh", "--drop=cap_dac_override,cap_dac_read_search", "--", "-c", command]
    done = subprocess.run(drop, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "secret.png: permission denied" in done.stderr
    assert f"cannot write {report}: Permission denied" in done.stderr
    assert f"cannot write {closed}/photo.png: Permission denied" in done.stderr
    assert list(closed.iterdir()) == []


def test_postscript_starts_no_program(tmp_path: Path) -> None:
    """Item 5: PostScript, hidden under .png too, is refused without looking for Ghostscript."""
    ghost = tmp_path / "bin" / "gs"
    ghost.parent.mkdir()
    ghost.write_text(f"#!/bin/sh\ntouch {tmp_path}/PWNED\n")
    ghost.chmod(0o755)
    for name in ("a.eps", "b.png"):
        (tmp_path / name).write_bytes(EPS)
    environment = {**os.environ, "PATH": f"{ghost.parent}:{os.environ['PATH']}"}
    done = convfilter("blur", tmp_path / "a.eps", tmp_path / "b.png", env=environment)
    assert done.returncode == 1
    assert done.stderr.count(b"not a recognised image") == 2
    assert not (tmp_path / "PWNED").exists()


def test_input_that_changes_while_it_is_read(photo: Path, tmp_path: Path) -> None:
    """Item 10: a file that shrinks and grows meanwhile gives a whole picture or an error, never a crash."""
    whole = photo.read_bytes()
    stop = threading.Event()

    def shake() -> None:
        while not stop.is_set():
            os.truncate(photo, len(whole) // 2)
            photo.write_bytes(whole)

    thread = threading.Thread(target=shake)
    thread.start()
    try:
        for _ in range(100):
            try:
                assert read_source(photo, MAX_PIXELS).frames[0].pixels.shape == (64, 96, 3)
            except ImageError as error:
                assert str(error)
    finally:
        stop.set()
        thread.join()


def test_the_limit_can_be_raised(cli: Any, photo: Path) -> None:
    """Item 16: the refusal names the option that lifts it."""
    answer = cli("blur", photo, "--max-pixels", 6143)
    assert answer.code == 1
    assert "96 x 64 = 0.006144 MP is over the limit of 0.006143 MP; raise with --max-pixels" in answer.err
    assert cli("blur", photo, "--max-pixels", 6144).code == 0


def test_disk_full(photo: Path, tmp_path: Path) -> None:
    """Item 34: where the disk takes no more, the old target stays whole and no temporary file is left."""
    target = tmp_path / "out" / "photo.bmp"
    target.parent.mkdir()
    target.write_bytes(b"old")
    script = f"ulimit -f 8; {sys.executable} -m convfilter blur {photo} -o {target} --overwrite"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert f"cannot write {target}: File too large" in done.stderr
    assert target.read_bytes() == b"old"
    assert [path.name for path in target.parent.iterdir()] == ["photo.bmp"]


def test_a_kernel_that_is_a_pipe(cli: Any, photo: Path, tmp_path: Path) -> None:
    """Item 9: a pipe that nobody writes to is refused as a kernel, too, and never waited for."""
    os.mkfifo(tmp_path / "k.yaml")
    answer = cli("apply", photo, "--kernel", tmp_path / "k.yaml")
    assert answer.code == 2
    assert "k.yaml: not a regular file" in answer.err
