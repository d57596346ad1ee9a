"""Models that must be refused: damaged, foreign, hostile, or sound but of another shape."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
from typing import Any

import numpy as np
import safetensors.numpy
from files_records import Bad

from convfilter.mnist.layers import parameter_shapes
from convfilter.mnist.models import FORMAT
from convfilter.mnist.presets import PRESETS

SHAPES = parameter_shapes(PRESETS["softmax"].layers)


def model(changes: dict[str, Any] | None = None, **metadata: str | None) -> bytes:
    """A model of preset softmax, with other arrays or other metadata; None leaves one out."""
    arrays: dict[str, Any] = {name: np.zeros(shape, np.float32) for name, shape in SHAPES.items()} | (changes or {})
    said = {"format": FORMAT, "preset": "softmax", "metrics": "{}"} | metadata
    return safetensors.numpy.save(
        {name: array for name, array in arrays.items() if array is not None},
        {key: value for key, value in said.items() if value is not None},
    )


def with_header(header: Any, data: bytes = b"") -> bytes:
    """A file with this JSON, or these bytes, as its header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def keras_archive(config: str) -> bytes:
    """A .keras file of this configuration, with a path that climbs out of its folder in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("metadata.json", '{"keras_version": "3.15.0"}')
        archive.writestr("config.json", config)
        archive.writestr("../../PWNED", "climbed out")
    return out.getvalue()


class _Canary:
    """What a pickle may carry: a call."""

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("open('PWNED', 'w')",)


LAMBDA = json.dumps(
    {
        "module": "keras.layers",
        "class_name": "Lambda",
        "config": {"function": {"module": "builtins", "class_name": "function", "config": "exec"}},
    }
)
HUGE = {"weights": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}}

MODELS: tuple[Bad, ...] = (
    Bad("empty.safetensors", lambda: b"", 48, "empty file"),
    Bad("one-byte.safetensors", lambda: b"\x10", 48, "not a safetensors file"),
    Bad("cut.safetensors", lambda: model()[:5000], 48, "shorter than its header says"),
    Bad("cut-in-header.safetensors", lambda: model()[:100], 48, "header is not"),
    Bad("too-long.safetensors", lambda: model() + b"1234", 48, "longer than its header says"),
    Bad("text.safetensors", lambda: b"<html>Bad gateway</html>" * 9, 48, "not a safetensors file"),
    Bad("nan.safetensors", lambda: model({"dense1/bias": np.full(10, np.nan, np.float32)}), 48, "not finite"),
    Bad("header-not-json.safetensors", lambda: with_header(b"{" * 50), 48, "header is not"),
    Bad("header-deep.safetensors", lambda: with_header(b'{"a":' + b"[" * 90_000), 48, "header is not"),
    Bad("header-a-list.safetensors", lambda: with_header([1]), 48, "header is not"),
    Bad("header-of-numbers.safetensors", lambda: with_header({"__metadata__": {"format": 1}}), 48, "header is not"),
    Bad("no-metadata.safetensors", lambda: safetensors.numpy.save({"a": np.zeros(1)}), 48, "not a model that"),
    Bad("bad-metrics.safetensors", lambda: model(metrics="[" * 9000), 48, "metrics are not JSON"),
    Bad("no-metrics.safetensors", lambda: model(metrics=None), 48, "metrics are not JSON"),
    Bad("huge-header.safetensors", lambda: struct.pack("<Q", 2**40) + b"{}", 49, "not a safetensors file"),
    Bad("huge-tensor.safetensors", lambda: with_header({"__metadata__": {"format": FORMAT}} | HUGE), 49, "metrics"),
    Bad("lambda.keras", lambda: keras_archive(LAMBDA), 49, "zip archive"),
    Bad("config-bomb.keras", lambda: keras_archive("[" * 20_000_000), 49, "zip archive"),
    Bad("pickle.pkl", lambda: pickle.dumps(_Canary()), 49, "a pickle"),
    Bad("old.h5", lambda: b"\x89HDF\r\n\x1a\n" + bytes(2000), 49, "HDF5"),
    Bad("unknown-preset.safetensors", lambda: model(preset="os.system"), 49, "no preset"),
    Bad("near-preset.safetensors", lambda: model(preset="sofmax"), 49, 'did you mean "softmax"'),
    Bad(
        "other-shape.safetensors",
        lambda: model({"dense1/weights": np.zeros((224 * 224 * 3, 2), np.float32)}),
        50,
        "dense1/weights is F32 of shape (784, 10) in such a network, not F32 of shape (150528, 2)",
    ),
    Bad("other-type.safetensors", lambda: model({"dense1/bias": np.zeros(10)}), 50, "not F64 of shape (10,)"),
    Bad("too-few.safetensors", lambda: model({"dense1/bias": None}), 50, "no dense1/bias of shape (10,)"),
    Bad("too-many.safetensors", lambda: model({"more": np.zeros(1, np.float32)}), 50, "'more', which such"),
    Bad("no-layers.keras", lambda: keras_archive('{"config": {"layers": []}}'), 50, "zip archive"),
)
"""Refused with exit code 1 before any picture is read."""
