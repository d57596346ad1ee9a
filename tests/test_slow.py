"""Sound pictures that cost a decoder seconds: each is done right, or refused, within its time."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from files import SLOW_PICTURES, made
from files_records import Bad
from PIL import Image


@pytest.mark.slow
@pytest.mark.parametrize(("file", "seconds"), SLOW_PICTURES, ids=lambda value: getattr(value, "name", ""))
def test_slow_picture(cli: Any, file: Bad, seconds: float, tmp_path: Path) -> None:
    """Items 17 and 19: it is refused in the right words, or all of its frames are blurred, within its time."""
    (path,) = made(tmp_path / "in", file)
    start = time.perf_counter()
    answer = cli("blur", path, "--kernel", "mean", "-o", f"{tmp_path}/out/")
    assert time.perf_counter() - start < seconds
    if file.says:
        assert answer.code == 1
        assert file.says in answer.err
        return
    assert (answer.code, answer.err) == (0, "")
    with Image.open(path) as before, Image.open(tmp_path / "out" / file.name) as after:
        assert (after.size, getattr(after, "n_frames", 1)) == (before.size, getattr(before, "n_frames", 1))
