"""How kernels are taken apart: exactly, and only where that costs less."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks.peak import peak
from engine_runs import reference, run
from files_pixels import noise
from PIL import Image
from references import assert_same_levels, to_samples

from convfilter import Convolve, Kernel, gaussian_kernel, load_kernel, mean_kernel
from convfilter.engine.passes import described, pairs_of


def of_rank(rank: int, size: int, random: np.random.Generator) -> np.ndarray[Any, Any]:
    """A random matrix of a rank."""
    return random.normal(size=(size, rank)) @ random.normal(size=(rank, size)) / size**2


@pytest.mark.parametrize(
    ("rank", "size", "count"), [(1, 9, 1), (2, 31, 2), (4, 31, 4), (7, 31, 0), (2, 9, 0), (1, 3, 0)]
)
def test_kernels_of_low_rank_become_columns_and_rows(
    rank: int, size: int, count: int, random: np.random.Generator
) -> None:
    """As many pairs as the rank, where they have fewer weights to slide; what they add up to is the kernel."""
    weights = of_rank(rank, size, random)
    pairs = pairs_of(weights)
    assert len(pairs or []) == count
    if pairs:
        total = sum(down @ across for down, across in pairs)
        assert np.abs(total - weights).sum() * 65535 < 0.001 * np.abs(weights).sum(), "a thousandth of a 16-bit level"


@pytest.mark.parametrize(("rank", "dtype"), [(1, np.uint8), (3, np.uint8), (3, np.uint16)])
def test_pairs_filter_as_the_kernel_does(rank: int, dtype: Any, random: np.random.Generator) -> None:
    """A kernel that is run as pairs agrees with float64."""
    kernel = Kernel(of_rank(rank, 25, random) * 5)
    assert described(kernel) == ("a column and a row" if rank == 1 else "3 columns and rows")
    pixels = noise(random, 70, 60, 3, dtype=dtype)
    assert_same_levels(run(pixels, Convolve(kernel)), to_samples(reference(pixels, kernel, "reflect"), dtype))


def test_whole_weights_stay_whole(random: np.random.Generator) -> None:
    """Whole numbers are taken apart into whole numbers or not at all, so that their sums are exact."""
    column, row = random.integers(1, 9, (12, 1)), random.integers(1, 9, (1, 12))
    weights = (column * row).astype(float)
    weights[0, 0] += 1
    assert pairs_of(weights) is None
    pairs = pairs_of(np.outer(np.arange(1, 13), np.ones(12)))
    assert pairs
    for down, across in pairs:
        assert not (down % 1).any()
        assert not (across % 1).any()


def test_the_choice_is_said(cli: Any, photo: Any, tmp_path: Any) -> None:
    """`-v` says how each kernel is slid."""
    for arguments, words in (
        (("blur", "--sigma", 4), "as a column and a row, "),
        (("blur", "--kernel", "mean"), "as one pass, "),
        (("apply", "--kernel", "sobel"), "as one pass, "),
    ):
        command, *rest = arguments
        answer = cli(command, photo, *rest, "-v", "--overwrite", "-o", tmp_path / "out.png")
        assert answer.code == 0
        assert words in answer.err
    assert described(mean_kernel(60)) == "a column and a row"
    assert described(gaussian_kernel(2)) == "a column and a row"
    assert described(load_kernel("laplacian8")) == "one pass"


def test_maps_of_a_bank_are_taken_in_one_by_one(tmp_path: Path, random: np.random.Generator) -> None:
    """A bank of a hundred kernels takes hardly more memory than one of them: not the three megabytes of each map."""
    Image.fromarray(noise(random, 500, 500, 3)).save(tmp_path / "a.png")
    bank = {f"f{index}": random.normal(size=(3, 3)).tolist() for index in range(100)}
    (tmp_path / "bank.yaml").write_text(f"combine: magnitude\nweights: {bank}\n")
    (tmp_path / "one.yaml").write_text(f"weights: {bank['f0']}\n")
    command = [sys.executable, "-m", "convfilter", "apply", tmp_path / "a.png", "--overwrite", "-o", tmp_path / "b.png"]
    one, all_ = (peak(*command, "--kernel", tmp_path / f"{name}.yaml") for name in ("one", "bank"))
    assert all_ - one < 100e6
