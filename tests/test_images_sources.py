"""Opening what may not be a picture at all; `test_cli_faults` has the files, folders, links and pipes."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from convfilter.endpoints import read_source
from convfilter.errors import ImageError
from convfilter.images.reading import read
from convfilter.images.sources import read_all


@pytest.mark.parametrize(
    ("name", "says"),
    [("n" * 300, "the name is too long"), ("file/x.png", "no such file: a part of its path is not a folder"),
     ("a\0b", "no such file: the name is not one a file can have")],
)  # fmt: skip
def test_impossible_names(tmp_path: Path, name: str, says: str) -> None:
    """Item 7: names that no file can have are told in words."""
    (tmp_path / "file").touch()
    with pytest.raises(ImageError, match=says):
        read_source(tmp_path / name, 1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything; `test_permissions` takes that right away")
def test_unreadable_file(tmp_path: Path) -> None:
    """Item 8: a file without the right to read is refused with the reason."""
    path = tmp_path / "x.png"
    path.write_bytes(b"x")
    path.chmod(0)
    with pytest.raises(ImageError, match="permission denied"):
        read_source(path, 1)


def test_streams_are_capped() -> None:
    """Item 9: a stream is read to its end, but not without end; an empty one is told."""
    assert read_all(io.BytesIO(b"abc"), 3) == b"abc"
    with pytest.raises(ImageError, match="holds more than"):
        read_all(io.BytesIO(b"abc"), 2)
    with pytest.raises(ImageError, match="empty"):
        read(io.BytesIO(), max_pixels=1)
