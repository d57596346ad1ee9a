"""Sound but unusual pictures, each with the pixels that a right reader must see."""

from __future__ import annotations

from files_odd_animated import ANIMATED
from files_odd_photo import PHOTO
from files_odd_png import PNG
from files_odd_tags import TAGGED
from files_odd_tiff import TIFF
from files_records import Odd, difference

__all__ = ["ODD_PICTURES", "Odd", "difference"]

ODD_PICTURES: tuple[Odd, ...] = PNG + TIFF + PHOTO + TAGGED + ANIMATED
"""Read without loss, and filtered; `difference` tells how far what was read is from what is right."""
