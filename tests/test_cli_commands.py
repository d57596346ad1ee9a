"""`convfilter gray`, `apply`, `kernels` and `devices`."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import scipy.ndimage
from conftest import SAMPLES, fingerprint, pixels_of
from PIL import Image
from references import assert_same_levels, correlate, to_samples

from convfilter import kernel_names


def test_gray_is_the_mean(cli: Any, photo: Path) -> None:
    """`gray` writes one channel, the mean of the three."""
    answer = cli("gray", photo)
    assert (answer.code, answer.err) == (0, "")
    wanted = to_samples(pixels_of(photo).astype(float).mean(axis=-1), np.uint8)
    np.testing.assert_array_equal(pixels_of(photo.with_name("photo.gray.png")), wanted)


def test_gray_of_a_photograph_by_rec601_is_pillows(cli: Any, tmp_path: Path) -> None:
    """`gray --method rec601` is, to a level, the luma that Pillow computes in whole numbers."""
    assert cli("gray", SAMPLES / "rocket.jpg", "--method", "rec601", "-o", tmp_path / "g.png").code == 0
    with Image.open(SAMPLES / "rocket.jpg") as image:
        wanted = np.asarray(image.convert("L")).astype(int)
    assert np.abs(pixels_of(tmp_path / "g.png") - wanted).max() <= 1


def test_sobel_is_the_edge_strength(cli: Any, photo: Path) -> None:
    """`apply --kernel sobel` is the root of the squares of both derivatives of scipy, over 4."""
    assert cli("apply", photo, "--kernel", "sobel", "--border", "symmetric").code == 0
    planes = np.moveaxis(pixels_of(photo).astype(float), -1, 0)
    slopes = [[scipy.ndimage.sobel(plane, axis=axis, mode="reflect") for plane in planes] for axis in (0, 1)]
    wanted = np.moveaxis(np.hypot(*np.array(slopes)) / 4, 0, -1)
    assert_same_levels(pixels_of(photo.with_name("photo.apply.png")), to_samples(wanted, np.uint8))


def test_kernels_are_applied_in_order(cli: Any, photo: Path) -> None:
    """Several --kernel run one after the other, unrounded in between."""
    assert cli("apply", photo, "--kernel", "gaussian3x3", "--kernel", "sobel-x", "--range", "abs").code == 0
    smooth = np.outer([1, 2, 1], [1, 2, 1]) / 16
    slope = np.outer([1, 2, 1], [-1, 0, 1]) / 4
    planes = np.moveaxis(pixels_of(photo), -1, 0)
    wanted = [np.abs(correlate(correlate(plane, smooth, "reflect"), slope, "reflect")) for plane in planes]
    assert_same_levels(pixels_of(photo.with_name("photo.apply.png")), to_samples(np.stack(wanted, -1), np.uint8))


def test_identity_keeps_every_sample(cli: Any, photo: Path) -> None:
    """`apply --kernel identity` gives the same pixels."""
    assert cli("apply", photo, "--kernel", "identity").code == 0
    np.testing.assert_array_equal(pixels_of(photo.with_name("photo.apply.png")), pixels_of(photo))


def test_apply_needs_a_kernel(cli: Any, photo: Path) -> None:
    """`apply` without --kernel is a usage error."""
    assert cli("apply", photo).code == 2


def test_a_wrong_kernel_file_touches_nothing(cli: Any, photo: Path) -> None:
    """Item 21: a wrong cell is told by file, line and place, with exit code 2, and nothing is written."""
    wrong = photo.with_name("wrong.yaml")
    wrong.write_text('weights:\n  - [1, "two"]\n')
    before = fingerprint(photo.parent)
    answer = cli("apply", photo, "--kernel", wrong)
    assert answer.code == 2
    assert answer.err.startswith(f'convfilter: {wrong}:2: row 1, column 2: "two" is not a number; ')
    assert fingerprint(photo.parent) == before


def test_kernels_list_names_all(cli: Any) -> None:
    """`kernels list` has a line for every kernel."""
    answer = cli("kernels", "list")
    assert answer.code == 0
    assert [line.split()[0] for line in answer.out.splitlines()[1:]] == kernel_names()


def test_kernels_show_tells_the_facts(cli: Any) -> None:
    """`kernels show` tells matrix, sum, rank, noise gain, range and bias."""
    out = cli("kernels", "show", "gaussian3x3").out
    for text in ("0.0625", "0.25", "sum 1, rank 1", "noise gain 0.1406", "output range 0 to 1", "suggested 0"):
        assert text in out
    assert "suggested 0.5" in cli("kernels", "show", "sobel-x").out


@pytest.mark.parametrize("arguments", [["gaussian", "--sigma", 1], ["sobel"]])
def test_kernels_show_draws(cli: Any, tmp_path: Path, arguments: list[Any]) -> None:
    """`kernels show --picture` draws a made kernel and a bank, and keeps a picture that is there."""
    path = tmp_path / "k.png"
    assert cli("kernels", "show", *arguments, "--picture", path).code == 0
    assert pixels_of(path).std() > 20
    assert pixels_of(path).shape[1] == 1200
    answer = cli("kernels", "show", *arguments, "--picture", path)
    assert answer.code == 1
    assert "exists already" in answer.err
    assert cli("kernels", "show", *arguments, "--picture", tmp_path / "k.jpg").code == 2
    answer = cli("kernels", "show", *arguments, "--sample", path, "--picture", path, "--overwrite")
    assert (answer.code, "is an input" in answer.err) == (2, True)


@pytest.mark.parametrize("suffix", [".png", ".svg"])
@pytest.mark.parametrize("name", ["$\\frac$.yaml", os.fsdecode(b"\xff.yaml"), "a\nb.yaml"])
def test_kernels_of_any_name_are_drawn(cli: Any, tmp_path: Path, name: str, suffix: str) -> None:
    """Item 40: names of kernels and filters that matplotlib would read as formulas, or that are no text, are drawn."""
    (tmp_path / name).write_text('weights: {"$x^$": [[1, 2]], "\\a": [[0, 0]], "b": [[1, 3]]}\ncombine: max')
    drawing = tmp_path / f"k{suffix}"
    assert cli("kernels", "show", tmp_path / name, "--picture", drawing).code == 0
    if suffix == ".svg":
        ElementTree.parse(drawing)
    else:
        assert 900 < pixels_of(drawing).shape[0] < 1200  # two filters and the whole; that of zeros makes no picture


def test_kernels_too_large_for_a_terminal(cli: Any) -> None:
    """A kernel of thousands of weights is described and not shown, which would take longer than to filter by it."""
    begun = time.monotonic()
    assert "over 99 rows or columns" in cli("kernels", "show", "mean", "--size", 999).out
    assert time.monotonic() - begun < 20


def test_kernels_check(cli: Any, tmp_path: Path) -> None:
    """`kernels check` tells sound files from wrong ones and exits with 2 if one is wrong."""
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("weights: [[1, 2, 1]]")
    bad.write_text("weights: [[1, 2], [3]]")
    answer = cli("kernels", "check", bad, good)
    assert answer.code == 2
    assert answer.out == f"{good}: a valid kernel, 1 x 3\n"
    assert answer.err.startswith(f"{bad}:1: weights: row 2 has 1")
    assert cli("kernels", "check", good).code == 0


def test_devices_names_the_cpu(cli: Any) -> None:
    """`devices` lists the CPU first, by the name that --device takes."""
    answer = cli("devices")
    assert answer.code == 0
    assert answer.out.startswith("cpu\t")


def test_schema_is_json(cli: Any) -> None:
    """`kernels schema` prints JSON."""
    assert json.loads(cli("kernels", "schema").out)["title"] == "convfilter kernel"
