"""Pillow's pixel limit and the libraries' warnings, set aside while our own limit and messages are in force."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

_lock = threading.Lock()
_inside = 0
_saved_limit: int | None = None
_saved_warnings = warnings.catch_warnings()

for _name in ("PIL", "tifffile", "imagecodecs"):  # without a handler, logging prints their complaints to stderr
    logging.getLogger(_name).addHandler(logging.NullHandler())


@contextmanager
def quiet() -> Iterator[None]:
    """Let Pillow neither limit pixels nor warn; the last thread to leave restores both."""
    global _inside, _saved_limit, _saved_warnings
    with _lock:
        if _inside == 0:
            _saved_limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
            _saved_warnings = warnings.catch_warnings()
            _saved_warnings.__enter__()
            warnings.filterwarnings("ignore", module=r"PIL\b|tifffile\b|imagecodecs\b")
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                Image.MAX_IMAGE_PIXELS = _saved_limit
                _saved_warnings.__exit__(None, None, None)
