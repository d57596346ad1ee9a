"""The table of formats."""

from __future__ import annotations

import subprocess
import sys

import pytest

from convfilter.images.formats import FORMATS, format_of_suffix


def test_importing_the_table_loads_nothing_heavy() -> None:
    """The command line can plan with formats without loading numpy or Pillow."""
    code = "import sys, convfilter.images.formats; sys.exit(any(m in sys.modules for m in ('numpy', 'PIL')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("suffix", "name"),
    [(".JPG", "JPEG"), (".jfif", "JPEG"), (".Tif", "TIFF"), (".pgm", "PPM"), (".pfm", "PFM"), (".j2k", "JPEG2000")],
)
def test_suffixes_in_any_case(suffix: str, name: str) -> None:
    """A suffix tells the format to write, whatever its case."""
    found = format_of_suffix(suffix)
    assert found is FORMATS[name]


@pytest.mark.parametrize("suffix", ["", ".eps", ".txt", ".npy", "png"])
def test_unknown_suffixes(suffix: str) -> None:
    """A suffix that is not in the table has no format."""
    assert format_of_suffix(suffix) is None
