"""Opening what may not be a picture at all."""

from __future__ import annotations

import io
import os
import socket
from typing import TYPE_CHECKING

import pytest

from convfilter.errors import ImageError
from convfilter.images.reading import read
from convfilter.images.sources import open_regular, read_stream

if TYPE_CHECKING:
    from pathlib import Path


def refusal(path: Path) -> str:
    """The message with which a path is refused."""
    with pytest.raises(ImageError) as caught:
        read(path, max_pixels=10**6)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_missing_dangling_and_looping_are_told_apart(tmp_path: Path) -> None:
    """A missing file, a link to nothing and a loop of links have three different messages."""
    dangling, loop = tmp_path / "dangling.png", tmp_path / "loop.png"
    dangling.symlink_to(tmp_path / "nowhere.png")
    loop.symlink_to(loop)
    said = [refusal(tmp_path / "none.png"), refusal(dangling), refusal(loop)]
    assert "no such file" in said[0]
    assert "symbolic link whose target is missing" in said[1]
    assert "loop of symbolic links" in said[2]


def test_pipes_sockets_and_devices_are_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that could block or never end is read."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("f.png")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s.png")
        for path in (tmp_path / "f.png", tmp_path / "s.png", type(tmp_path)("/dev/zero")):
            assert "not a regular file" in refusal(path)


def test_folders_empty_files_and_impossible_names(tmp_path: Path) -> None:
    """A folder, an empty file and names that no file can have are each told in words."""
    (tmp_path / "d.png").mkdir()
    (tmp_path / "e.png").touch()
    assert "is a directory" in refusal(tmp_path / "d.png")
    assert "empty file" in refusal(tmp_path / "e.png")
    assert "too long" in refusal(tmp_path / ("n" * 300))
    assert "no such file" in refusal(tmp_path / "e.png" / "x.png")
    assert "no such file" in refusal(tmp_path / "a\0b")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(tmp_path: Path) -> None:
    """A file without the right to read is refused with the reason."""
    path = tmp_path / "x.png"
    path.write_bytes(b"x")
    path.chmod(0)
    assert "permission denied" in refusal(path)


def test_a_regular_file_is_opened_for_reading(tmp_path: Path) -> None:
    """A plain file comes out as it is, and blocking again or not makes no difference to it."""
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    with open_regular(path) as file:
        assert file.read() == b"abc"


def test_streams_are_capped() -> None:
    """Standard input is read to its end, but not without end."""
    assert read_stream(io.BytesIO(b"abc")).read() == b"abc"
    with pytest.raises(ImageError, match="empty"):
        read_stream(io.BytesIO())
    with pytest.raises(ImageError, match="holds more than"):
        read_stream(io.BytesIO(b"abc"), limit=2)
