"""`--compare` of recipes and banks, and `--preview`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import pixels_of

from convfilter import Convolve, Kernel, load_kernel
from convfilter.comparing import LINE, PANEL
from convfilter.stages import filters_of


@pytest.mark.parametrize(
    ("options", "panels"),
    [(["--recipe", "first-layer"], 5), (["--kernel", "kirsch"], 10), (["--kernel", "sobel", "--gray"], 4)],
)
def test_sheets(cli: Any, photo: Path, tmp_path: Path, options: list[str], panels: int) -> None:
    """`--compare` shows the input and every step of a recipe, or every filter of a bank, in boxes of one size."""
    assert cli("apply", photo, *options, "--compare", tmp_path / "sheet.png").code == 0
    sheet = pixels_of(tmp_path / "sheet.png")
    columns = int(np.ceil(np.sqrt(panels)))
    rows = -(-panels // columns)
    height, width = round(PANEL * 64 / 96) + 2 * LINE + 8, PANEL + 8
    assert sheet.shape == (rows * height + 8, columns * width + 8, 3)
    filled = [
        (sheet[row * height + 8 : (row + 1) * height, column * width + 8 : (column + 1) * width] < 255).any()
        for row in range(rows)
        for column in range(columns)
    ]
    assert filled == [True] * panels + [False] * (rows * columns - panels)


@pytest.mark.slow
def test_sheets_of_large_banks(cli: Any, photo: Path, tmp_path: Path) -> None:
    """A bank of many filters, some of zeros and with long names, is shown in part, in seconds; zeros are left out."""
    names = ["x" * 1000, *(f"f{number}" for number in range(200))]
    rows = "".join(f"  {name}: [[{int(index != 1)}, 1, 0]]\n" for index, name in enumerate(names))
    (tmp_path / "bank.yaml").write_text(f"combine: max\nweights:\n  dead: [[0, 0, 0]]\n{rows}")
    answer = cli("apply", photo, "--kernel", tmp_path / "bank.yaml", "--compare", tmp_path / "sheet.png")
    assert answer.code == 0
    assert pixels_of(tmp_path / "sheet.png").shape[1] == 10 * (PANEL + 8) + 8


def test_long_labels_take_two_lines(cli: Any, photo: Path, tmp_path: Path) -> None:
    """A label that is too long for its panel is folded between words, and its second line tells the border."""
    recipe = tmp_path / "long.yaml"
    sheets = {}
    for border in ("edge", "reflect"):
        recipe.write_text(f"steps:\n  - {{convolve: gaussian, sigma: 1.25, border: {border}}}\n")
        assert cli("apply", photo, "--recipe", recipe, "--overwrite", "--compare", tmp_path / "sheet.png").code == 0
        sheets[border] = pixels_of(tmp_path / "sheet.png")
    second = 8 + round(PANEL * 64 / 96) + LINE
    assert sheets["edge"].shape == (second + 2 * LINE + 8, 2 * (PANEL + 8) + 8, 3)
    differing = (sheets["edge"] != sheets["reflect"])[second:].any(axis=(1, 2))
    assert differing[:LINE].any()
    assert not differing[LINE:].any()


def test_what_a_sheet_leaves_out_is_told() -> None:
    """The last panel of a bank says how many filters are shown where that is not all, as some are zeros or too many."""
    weights = np.ones((1, 2, 131))
    weights[:, :, 1] = 0
    bank = Kernel(weights, filters=tuple(f"f{number}" for number in range(131)), combine="max")
    stages = filters_of((Convolve(bank),))
    assert (len(stages), stages[-1].label) == (81, "all 131 by max, 80 shown")
    assert filters_of((Convolve(load_kernel("kirsch")),))[-1].label == "all 8 by max"


def test_a_kernel_alone_is_compared_side_by_side(cli: Any, photo: Path, tmp_path: Path) -> None:
    """`--compare` of a kernel that is no bank stays before and after, in full size."""
    assert cli("apply", photo, "--kernel", "sharpen", "--compare", tmp_path / "both.png").code == 0
    assert pixels_of(tmp_path / "both.png").shape == (64, 2 * 96 + 8, 3)


def test_preview_on_a_terminal(cli: Any, photo: Path) -> None:
    """`--preview` paints before and after in blocks of colour on a terminal that can, and nothing in a pipe."""
    command = f"{sys.executable} -m convfilter apply {photo} --kernel laplacian8 --preview --overwrite"
    shown = {}
    for terminal in ("xterm-256color", "dumb"):
        environment = {"PATH": "/usr/bin:/bin", "TERM": terminal, "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            ["script", "-qec", f"stty cols 60 rows 30; {command}", "/dev/null"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            stdin=subprocess.DEVNULL,
        )
        shown[terminal] = done.stdout
    assert shown["xterm-256color"].count("\N{UPPER HALF BLOCK}") == 2 * 29 * 10
    assert "\x1b[" not in shown["dumb"]
    answer = cli("apply", photo, "--kernel", "laplacian8", "--preview", "--overwrite")
    assert answer.out.split() == [str(photo.with_name("photo.apply.png"))]
