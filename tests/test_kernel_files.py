"""Kernel files: what is read, the library, and the schema; `files_kernels` has every mistake and its words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import yaml

from convfilter import Kernel, KernelError, kernel_names, load_kernel
from convfilter.kernel_schema import schema
from convfilter.library import kernel_folder


def loaded(tmp_path: Path, text: str | bytes) -> Kernel:
    """Read a kernel file with this text."""
    path = tmp_path / "k.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_kernel(str(path))


def test_fractions_decimals_scale_bias_and_flip(tmp_path: Path) -> None:
    """Cells and scale may be decimals, exponents and fractions."""
    kernel = loaded(tmp_path, "weights: [[1/3, -0.5], [1e-3, +2]]\nscale: 1/2\nbias: 0.25\nflip: true\n")
    np.testing.assert_allclose(kernel.weights, np.array([[1 / 3, -0.5], [1e-3, 2]]) / 2)
    assert (kernel.bias, kernel.flip, kernel.name) == (0.25, True, "k")


def test_bank(tmp_path: Path) -> None:
    """A mapping of matrices is a bank, in the order of the file."""
    kernel = loaded(tmp_path, "weights:\n  y: [[1, 2]]\n  n: [[3, 4]]\ncombine: max\n")
    assert (kernel.filters, kernel.combine) == (("y", "n"), "max")
    np.testing.assert_array_equal(kernel.weights, [[[1, 3], [2, 4]]])


def test_normalize(tmp_path: Path) -> None:
    """`normalize: true` divides by the sum."""
    assert loaded(tmp_path, "weights: [[1, 2, 1]]\nnormalize: true").weights.tolist() == [[0.25, 0.5, 0.25]]


def test_byte_order_marks(tmp_path: Path) -> None:
    """UTF-8 and UTF-16 files that say so by a byte order mark are read."""
    text = "weights: [[1]]\ndescription: schärfer\n"
    for encoding in ("utf-8-sig", "utf-16"):
        assert loaded(tmp_path, text.encode(encoding)).description == "schärfer"


def test_unreadable_files_are_told(tmp_path: Path) -> None:
    """A kernel file that is missing or a folder is told by the system's reason."""
    with pytest.raises(KernelError, match=r"[Nn]o such file"):
        load_kernel(str(tmp_path / "none.yaml"))
    with pytest.raises(KernelError, match="directory"):
        load_kernel(f"{tmp_path}/")


def test_unknown_names_suggest_the_nearest() -> None:
    """A misspelt name is answered with the nearest one."""
    with pytest.raises(KernelError, match='did you mean "sobel"'):
        load_kernel("sobl")
    with pytest.raises(KernelError, match='did you mean "gaussian"'):
        load_kernel("gausian")


@pytest.mark.parametrize("name", kernel_names())
def test_library_kernel_is_sound(name: str) -> None:
    """Each kernel of the library loads, says what it does, and sums to exactly 1 or 0."""
    kernel = load_kernel(name)
    assert kernel.description.endswith(".")
    sums = kernel.correlation_weights.sum((0, 1))
    assert np.minimum(np.abs(sums), np.abs(sums - 1)).max() < 1e-12


def test_library_holds_what_people_look_for() -> None:
    """The names that tutorials use are there, 24 kernels at least."""
    assert {
        "identity",
        "mean3x3",
        "gaussian3x3",
        "sharpen",
        "emboss",
        "outline",
        "sobel",
        "scharr",
        "kirsch",
    } <= set(kernel_names())
    assert len(kernel_names()) >= 24


def published_schema() -> Any:
    """Return the schema that editors read."""
    return json.loads((kernel_folder() / "kernel.schema.json").read_text())


def test_published_schema_is_the_one_in_force() -> None:
    """The schema file beside the kernels is what `convfilter kernels schema` prints."""
    assert published_schema() == schema()


@pytest.mark.parametrize("name", kernel_names())
def test_library_follows_the_schema(name: str) -> None:
    """An editor that completes by the schema finds no fault with the library."""
    jsonschema.validate(yaml.safe_load((kernel_folder() / f"{name}.yaml").read_text()), published_schema())


@pytest.mark.parametrize("text", ["weights: 5", "weight: [[1]]", "weights: [[two]]", "weights: [[1]]\ncombine: min"])
def test_schema_refuses_what_the_reader_refuses(text: str) -> None:
    """An editor marks the commonest mistakes by the schema alone."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(text), published_schema())
