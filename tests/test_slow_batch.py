"""Long runs: killed at any instant, several onto one output, and a thousand files of every kind."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import convfilter, fingerprint, start
from files import BAD_PICTURES, ODD_PICTURES, made
from files_pixels import noise
from PIL import Image

from convfilter.atomic import TEMPORARY_PREFIX

pytestmark = pytest.mark.slow


def hashes(folder: Path) -> dict[str, str]:
    """The content of every file below a folder that is not an unfinished one."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(TEMPORARY_PREFIX)
    }


@pytest.mark.timeout(580)
def test_fifty_kills(tmp_path: Path, random: np.random.Generator) -> None:
    """Item 35: after kill -9 at 50 random instants each output is absent or whole, and the next run does the rest."""
    (tmp_path / "in").mkdir()
    for index in range(40):
        Image.fromarray(noise(random, 300, 400, 3)).save(tmp_path / "in" / f"{index}.png")
    run = ("blur", tmp_path / "in", "-r", "--skip-existing", "-o")
    began = time.monotonic()
    assert convfilter(*run, tmp_path / "whole").returncode == 0
    whole, seconds = hashes(tmp_path / "whole"), time.monotonic() - began
    stopped = 0
    for _ in range(50):
        out = tmp_path / "out"
        shutil.rmtree(out, ignore_errors=True)
        process = start(*run, out)
        time.sleep(float(random.uniform(0.3, 1)) * seconds)
        process.kill()
        process.communicate()
        found = hashes(out)
        assert found.items() <= whole.items()
        stopped += 0 < len(found) < len(whole)
        done = convfilter(*run, out)
        assert done.returncode == 0, done.stderr
        assert hashes(out) == whole
    assert stopped > 5, "hardly any kill came in the middle"


@pytest.mark.timeout(580)
@pytest.mark.parametrize("how", [[], ["--overwrite"]])
def test_eight_runs_onto_one_output(tmp_path: Path, random: np.random.Generator, how: list[str]) -> None:
    """Item 37: eight runs at once onto one output leave one whole picture of theirs, 25 times out of 25."""
    wholes = set()
    for index in range(8):
        Image.fromarray(noise(random, 200 + index, 300, 3)).save(tmp_path / f"{index}.png")
        assert convfilter("blur", tmp_path / f"{index}.png", "-o", tmp_path / f"whole{index}.png").returncode == 0
        wholes.add((tmp_path / f"whole{index}.png").read_bytes())
    out = tmp_path / "out" / "one.png"
    for _ in range(25):
        shutil.rmtree(out.parent, ignore_errors=True)
        processes = [start("blur", tmp_path / f"{index}.png", "-o", out, *how) for index in range(8)]
        answers = [(process.communicate()[1], process.returncode) for process in processes]
        codes = [code for _, code in answers]
        assert codes.count(0) == (8 if how else 1), answers
        assert out.read_bytes() in wholes
        assert [path.name for path in out.parent.iterdir()] == ["one.png"]


@pytest.mark.timeout(580)
def test_soak(tmp_path: Path) -> None:
    """Item 54: 1,700 sound, odd and broken files give the same with one and four at once, and all are counted."""
    folder = tmp_path / "in"
    folder.mkdir()
    kinds = len(ODD_PICTURES) + len(BAD_PICTURES)
    rounds = -(-1700 // kinds)
    for index in range(rounds):
        made(folder / f"{index:02}", *ODD_PICTURES, *BAD_PICTURES)
    count = kinds * rounds
    before = fingerprint(folder)
    found = []
    for jobs in (1, 4, 4):
        out = tmp_path / f"out{len(found)}"
        report = tmp_path / f"{len(found)}.jsonl"
        arguments = ["gray", folder, "-r", "--include", "*", "-o", out, "--jobs", jobs, "--report", report]
        command = [sys.executable, "-m", "convfilter", *map(str, arguments)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        lines = process.stderr.read().decode().splitlines() if process.stderr else []
        assert process.wait() == 1
        rows = [json.loads(line) for line in report.read_text().splitlines()]
        failed = sum(row["status"] == "failed" for row in rows)
        assert len(rows) == count
        assert lines[-1] == f"{count - failed} done, 0 skipped, {failed} failed"
        assert failed == rounds * len(BAD_PICTURES)
        found.append(hashes(out))
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == count - failed
    assert fingerprint(folder) == before
