"""Pixels at any rows and columns, gathered from an array."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter.borders import OUTSIDE
from convfilter.engine.beside import Index


def samples_at(pixels: NDArray[Any], rows: Index, columns: Index) -> NDArray[Any]:
    """Pixels at any indices, zero for `OUTSIDE`: (lanes, rows, columns, channels)."""
    samples = np.empty((*rows.shape, len(columns), pixels.shape[2]), pixels.dtype)
    inside = columns.clip(0)
    near = pixels[:, inside.min() : inside.max() + 1]
    pieces = _pieces(inside - inside.min())
    runs = (np.diff(rows) == 1).all(axis=1)
    for lane, index, run in zip(samples, rows, runs, strict=True):
        source = near[index[0] : index[-1] + 1] if run else near[index.clip(0)]
        for place, across in pieces:
            lane[:, place] = source[:, across]
    if rows.min() == OUTSIDE or columns.min() == OUTSIDE:
        samples[rows == OUTSIDE] = 0
        samples[:, :, columns == OUTSIDE] = 0
    return samples


def _pieces(index: Index) -> list[tuple[slice, slice | Index]]:
    """An index cut before and after its longest run without gaps: where each piece stands, and what it takes.

    A run is taken as a slice, as inside the picture.
    """
    begins = np.flatnonzero(np.diff(index, prepend=index[0] - 2, append=index[-1] + 2) != 1)
    longest = int(np.diff(begins).argmax())
    first, last = int(begins[longest]), int(begins[longest + 1])
    pieces: list[tuple[slice, slice | Index]] = [(slice(first, last), slice(index[first], index[last - 1] + 1))]
    pieces += [(slice(start, stop), index[start:stop]) for start, stop in ((0, first), (last, len(index)))]
    return [(place, source) for place, source in pieces if place.start < place.stop]
