"""Many pictures in one command: which are taken, where they go, several at once, what is told of them."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import convfilter, fingerprint
from files_pixels import noise
from PIL import Image


@pytest.fixture
def tree(tmp_path: Path, photo: Path) -> Path:
    """A folder with pictures, in folders too, and other things."""
    root = tmp_path / "photos"
    for name in ("a.png", "B.PNG", "2025/a.png", "2025/may/c.png", ".hidden/d.png"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(photo, root / name)
    shutil.copy(photo, root / ".convfilter-1-00.tmp")
    (root / "notes.txt").write_text("no picture")
    return root


def outputs(folder: Path) -> list[str]:
    """The files below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ([], ["B.PNG", "a.png"]),
        (["-r"], ["2025/a.png", "2025/may/c.png", "B.PNG", "a.png"]),
        (["-r", "--include", "2025/*"], ["2025/a.png", "2025/may/c.png"]),
        (["-r", "--include", "A.*"], ["2025/a.png", "a.png"]),
        (["-r", "--exclude", "a.png", "--exclude", "*/may/*"], ["B.PNG"]),
    ],
)
def test_folders(cli: Any, tree: Path, tmp_path: Path, arguments: list[str], wanted: list[str]) -> None:
    """A folder stands for its pictures, with -r for those below it too, which keep their folders in the output."""
    answer = cli("gray", tree, *arguments, "-o", tmp_path / "out")
    assert answer.code == 0, answer.err
    assert outputs(tmp_path / "out") == wanted


def test_patterns_that_the_shell_left_alone(cli: Any, tree: Path, tmp_path: Path, monkeypatch: Any) -> None:
    """A name with wildcards that no file has is a pattern; the folders after the first wildcard are kept."""
    monkeypatch.chdir(tmp_path)
    assert cli("gray", "photos/**/*.png", "-o", "one/").code == 0
    assert outputs(tmp_path / "one") == ["2025/a.png", "2025/may/c.png", "a.png"]
    assert cli("gray", "photos/20*", "-o", "two/{below}/{stem}.jpg").code == 0
    assert outputs(tmp_path / "two") == ["2025/a.jpg"]
    answer = cli("gray", "photos/*.gif", "-o", "three/")
    assert (answer.code, answer.err) == (2, "convfilter: photos/*.gif: no file matches\n")
    shutil.copy(tree / "a.png", tmp_path / "odd[1].png")
    assert cli("gray", "odd[1].png").code == 0


@pytest.mark.parametrize("null", [False, True])
def test_lists(tree: Path, tmp_path: Path, null: bool) -> None:
    """Item 40: names come from a file or standard input, by lines or NUL, whatever bytes they are made of."""
    odd = os.fsencode(tree) + (b"/new\nline \xff.png" if null else b"/with space \xff.png")
    shutil.copy(tree / "a.png", odd)
    names = [os.fsencode(tree / "2025" / "a.png"), odd]
    (tmp_path / "list").write_bytes((b"\0" if null else b"\r\n").join(names) + b"\n\0"[null : null + 1])
    for place, options in ((tmp_path / "list", {}), ("-", {"stdin": (tmp_path / "list").open("rb")})):
        done = convfilter(
            "gray", "--from-file", place, *(["-0"] if null else []), "-o", tmp_path / "out", "--overwrite", **options
        )
        assert done.returncode == 0, done.stderr
        assert len(outputs(tmp_path / "out")) == 2
    for content in (b"", b"\n\n"):
        (tmp_path / "list").write_bytes(content)
        assert convfilter("gray", "--from-file", tmp_path / "list").returncode == 2
    assert convfilter("gray", "--from-file", tmp_path / "none").returncode == 2
    assert convfilter("gray").returncode == 2


def test_outputs_are_not_taken_for_inputs(cli: Any, tree: Path) -> None:
    """A second run over a tree that holds the results of the first does the same pictures, no others."""
    for _ in range(2):
        answer = cli("gray", tree, "-r", "-o", tree / "out", "--overwrite")
        assert answer.code == 0
        assert "4 done, 0 skipped, 0 failed" in answer.err
    answer = cli("gray", tree)
    assert answer.code == 2
    assert "say with --output where results go" in answer.err
    assert outputs(tree / "out") == ["2025/a.png", "2025/may/c.png", "B.PNG", "a.png"]


def test_a_flat_output_that_would_lose_a_picture_is_refused(cli: Any, tree: Path) -> None:
    """Item 31: two pictures of a tree that land on one name are both named, and nothing is written."""
    before = fingerprint(tree)
    answer = cli("gray", tree, "-r", "-o", f"{tree}/out/{{stem}}.jpg")
    assert answer.code == 2
    assert "written twice" in answer.err
    assert str(tree / "2025" / "a.png") in answer.err
    assert fingerprint(tree) == before


