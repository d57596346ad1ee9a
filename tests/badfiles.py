"""Broken and hostile files: what must be refused in one plain line, and what is sound but slow."""

from __future__ import annotations

from files_bombs import BOMBS, SLOW
from files_damaged import DAMAGED
from files_foreign import FOREIGN
from files_kernels import KERNELS
from files_records import Bad, BadKernel
from files_wrong import WRONG

__all__ = ["BAD_KERNELS", "BAD_PICTURES", "SLOW_PICTURES", "Bad", "BadKernel"]

BAD_PICTURES: tuple[Bad, ...] = DAMAGED + WRONG + FOREIGN + BOMBS
"""Refused with a line that contains what each `says`; where that is empty, the right picture will do too."""

SLOW_PICTURES: tuple[Bad, ...] = SLOW
"""Sound, but they take a decoder seconds."""

BAD_KERNELS: tuple[BadKernel, ...] = KERNELS
"""Refused with exit code 2 before any picture is touched."""
