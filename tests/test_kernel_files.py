"""Kernel files: what is read, and how every mistake is told."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import yaml

from convfilter import Kernel, KernelError, kernel_names, load_kernel
from convfilter.kernel_schema import schema
from convfilter.library import folder


def written(tmp_path: Path, text: str | bytes) -> Path:
    """Write a kernel file."""
    path = tmp_path / "k.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def loaded(tmp_path: Path, text: str | bytes) -> Kernel:
    """Read a kernel file with this text."""
    return load_kernel(str(written(tmp_path, text)))


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


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('weights:\n  - [1, "two"]\n', ':2: row 1, column 2: "two" is not a number; write a decimal'),
        ("weights: [[1, 2], [3]]", ":1: weights: row 2 has 1 numbers and row 1 has 2"),
        ("weights: 5", ':1: weights: a list of rows is wanted here, as in [[0, 1], [1, 0]], not "5"'),
        ("weights: [1, 2]", ':1: row 1: a list of numbers is wanted here, as in [[0, 1], [1, 0]], not "1"'),
        ("weights: [[[1]]]", ":1: row 1, column 1: a list is not a number"),
        ("weight: [[1]]", 'unknown key; did you mean "weights"?'),
        ("scale: 1\nweights: [[1]]\nscal: 2", ':3: scal: unknown key; did you mean "scale"?'),
        ("scale: 1", "weights: is missing"),
        ("- 1", ":1: a mapping is wanted here"),
        ("weights: [[1]]\nweights: [[2]]", ':2: the key "weights" stands twice'),
        ("weights: [[1]]\n---\nweights: [[2]]", "a second document"),
        ("weights: &a [[1]]\nsource: *a", "anchors and aliases"),
        ("weights: !!python/object/apply:os.system [echo]", "tags (!) are not read"),
        ("base: {a: 1}\n<<: {b: 2}", "without merging"),
        ("weights: [[1, 2\n", "not YAML"),
        ("", "the file is empty"),
        ("# nothing\n", "the file is empty"),
        ("weights: {a: [[1]], b: [[1, 2]]}\ncombine: max", '"b" is 1 x 2 and "a" is 1 x 1'),
        ("weights: {a: [[1]]}", "a bank needs `combine"),
        ("weights: [[1]]\ncombine: max", "`combine` is for a bank"),
        ("weights: {a: [[1]]}\ncombine: min", '"min" is not one of magnitude, sum or max'),
        ("weights: [[1, -1]]\nnormalize: true", "sum to about 0"),
        ("weights: [[0, 0]]", "every weight is 0"),
        ("weights: [[1]]\nflip: yes", '"yes" is neither true nor false'),
        ("weights: [[1/0]]", "divides by zero"),
    ],
)
def test_mistakes_are_told_by_line_and_cell(text: str, says: str, tmp_path: Path) -> None:
    """Each mistake is one line with the file, the line, the place and what to do."""
    with pytest.raises(KernelError) as caught:
        loaded(tmp_path, text)
    message = str(caught.value)
    assert says in message
    assert message.startswith(str(tmp_path / "k.yaml"))
    assert "\n" not in message


@pytest.mark.parametrize(
    "cell",
    [".nan", "nan", ".inf", "inf", "null", "~", "2020-01-01", "true", "yes", "1+2j", "010", "1:30", "1_000", "0x1F",
     "1e999", "9" * 5000, "''", "1/2/3", "\uff11", "--1", "1e"],
)  # fmt: skip
def test_only_numbers_are_numbers(cell: str, tmp_path: Path) -> None:
    """What YAML would turn into another number, or into none, is refused by its cell, in a short line."""
    with pytest.raises(KernelError, match="row 1, column 2") as caught:
        loaded(tmp_path, f"weights: [[1, {cell}]]")
    assert len(str(caught.value)) < 500


def laughs() -> str:
    """Return the billion laughs: nine levels of nine aliases."""
    levels = zip("abcdefgh", "bcdefghi", strict=True)
    return "a: &a [x]\n" + "".join(f"{next_}: &{next_} [{','.join([f'*{last}'] * 9)}]\n" for last, next_ in levels)


def merges() -> str:
    """Return merge keys of merge keys, which take the YAML library itself a minute."""
    lines = [f"x{index}: &x{index} {{<<: [{', '.join([f'*x{index - 1}'] * 9)}]}}\n" for index in range(1, 20)]
    return "x0: &x0 {a: 1}\n" + "".join(lines)


@pytest.mark.parametrize(
    "text",
    [laughs(), merges(), "weights: " + "[" * 5000 + "]" * 5000, "{a: " * 5000 + "}" * 5000,
     "weights: [[" + "1," * 25_000_000 + "1]]"],
    ids=["billion laughs", "merge keys", "deep lists", "deep mappings", "50 MB"],
)  # fmt: skip
def test_bombs_are_refused_at_once(text: str, tmp_path: Path) -> None:
    """Item 25: files that grow in memory or time are refused in a second, in a short line."""
    path = written(tmp_path, text)
    start = time.perf_counter()
    with pytest.raises(KernelError) as caught:
        load_kernel(str(path))
    assert time.perf_counter() - start < 1
    assert len(str(caught.value)) < 500


def test_unreadable_files_are_told(tmp_path: Path) -> None:
    """A kernel file that is missing or a folder is told by the system's reason."""
    with pytest.raises(KernelError, match="No such file"):
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
    assert all(value == 0 or abs(value - 1) < 1e-12 for value in kernel.sums)


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
    return json.loads((folder() / "kernel.schema.json").read_text())


def test_published_schema_is_the_one_in_force() -> None:
    """The schema file beside the kernels is what `convfilter kernels schema` prints."""
    assert published_schema() == schema()


@pytest.mark.parametrize("name", kernel_names())
def test_library_follows_the_schema(name: str) -> None:
    """An editor that completes by the schema finds no fault with the library."""
    jsonschema.validate(yaml.safe_load((folder() / f"{name}.yaml").read_text()), published_schema())


@pytest.mark.parametrize("text", ["weights: 5", "weight: [[1]]", "weights: [[two]]", "weights: [[1]]\ncombine: min"])
def test_schema_refuses_what_the_reader_refuses(text: str) -> None:
    """An editor marks the commonest mistakes by the schema alone."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(text), published_schema())
