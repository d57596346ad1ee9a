"""All test files: those that must be refused, and those that must be read right though they are unusual."""

from __future__ import annotations

from pathlib import Path

from files_bombs import BOMBS, SLOW
from files_damaged import DAMAGED, WORN
from files_foreign import FOREIGN
from files_kernels import KERNELS
from files_odd_animated import ANIMATED
from files_odd_photo import PHOTO
from files_odd_png import PNG
from files_odd_raw import RAW
from files_odd_tags import TAGGED
from files_odd_tiff import TIFF
from files_records import Bad, Odd
from files_wrong import WRONG, WRONG_BUT_READ

BAD_PICTURES: tuple[Bad, ...] = DAMAGED + WRONG + FOREIGN + BOMBS
"""Refused with exit code 1, in a line that contains what each `says`."""

BAD_KERNELS: tuple[Bad, ...] = KERNELS
"""Refused with exit code 2 before any picture is touched."""

ODD_PICTURES: tuple[Odd, ...] = PNG + TIFF + PHOTO + RAW + TAGGED + ANIMATED + WORN + WRONG_BUT_READ
"""Read to the last pixel of every frame, and filtered."""

SLOW_PICTURES = SLOW
"""Sound, but they take a decoder seconds: each with the seconds it may take, and what it is refused with, if it is."""


def made(folder: Path, *files: Bad | Odd) -> list[Path]:
    """Write test files into a folder."""
    folder.mkdir(exist_ok=True)
    paths = [folder / file.name for file in files]
    for path, file in zip(paths, files, strict=True):
        path.write_bytes(file.make())
    return paths
