"""Writing: at every instant a file is absent, old and whole, or new and whole."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from pathlib import Path

import pytest

from convfilter import atomic
from convfilter.atomic import TEMPORARY_PREFIX, output_file


def names(folder: Path) -> list[str]:
    """Return the names in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_the_name_is_taken_when_all_is_written(tmp_path: Path) -> None:
    """While it is written, only a recognisable temporary file is there; then only the target."""
    target = tmp_path / "deep" / "out.bin"
    with output_file(target, overwrite=False) as file:
        file.write(b"new")
        (name,) = names(target.parent)
        assert name.startswith(TEMPORARY_PREFIX)
    assert names(target.parent) == ["out.bin"]
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize("overwrite", [False, True])
def test_all_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overwrite: bool
) -> None:
    """Item 35: the file is synced while it has no name yet, and its folder once it has, so no power cut leaves half."""
    target, synced = tmp_path / "out.bin", []
    sync = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda number: (synced.append((os.fstat(number).st_size, target.exists())), sync(number))
    )
    with output_file(target, overwrite=overwrite) as file:
        file.write(b"x" * 12_345)
    assert synced[0] == (12_345, False)
    assert [exists for _, exists in synced] == [False, True]


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    """An error while writing removes the temporary file and keeps the old one."""
    target = tmp_path / "out.bin"
    target.write_bytes(b"old")
    with pytest.raises(RuntimeError), output_file(target, overwrite=True) as file:
        file.write(b"half")
        raise RuntimeError
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["out.bin"]


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    """Item 32: without overwrite an existing file is kept, one that appears during the work too."""
    target = tmp_path / "out.bin"
    with pytest.raises(FileExistsError), output_file(target, overwrite=False) as file:
        file.write(b"new")
        target.write_bytes(b"somebody else's")
    assert target.read_bytes() == b"somebody else's"
    with pytest.raises(FileExistsError), output_file(target, overwrite=False):
        pass
    assert names(tmp_path) == ["out.bin"]


def test_no_hard_links_on_the_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where hard links do not exist, as on exFAT, the file still gets its name, and an old one is still kept."""

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    target = tmp_path / "out.bin"
    with output_file(target, overwrite=False) as file:
        file.write(b"new")
    with pytest.raises(FileExistsError), output_file(tmp_path / "b", overwrite=False):
        (tmp_path / "b").write_bytes(b"old")
    assert target.read_bytes() == b"new"
    assert names(tmp_path) == ["b", "out.bin"]


def test_mode_of_a_new_file_follows_the_umask(tmp_path: Path) -> None:
    """Item 38: a new file has the mode that the umask gives, not that of a private temporary file."""
    old = os.umask(0o027)
    try:
        with output_file(tmp_path / "out", overwrite=False):
            pass
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o640


def test_replacing_keeps_mode_and_follows_links(tmp_path: Path) -> None:
    """Item 38: a replaced file keeps its mode, a symbolic link stays one, another hard link keeps the old data."""
    real, link, other = tmp_path / "real", tmp_path / "link", tmp_path / "other"
    real.write_bytes(b"old")
    real.chmod(0o604)
    link.symlink_to(real)
    other.hardlink_to(real)
    with output_file(link, overwrite=True) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o604
    assert other.read_bytes() == b"old"


def test_long_names(tmp_path: Path) -> None:
    """Item 40: a name as long as the file system allows is written, as the temporary name is a short one."""
    target = tmp_path / ("n" * 255)
    with output_file(target, overwrite=False) as file:
        file.write(b"new")
    assert target.read_bytes() == b"new"


def test_a_folder_is_no_target(tmp_path: Path) -> None:
    """Item 33: a folder in the place of the output is refused by the system's reason."""
    with pytest.raises(IsADirectoryError, match="Is a directory"), output_file(tmp_path, overwrite=True):
        pass


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_pipe_is_not_replaced(tmp_path: Path, overwrite: bool) -> None:
    """Item 9: what is no file, such as a pipe, stays what it is, also behind a link and with --overwrite."""
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for target in (pipe, link):
        with pytest.raises(OSError, match="device or a pipe"), output_file(target, overwrite=overwrite):
            pass
    assert pipe.is_fifo()


def test_abandoning_removes_what_is_unfinished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 36: what a signal interrupts leaves no temporary file, and nothing new begins."""
    monkeypatch.setattr(atomic, "_lock", threading.Lock())
    with contextlib.suppress(OSError), output_file(tmp_path / "out", overwrite=False) as file:
        file.write(b"half")
        atomic.abandon_all()
        assert names(tmp_path) == []
    assert atomic._lock.locked()
    assert names(tmp_path) == []
