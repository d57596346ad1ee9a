"""Make every picture of tutorial.md again, with the commands that it shows.

`python docs/remake.py`, with the Python of the environment that convfilter is installed in.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import tempfile
from pathlib import Path

from convfilter.cli.main import run

DOCS = Path(__file__).parent


def remake(folder: Path) -> list[tuple[str, str]]:
    """Run the commands of the tutorial in an empty folder; its pictures are then in tutorial/ there.

    Returns:
        Each command with what it printed to standard output.
    """
    (folder / "samples").symlink_to(DOCS.parent / "samples")
    before = Path.cwd()
    os.chdir(folder)
    try:
        return [(command, _printed(command)) for command in commands()]
    finally:
        os.chdir(before)


def commands() -> list[str]:
    """The command lines of the tutorial, in order."""
    return re.findall(r"^    (convfilter .*)$", (DOCS / "tutorial.md").read_text(), re.MULTILINE)


def pictures() -> list[str]:
    """The names of the pictures that the tutorial shows."""
    return re.findall(r"!\[.*?\]\(pictures/(.*?)\)", (DOCS / "tutorial.md").read_text())


def _printed(command: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        code = run(shlex.split(command)[1:])
    if code:
        raise RuntimeError(f"{command}: ended with {code}")
    return printed.getvalue()


def main() -> None:
    """Put the pictures beside the tutorial."""
    with tempfile.TemporaryDirectory() as folder:
        remake(Path(folder))
        for name in pictures():
            shutil.copy(Path(folder, "tutorial", name), DOCS / "pictures" / name)


if __name__ == "__main__":
    main()
