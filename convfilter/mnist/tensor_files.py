"""safetensors files from strangers: what they hold is checked by name, type and shape before it is read."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray
from safetensors import SafetensorError

from convfilter import atomic
from convfilter.errors import ImageError, ModelError
from convfilter.images.sources import open_regular, read_up_to
from convfilter.text import one_line

MAX_HEADER = 4_000_000
"""Bytes; the history of 10,000 epochs, the most that a checkpoint can hold, takes 2.1 MB."""

Shapes = dict[str, tuple[int, ...]]
Arrays = dict[str, NDArray[np.float32]]
Metadata = dict[str, str]

_FOREIGN = {
    b"PK\x03\x04": "is a zip archive, such as .keras and PyTorch models are",
    b"\x89HDF": "is an HDF5 file, such as older Keras models are",
    b"\x80": "is a pickle",
}


def read_tensors(path: Path, shapes_of: Callable[[Metadata], Shapes]) -> tuple[Metadata, Arrays]:
    """Read a file of float32 tensors.

    Args:
        path: a safetensors file.
        shapes_of: gives, for the metadata found, the name and shape of every tensor that must be there,
            and no other; may raise ModelError.

    Returns:
        The metadata, and the tensors by name, all finite.

    Raises:
        ModelError: it cannot be read, or does not hold just that; the message begins with the path.
    """
    try:
        with open_regular(path, folders=False) as file:
            start = read_up_to(file, 8)
            header = read_up_to(file, _header_size(start))
            metadata, found = _parsed(header)
            wanted = shapes_of(metadata)
            _compare(found, wanted)
            size = 4 * sum(math.prod(shape) for shape in wanted.values())
            data = read_up_to(file, size + 1)
            if len(data) != size:
                length = "longer" if len(data) > size else "shorter"
                raise ModelError(f"damaged, {length} than its header says; get a whole copy of it, or train anew")
        arrays = safetensors.numpy.load(start + header + data)
        if not all(np.isfinite(array).all() for array in arrays.values()):
            raise ModelError("damaged, it holds numbers that are not finite; get a whole copy of it, or train anew")
    except (ImageError, ModelError) as error:
        raise ModelError(f"{path}: {error}") from None
    except SafetensorError as error:
        raise ModelError(
            f"{path}: damaged safetensors file ({one_line(error)}); get a whole copy of it, or train anew"
        ) from None
    return metadata, arrays


def write_tensors(path: Path, arrays: Mapping[str, NDArray[Any]], metadata: Metadata) -> None:
    """Write a file of float32 tensors, whole or not at all, in place of one that is there.

    Raises:
        OSError: the system cannot write it.
    """
    plain = {name: np.ascontiguousarray(array, np.float32) for name, array in arrays.items()}
    with atomic.output_file(path, overwrite=True) as file:
        file.write(safetensors.numpy.save(plain, metadata))


def _header_size(start: bytes) -> int:
    if not start:
        raise ModelError("empty file; get a whole copy of it, or train anew")
    size = int.from_bytes(start, "little")
    if len(start) == 8 and 2 <= size <= MAX_HEADER:
        return size
    foreign = next((what for magic, what in _FOREIGN.items() if start.startswith(magic)), "not a safetensors file")
    raise ModelError(f"{foreign}; only models that `convfilter mnist train` wrote are read")


def _parsed(header: bytes) -> tuple[Metadata, dict[str, tuple[Any, Any]]]:
    """The metadata, and the type and shape of every tensor, as the header names them."""
    try:
        content = json.loads(header)
        metadata = content.pop("__metadata__", {})
        found = {name: (entry["dtype"], tuple(entry["shape"])) for name, entry in content.items()}
        texts = all(isinstance(text, str) for text in metadata.values())
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError):
        texts = False
    if not texts:
        raise ModelError(
            "damaged or truncated, its header is not that of a safetensors file; get a whole copy of it, or train anew"
        )
    return metadata, found


def _compare(found: dict[str, tuple[Any, Any]], wanted: Shapes) -> None:
    for name, shape in wanted.items():
        if name not in found:
            raise ModelError(f"there is no {name} of shape {shape} in it")
        kind, there = found[name]
        if (kind, there) != ("F32", shape):
            raise ModelError(f"{name} is F32 of shape {shape} in such a network, not {kind} of shape {there}"[:300])
    if len(found) != len(wanted):
        extra = next(name for name in found if name not in wanted)
        raise ModelError(f"holds {extra[:60]!r}, which such a network has not")
