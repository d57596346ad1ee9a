"""Which pictures a command takes: folders, patterns and lists, and what it leaves alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from glob import glob
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import convfilter, fingerprint, outputs, pixels_of

from convfilter.walking import matching


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


@pytest.mark.parametrize("null", [pytest.param(False, marks=pytest.mark.slow), True])
def test_lists(cli: Any, tree: Path, tmp_path: Path, null: bool) -> None:
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
        assert cli("gray", "--from-file", tmp_path / "list").code == 2
    assert cli("gray", "--from-file", tmp_path / "none").code == 2
    assert cli("gray").code == 2


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


def test_patterns_find_folders_and_follow_no_links(cli: Any, tree: Path, tmp_path: Path) -> None:
    """A folder that a pattern finds stands for its pictures, also after **; links to folders are not walked."""
    (tree / "again").symlink_to(".")
    (tree / "and again").symlink_to(".")
    assert cli("gray", f"{tree}/**/ma?", "-o", tmp_path / "one").code == 0
    assert outputs(tmp_path / "one") == ["2025/may/c.png"]
    assert cli("gray", f"{tree}/**/*.png", "-o", tmp_path / "two").code == 0
    assert outputs(tmp_path / "two") == ["2025/a.png", "2025/may/c.png", "a.png"]
    (tree / "pictures.png").symlink_to("2025")
    assert cli("gray", tree, "-o", tmp_path / "three").code == 0


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


def test_a_folder_of_the_name_of_the_stream(photo: Path, tmp_path: Path) -> None:
    """`-` is standard input, whatever is called so in the current folder."""
    (tmp_path / "-").mkdir()
    done = convfilter("gray", "-", "-o", "out.png", cwd=tmp_path, input=photo.read_bytes(), stdin=None)
    assert done.returncode == 0
    assert pixels_of(tmp_path / "out.png").ndim == 2


def test_patterns_match_as_those_of_glob(tmp_path: Path, random: np.random.Generator) -> None:
    """Random patterns with `**` match what Python's own glob finds in a random tree without links."""
    for _ in range(60):
        folder = tmp_path.joinpath(*random.choice(["a", "b", "ab"], random.integers(0, 4)))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{random.choice(['a', 'b', 'ab'])}.png").touch()
    for _ in range(60):
        parts = ["**", *random.choice(["**", "*", "a*", "?", "b", "*.png", "ab.png"], random.integers(1, 5))]
        pattern = str(tmp_path.joinpath(*random.permutation(parts)))
        if "**" not in Path(pattern).name:  # where glob names the folder itself, too
            wanted = {Path(path) for path in glob(pattern, recursive=True)}  # noqa: PTH207
            assert set(matching(tmp_path, pattern)) == wanted, pattern


@pytest.mark.parametrize("name", ["{}", "{}/**/*.png"])
def test_folders_deeper_than_calls(cli: Any, photo: Path, tmp_path: Path, name: str) -> None:
    """Item 40: a picture below more folders than Python's calls can be nested is found, and its folders are made."""
    deepest = tmp_path / "in" / "/".join("d" * 1100)
    top, home = tmp_path / "in", Path.cwd()
    for folder in (top, *["d"] * 1100):
        os.mkdir(folder)  # noqa: PTH102
        os.chdir(folder)
    os.chdir(home)
    shutil.copy(photo, deepest / "deep.png")
    assert cli("gray", name.format(top), "-r", "-o", tmp_path / "out", "-q").code == 0
    result = tmp_path / "out" / deepest.relative_to(top) / "deep.png"
    assert result.exists()
    for path in (deepest / "deep.png", result):  # as whoever cleans up may not be able to
        path.unlink()
        os.removedirs(path.parent)
