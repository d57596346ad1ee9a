"""The layouts that the engine computes in, for tests that must hold in all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from engine_runs import run

from convfilter.engine import tiling, work
from convfilter.operations import Operations

LAYOUTS = ("lanes", "planes", "odd tiles")


@contextmanager
def layout(name: str) -> Iterator[None]:
    """Compute in lanes in tiles as usual, plane by plane, or in lanes in tiles of some odd pixels."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "has_fast_lanes", lambda _: name != "planes")
        if name == "odd tiles":
            patch.setattr(tiling, "TILE_SAMPLES", 2000)
            patch.setattr(tiling, "TILE_WIDTH", 31)
        yield


def in_tiles(samples: int, width: int, pixels: Any, operations: Operations, **options: Any) -> Any:
    """Run with tiles of another size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiling, "TILE_SAMPLES", samples)
        patch.setattr(tiling, "TILE_WIDTH", width)
        return run(pixels, *operations, **options)