def test_a_folder_that_cannot_be_looked_into_fails(tree: Path, tmp_path: Path) -> None:
    """Item 8: an unreadable folder below is told and makes the exit code 1; what is beside it is done."""
    (tree / "2025").chmod(0)
    command = f"{sys.executable} -m convfilter gray {tree} -r -o {tmp_path}/out"
    bare = ["capsh", "--drop=cap_dac_override,cap_dac_read_search", "--", "-c", command]
    if os.geteuid() == 0 and shutil.which("capsh") is None:
        pytest.skip("root reads everything")
    done = subprocess.run(
        bare if os.geteuid() == 0 else ["sh", "-c", command], capture_output=True, text=True, check=False
    )
    (tree / "2025").chmod(0o755)
    assert done.returncode == 1
    assert f"{tree}/2025: permission denied" in done.stderr
    assert done.stderr.endswith("2 done, 0 skipped, 1 failed\n")


def test_skip_existing(cli: Any, tree: Path, tmp_path: Path) -> None:
    """Item 47: --skip-existing leaves outputs alone, by their names and not their dates, and does the rest."""
    assert cli("gray", tree, "-o", tmp_path / "out").code == 0
    kept = tmp_path / "out" / "a.png"
    kept.write_bytes(b"kept")
    os.utime(kept, (0, 0))
    answer = cli("gray", tree, "-r", "-o", tmp_path / "out", "--skip-existing")
    assert answer.code == 0
    assert answer.err == "2 done, 2 skipped, 0 failed\n"
    assert kept.read_bytes() == b"kept"
    assert cli("gray", tree, "-o", tmp_path / "out", "--skip-existing", "--overwrite").code == 2
    assert cli("gray", tree, "--in-place", "--skip-existing").code == 2


def test_skipping_hides_no_failure(cli: Any, tree: Path, tmp_path: Path) -> None:
    """With --skip-existing, a folder in which nothing is found still fails."""
    (tmp_path / "empty").mkdir()
    answer = cli("gray", tmp_path / "empty", tree, "-o", tmp_path / "out", "--skip-existing")
    assert answer.code == 1
    assert answer.err.endswith("2 done, 0 skipped, 1 failed\n")


def test_patterns_find_folders_and_follow_no_links(cli: Any, tree: Path, tmp_path: Path) -> None:
    """A folder that a pattern finds stands for its pictures, also after **; links to folders are not walked."""
    (tree / "again").symlink_to(".")
    (tree / "and again").symlink_to(".")
    assert cli("gray", f"{tree}/**/ma?", "-o", tmp_path / "one").code == 0
    assert outputs(tmp_path / "one") == ["2025/may/c.png"]
    assert cli("gray", f"{tree}/**/*.png", "-o", tmp_path / "two").code == 0
    assert outputs(tmp_path / "two") == ["2025/a.png", "2025/may/c.png", "a.png"]


def test_lists_of_other_kinds(cli: Any, tree: Path, tmp_path: Path) -> None:
    """A list with NULs needs -0 and says so; a byte order mark is no part of a name; names are never patterns."""
    (tmp_path / "nul").write_bytes(os.fsencode(tree / "a.png") + b"\0")
    answer = cli("gray", "--from-file", tmp_path / "nul")
    assert (answer.code, answer.err) == (2, f"convfilter: {tmp_path}/nul: its names end with NUL; add -0\n")
    names = f"\ufeff{tree}/a.png\n{tree}/no[1].png\n"
    (tmp_path / "marked").write_text(names, encoding="utf-8")
    answer = cli("gray", "--from-file", tmp_path / "marked", "-o", tmp_path / "out")
    assert answer.code == 1
    assert "no[1].png: no such file" in answer.err
    assert outputs(tmp_path / "out") == ["a.png"]


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


