"""The benchmarks run, on sizes that take no time; what they measure is no test."""

from __future__ import annotations

import subprocess
import sys

import pytest
from conftest import ROOT


@pytest.mark.parametrize("part", ["arrays", "programs", "memory"])
def test_filters(part: str) -> None:
    """A row for every case, with times or the word that a peer is missing."""
    command = [sys.executable, ROOT / "tests" / "benchmarks" / "filters.py", part]
    done = subprocess.run(
        [*command, "--repeats", "1", "--megapixels", "0.01"], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    head, line, *rows = done.stdout.splitlines()
    assert head.startswith("| case | ")
    assert set(line) <= set("| -")
    assert len(rows) >= {"arrays": 14, "programs": 9, "memory": 1}[part]
    for row in rows:
        assert "not installed" in row or " ms |" in row or " s |" in row or " MB |" in row
