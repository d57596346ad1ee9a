"""The benchmarks run, on sizes that take no time; the times that they measure are no test, memory is."""

from __future__ import annotations

import subprocess
import sys

import pytest
from conftest import ROOT


@pytest.mark.parametrize(
    "part",
    [
        "arrays",
        pytest.param("programs", marks=pytest.mark.slow),
        pytest.param("memory", marks=pytest.mark.slow),
        pytest.param("batches", marks=pytest.mark.slow),
        pytest.param("long", marks=pytest.mark.slow),
    ],
)
def test_filters(part: str) -> None:
    """A row for every case, with times or the word that a peer is missing."""
    command = [sys.executable, ROOT / "tests" / "benchmarks" / "filters.py", part]
    done = subprocess.run(
        [*command, "--repeats", "1", "--megapixels", "0.01", "--pictures", "2"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    head, line, *rows = done.stdout.splitlines()
    assert head.startswith("| case | ")
    assert set(line) <= set("| -")
    assert len(rows) >= {"arrays": 14, "programs": 9, "memory": 1, "batches": 4, "long": 2}[part]
    for row in rows:
        assert any(words in row for words in ("not installed", " ms |", " s |", " MB |", "CPU time"))


@pytest.mark.slow
def test_a_giant_picture_in_bounded_memory() -> None:
    """13,300 x 13,300 as TIFF or PNG take 1.7 GB to blur, all told, and 12 megapixels in 200 MB more than one pixel."""
    command = [sys.executable, ROOT / "tests" / "benchmarks" / "filters.py", "memory", "--giant"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=True)
    large, *giant = (
        float(row.split("|")[3].removesuffix(" MB ").replace(",", "")) for row in done.stdout.splitlines()[2:]
    )
    assert large < 200
    assert len(giant) == 2
    assert max(giant) < 1700