@pytest.mark.parametrize("most", [0, 1])
def test_no_more_threads(cli: Any, tree: Path, tmp_path: Path, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 46: where the system starts no more threads, those that there are do all of it."""
    begin, begun = threading.Thread.start, []

    def limited(thread: threading.Thread) -> None:
        if len(begun) >= most:
            raise RuntimeError("can't start new thread")
        begun.append(thread)
        begin(thread)

    monkeypatch.setattr(threading.Thread, "start", limited)
    answer = cli("blur", tree, "-r", "-j", 3, "-o", tmp_path / "out")
    assert (answer.code, answer.err) == (0, "4 done, 0 skipped, 0 failed\n")


def test_progress_on_a_terminal(tree: Path, tmp_path: Path) -> None:
    """On a terminal a bar shows files, speed, the time left and failures; names stand above it as they are."""
    (tree / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    shutil.copy(tree / "a.png", tree / ":cat: [b]x.png")
    ours, theirs = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "160"}
    command = [sys.executable, "-m", "convfilter", "gray", tree, "-r", "-j", "1", "-o", tmp_path / "out"]
    process = subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # Linux's way to say that the other side is closed
        while part := os.read(ours, 65536):
            shown += part
    os.close(ours)
    assert process.wait() == 1
    text = shown.decode()
    for words in ("━", "6 of 6 files, ", " MP/s, ", " left, 1 failed", ":cat: [b]x.png", "5 done, 0 skipped, 1 failed"):
        assert words in text
    assert text.rstrip().endswith("5 done, 0 skipped, 1 failed")


def test_dry_run(cli: Any, tree: Path, tmp_path: Path) -> None:
    """--dry-run tells inputs, outputs, sizes, what exists, the method, memory and tiles, and writes nothing."""
    (tree / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    Image.new("I;16", (9, 5)).save(tree / "deep.tif")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.png").touch()
    before = fingerprint(tmp_path)
    answer = cli("blur", tree, "-o", tmp_path / "out", "--dry-run")
    assert answer.code == 0
    assert f"{tree}/B.PNG -> {tmp_path}/out/B.PNG  PNG, 96 x 64\n" in answer.out
    assert f"{tmp_path}/out/a.png  PNG, 96 x 64; fails, as its output exists\n" in answer.out
    assert "bad.jpg  fails: damaged JPEG" in answer.out
    assert f"{tmp_path}/out/deep.tif  TIFF, 9 x 5\n" in answer.out
    for words in ("as a column and a row", "4 pictures", "MB of pixels", "1 tiles of", "nothing has been written"):
        assert words in answer.err
    assert fingerprint(tmp_path) == before
    assert cli("blur", tree, "-r", "-o", f"{tmp_path}/{{name}}", "--dry-run").code == 2


@pytest.mark.skipif(sys.platform != "linux", reason="other systems count address space in another way")
def test_low_limits(tree: Path, tmp_path: Path) -> None:
    """Item 46: 2 GB of address space and 32 open files are enough, with more pictures and more jobs than cores."""
    for index in range(40):
        shutil.copy(tree / "a.png", tree / f"{index}.png")
    command = f"ulimit -v 2000000 -n 32; exec {sys.executable} -m convfilter blur {tree} -j 8 -o {tmp_path}/out"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "42 done, 0 skipped, 0 failed\n")


@pytest.mark.parametrize("jobs", [0, -1, "1e9", 10**9])
def test_wrong_numbers_of_jobs(cli: Any, photo: Path, jobs: object) -> None:
    """Item 28: --jobs is a whole number from 1 to 1024."""
    assert cli("gray", photo, "--jobs", jobs).code == 2


def test_several_at_once_give_the_same(cli: Any, tmp_path: Path, random: np.random.Generator) -> None:
    """With one or with several pictures at once the files are the same to the byte."""
    (tmp_path / "in").mkdir()
    for index in range(12):
        side = int(random.integers(20, 400))
        Image.fromarray(noise(random, side, side + index, 3)).save(tmp_path / "in" / f"{index}.png")
    for jobs in (1, 4):
        assert cli("blur", tmp_path / "in", "--jobs", jobs, "-o", tmp_path / f"{jobs}").code == 0
    for name in outputs(tmp_path / "1"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "4" / name).read_bytes()


def test_memory_is_shared_by_pictures_at_once(cli: Any, tree: Path, tmp_path: Path) -> None:
    """Item 20: --max-memory is for all pictures that are worked on at once."""
    assert cli("gray", tree, "--max-memory", "100M", "--jobs", 1, "-o", tmp_path / "one").code == 0
    answer = cli("gray", tree, "--max-memory", "100M", "--jobs", 2, "-o", tmp_path / "two")
    assert answer.code == 1
    assert answer.err.count("50 MB are allowed") == 2


def test_report_in_lines(cli: Any, tree: Path, tmp_path: Path) -> None:
    """Each picture is a line of JSON as it ends; a second run adds its lines."""
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
        answer = cli("gray", tree, "-o", tmp_path / "new", "--report", wrong)
        assert answer.code == 2
        assert not (tmp_path / "new").exists()
    assert cli("gray", tree, "-o", tmp_path / "new", "--report", "/dev/null/r.jsonl").code == 2
    assert page.read_text() == "<p>mine"
