"""What --dry-run tells: what the run itself would do and say, and nothing is written."""

from __future__ import annotations

import os
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from conftest import fingerprint
from files_build import png_file, png_header
from PIL import Image


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
    assert f"{tmp_path}/out/a.png  fails: {tmp_path}/out/a.png exists already" in answer.out
    assert "bad.jpg  fails: damaged JPEG" in answer.out
    assert f"{tmp_path}/out/deep.tif  TIFF, 9 x 5\n" in answer.out
    for words in ("as a column and a row", "4 pictures", "MB of pixels", "1 tile of", "nothing has been written"):
        assert words in answer.err
    assert fingerprint(tmp_path) == before
    assert cli("blur", tree, "-r", "-o", f"{tmp_path}/{{name}}", "--dry-run").code == 2
    matched = cli(
        "blur", tree / "B.PNG", "-o", tmp_path / "new.png", "--match", "scipy", "--kernel", "mean", "--dry-run"
    )
    assert "plane by plane" in matched.err  # in float64, which has no lanes
    assert "lanes" not in matched.err


def test_what_is_skipped_is_not_looked_at(cli: Any, tree: Path, tmp_path: Path) -> None:
    """With --skip-existing an input whose output is there may be damaged, or too large, as in the run."""
    assert cli("blur", tree, "-o", tmp_path / "out").code == 0
    (tree / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    for options in ([], ["--max-pixels", "10"]):
        dry = cli("blur", tree, "-o", tmp_path / "out", "--skip-existing", "--dry-run", *options)
        assert dry.out.count("skipped, its output is there") == 2
        assert cli("blur", tree, "-o", tmp_path / "out", "--skip-existing", *options).code == 0


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("gray a.png --max-pixels 100", "is over the limit of 0.0001 MP"),
        ("gray a.png --max-memory 1M", "1 MB are allowed"),
        (f"gray a.png -o {'x' * 250}.apply.png", "File name too long"),
        (f"gray a.png -o {'{stem}' * 256}/x.png", "File name too long"),
        ("gray a.png -o B.PNG/x.png", "Not a directory"),
        ("gray a.png -o out/x.png --compare out/x.png/c.png", "out/x.png: would be an output, and a folder of others"),
        ("gray a.png -o folder.png --overwrite", "Is a directory"),
        ("gray a.png -o pipe.png --overwrite", "it is a device or a pipe"),
        ("gray a.png -o new.png --compare folder.png/", "folder.png/a.png: Is a directory"),
        (f"gray a.png -o there.png --compare {'x' * 256}.png --skip-existing", "File name too long"),
        ("gray a.png --in-place --compare there.png", "there.png exists already"),
        ("gray a.png -o new.png --report folder.jsonl", "Is a directory"),
        ("gray a.png -o new.png --report a.png/r.html", "Not a directory"),
        (f"gray a.png -o new.png --report {'x' * 256}.jsonl", "File name too long"),
        ("gray wide.png -o wide.webp", "holds no side over 16383 pixels"),
        ("gray wide.png -o new.png --compare c.webp", "c.webp: WEBP holds no side over 16383 pixels"),
        ("apply wide.png --recipe halving.yaml -o new.webp --keep-steps s", "wide.1-gray.webp: WEBP holds no side"),
        ("apply turned.jpg --kernel row.yaml --border valid", "the picture is 4 x 50, and nothing is left"),
        ("gray pages.tif --max-pixels 50000", "250 x 240 = 0.06 MP is over"),
        ("gray odd.tif", "damaged"),
        ("gray a.png -o r.jsonl/ --report r.jsonl", "r.jsonl: would be an output, and a folder of others"),
        ("gray a.png -o new.png --report new.png/r.html", "new.png: would be an output, and a folder of others"),
        ("gray a.png --in-place --scheduler tcp://localhost:9", "--scheduler cannot work --in-place"),
    ],
)
def test_what_fails_is_foreseen(cli: Any, tree: Path, command: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 33: what names, sizes and folders forbid is told before, as the run tells it, which leaves nothing."""
    monkeypatch.chdir(tree)
    _make_odd_files()
    before = fingerprint(tree)
    dry, real = cli(*command.split(), "--dry-run"), cli(*command.split())
    assert fingerprint(tree) == before
    assert says in real.err
    if real.code == 2:
        assert (dry.code, dry.err) == (2, real.err)
        return
    assert real.code == 1
    assert (dry.code, dry.out.count("fails: "), "1 will fail" in dry.err, says in dry.out) == (0, 1, True, True)


@pytest.mark.parametrize(
    "command",
    [
        "apply turned.jpg --kernel column.yaml --border valid",
        "gray three.jpg --max-pixels 50000",
        "gray pages.tif --max-pixels 70000",
        "gray a.png -o link/x.png",
        "gray wide.png -o kept.webp --skip-existing --compare new.png",
    ],
)
def test_what_does_not_fail_is_not_feared(cli: Any, tree: Path, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures that are turned, cameras' files of several pictures, small pages and links to new folders are fine."""
    monkeypatch.chdir(tree)
    _make_odd_files()
    assert "fails" not in cli(*command.split(), "--dry-run").out
    assert cli(*command.split()).code == 0


def test_memory_of_a_cluster(cli: Any, tree: Path, tmp_path: Path) -> None:
    """On a cluster --max-memory is for each picture, and how many are worked on at once is told by nobody."""
    command = ("gray", tree, "-o", tmp_path / "out", "--dry-run", "--max-memory", "68M")
    answer = cli(*command, "--scheduler", "tcp://localhost:9")
    assert "fails" not in answer.out
    assert "as many as workers take at once" in answer.err
    assert cli(*command, "--jobs", 2).out.count("fails: ") == 2


def test_tiles_of_pictures_that_share_memory(cli: Any, tmp_path: Path) -> None:
    """Tiles are told of as the run computes them, whose pictures at work share the memory."""
    (tmp_path / "in").mkdir()
    for name in "ab":
        Image.new("RGB", (2000, 1500)).save(tmp_path / "in" / f"{name}.png")
    command = ("blur", tmp_path / "in", "--sigma", 100, "-o", tmp_path / "out", "--max-memory", "180M")
    told = {jobs: cli(*command, "--dry-run", "--jobs", jobs).err for jobs in (1, 2)}
    tiles = {jobs: int(re.search(r"(\d+) tiles? of", err)[1]) for jobs, err in told.items()}
    assert tiles[2] > tiles[1]


def test_sizes_beyond_all_bounds(cli: Any, tree: Path, tmp_path: Path) -> None:
    """Item 20: a header that claims the greatest size there is is refused, and the others are told of."""
    (tree / "huge.png").write_bytes(png_file(png_header(2**31 - 1, 2**31 - 1)))
    answer = cli("blur", tree, "-o", tmp_path / "out", "--dry-run", "--max-pixels", 10**18)
    assert (answer.code, answer.out.count("fails: "), "1 will fail" in answer.err) == (0, 1, True)
    assert "the largest, 96 x 64, if 8-bit RGB: 0 MB of pixels, 1 tile of" in answer.err


def _make_odd_files() -> None:
    """What the cases above name, in the current folder."""
    Path("folder.png/a.png").mkdir(parents=True)
    Path("folder.jsonl").mkdir()
    os.mkfifo("pipe.png")
    Path("there.png").touch()
    Path("kept.webp").touch()
    Path("link").symlink_to("nowhere")
    Path("row.yaml").write_text("weights: [[1, 1, 1, 1, 1]]")
    Path("column.yaml").write_text("weights: [[1], [1], [1], [1], [1]]")
    Path("halving.yaml").write_text("steps: [{gray: mean}, {pool: max}]")
    Image.new("L", (20_000, 2)).save("wide.png")
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (50, 4)).save("turned.jpg", exif=turned)
    three = [Image.new("RGB", (200, 150)) for _ in range(3)]
    three[0].save("three.jpg", format="MPO", save_all=True, append_images=three[1:])
    tifffile.imwrite("odd.tif", np.zeros((10, 10), np.uint8))
    two_widths = Path("odd.tif").read_bytes().replace(struct.pack("<HHI", 256, 4, 1), struct.pack("<HHI", 256, 3, 2))
    Path("odd.tif").write_bytes(two_widths)
    with tifffile.TiffWriter("pages.tif") as pages:
        for shape in ((10, 10), (240, 250), (10, 10)):
            pages.write(np.zeros(shape, np.uint8))
