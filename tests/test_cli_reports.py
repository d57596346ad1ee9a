"""What --report tells of a run: lines of JSON, a page, and what is clipped."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import fingerprint
from files_pixels import noise


def test_a_report_that_cannot_be_written(cli: Any, tree: Path, tmp_path: Path) -> None:
    """Item 34: a full disk under a report costs one line and exit code 1; the pictures are done and counted."""
    (tmp_path / "full.jsonl").symlink_to("/dev/full")
    answer = cli("gray", tree, "-o", tmp_path / "out", "--report", tmp_path / "full.jsonl")
    assert answer.code == 1
    assert answer.err.splitlines() == [
        f"cannot write {tmp_path}/full.jsonl: No space left on device; the report ends here",
        "2 done, 0 skipped, 0 failed",
    ]
    os.mkfifo(tmp_path / "pipe.html")
    assert cli("gray", tree, "-o", tmp_path / "new", "--report", tmp_path / "pipe.html").code == 2


def test_report_in_lines(cli: Any, tree: Path, tmp_path: Path) -> None:
    """Each picture is a line of JSON as it ends; a second run adds its lines, but to no file that is no report."""
    (tree / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    report = tmp_path / "r" / "results.jsonl"
    for options in ([], ["--skip-existing"]):
        assert cli("blur", tree, "-o", tmp_path / "out", "--report", report, *options).code == 1
    rows = [json.loads(line) for line in report.read_text().splitlines()]
    assert [row["status"] for row in rows].count("done") == 2
    assert [row["status"] for row in rows].count("skipped") == 2
    assert [row["status"] for row in rows].count("failed") == 2
    by_input = {row["input"]: row for row in rows[:3]}
    done, failed = by_input[str(tree / "a.png")], by_input[str(tree / "bad.jpg")]
    assert done["output"] == str(tmp_path / "out" / "a.png")
    assert (done["width"], done["height"], done["frames"]) == (96, 64, 1)
    assert done["seconds"] > 0
    assert failed["reason"].startswith(f"{tree}/bad.jpg: ")
    assert failed["output"] is None
    shutil.copy(tree / "a.png", tree / "picture.jsonl")
    (tree / "training.jsonl").write_text('{"input": "What is 2+2?", "output": "4"}\n')
    before = fingerprint(tree)
    for foreign in ("picture.jsonl", "training.jsonl"):
        answer = cli("gray", tree, "-o", tmp_path / "gray", "--report", tree / foreign)
        assert (answer.code, "is not a report of convfilter" in answer.err) == (2, True)
    assert fingerprint(tree) == before


@pytest.mark.parametrize("half", ['{"input": "half', '{"input": "half.png", "outp'])
def test_a_line_cut_short_takes_no_other_with_it(cli: Any, tree: Path, tmp_path: Path, half: str) -> None:
    """After a run that was killed, or had a full disk, in the middle of a line, the next one begins a new line."""
    report = tmp_path / "r.jsonl"
    report.write_text(half)
    assert cli("blur", tree, "-o", tmp_path / "out", "--report", report).code == 0
    first, *lines = report.read_text().splitlines()
    assert first == half
    assert {json.loads(line)["status"] for line in lines} == {"done"}


@pytest.mark.parametrize(("size", "depth"), [((70, 50), np.uint8), ((33, 200), np.uint8), ((40, 40), np.uint16)])
def test_the_share_of_clipped_samples(
    cli: Any, tmp_path: Path, random: np.random.Generator, size: tuple[int, int], depth: Any
) -> None:
    """The report tells which share of the samples was cut off, as scipy's unclipped result has it."""
    import imagecodecs
    import scipy.ndimage

    pixels = noise(random, *size, 3, dtype=depth)
    (tmp_path / "in.png").write_bytes(imagecodecs.png_encode(pixels))
    report = tmp_path / "r.jsonl"
    assert cli("apply", tmp_path / "in.png", "--kernel", "sharpen", "--report", report).code == 0
    weights = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]])
    exact = scipy.ndimage.correlate(pixels.astype(np.int64), weights[:, :, np.newaxis], mode="mirror")
    wanted = ((exact < 0) | (exact > np.iinfo(depth).max)).mean()
    assert json.loads(report.read_text())["clipped"] == pytest.approx(wanted, abs=1e-12)


def test_report_as_a_page(cli: Any, tree: Path, tmp_path: Path) -> None:
    """The page shows before and after; one of ours is replaced, another file is not, and nothing else is done then."""
    page = tmp_path / "results.html"
    for _ in range(2):
        assert cli("gray", tree, "-o", tmp_path / "out", "--overwrite", "--report", page).code == 0
    assert page.read_text().count("data:image/jpeg;base64,") == 4
    page.write_text("<p>mine")
    for wrong in (page, tmp_path / "x.txt"):
        for dry in ([], ["--dry-run"]):
            assert cli("gray", tree, "-o", tmp_path / "new", "--report", wrong, *dry).code == 2
        assert not (tmp_path / "new").exists()
    assert page.read_text() == "<p>mine"
