"""`convfilter blur`: kernels, outputs, and what is refused before anything is touched."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from conftest import SAMPLES, Answer, fingerprint, pixels_of
from PIL import Image
from references import assert_same_levels, correlate, gaussian, to_samples


def test_the_command_of_the_first_page(cli: Any, photo: Path) -> None:
    """`blur in --kernel gaussian` writes in.blur.png beside it, Gaussian of sigma 2, and prints its path."""
    answer = cli("blur", photo, "--kernel", "gaussian")
    target = photo.with_name("photo.blur.png")
    assert (answer.code, answer.out, answer.err) == (0, f"{target}\n", "")
    assert_same_levels(pixels_of(target), gaussian(pixels_of(photo), 2))


@pytest.mark.parametrize("name", ["astronaut.png", "coffee.png", "hubble_deep_field.jpg"])
def test_photographs(cli: Any, tmp_path: Path, name: str) -> None:
    """Real photographs come out as scipy blurs them."""
    assert cli("blur", SAMPLES / name, "--sigma", 1.5, "-o", tmp_path / "out.png").code == 0
    assert_same_levels(pixels_of(tmp_path / "out.png"), gaussian(pixels_of(SAMPLES / name), 1.5))


def test_mean_and_size(cli: Any, photo: Path) -> None:
    """`--kernel mean --size 5` is OpenCV's box filter with its default border."""
    assert cli("blur", photo, "--kernel", "mean", "--size", 5).code == 0
    wanted = cv2.blur(pixels_of(photo), (5, 5), borderType=cv2.BORDER_REFLECT_101)
    assert_same_levels(pixels_of(photo.with_name("photo.blur.png")), wanted)


def test_own_kernel(cli: Any, photo: Path, tmp_path: Path) -> None:
    """A YAML file is a kernel; --flip and --border reach it."""
    weights = np.array([[1, 2, 3], [0, 1, 0], [0, 0, 1]]) / 8
    (tmp_path / "own.yaml").write_text("weights: [[1, 2, 3], [0, 1, 0], [0, 0, 1]]\nscale: 1/8\n")
    answer = cli(
        "blur",
        photo,
        "--kernel",
        tmp_path / "own.yaml",
        "--flip",
        "--border",
        "wrap",
        "-o",
        tmp_path / "o.png",
    )
    assert answer.code == 0
    before = pixels_of(photo)
    wanted = np.stack([correlate(before[..., c], weights[::-1, ::-1], "wrap") for c in range(3)], -1)
    assert_same_levels(pixels_of(tmp_path / "o.png"), to_samples(wanted, np.uint8))


def test_linear_light(cli: Any, tmp_path: Path) -> None:
    """--linear mixes light: black and white stripes become the grey that emits half the light."""
    stripes = np.zeros((40, 40), np.uint8)
    stripes[:, ::2] = 255
    Image.fromarray(stripes).save(tmp_path / "in.png")
    assert cli("blur", tmp_path / "in.png", "--linear", "--sigma", 3).code == 0
    assert (pixels_of(tmp_path / "in.blur.png")[10:30, 10:30] == 188).all()


def test_gray_and_stride(cli: Any, photo: Path) -> None:
    """--gray gives one channel, --stride 3 a third of the size, rounded up."""
    assert cli("blur", photo, "--gray", "--stride", 3).code == 0
    assert pixels_of(photo.with_name("photo.blur.png")).shape == (22, 32)


def test_several_inputs_go_on_after_a_failure(cli: Any, photo: Path, tmp_path: Path) -> None:
    """One bad file costs one line and exit code 1; the others are done and the sum is told."""
    other = Path(shutil.copy(photo, tmp_path / "other.png"))
    answer = cli("blur", photo, tmp_path / "none.png", other, "--jobs", 1)
    assert answer.code == 1
    assert answer.out.splitlines() == [str(tmp_path / "photo.blur.png"), str(tmp_path / "other.blur.png")]
    assert answer.err.splitlines() == [
        f"{tmp_path}/none.png: no such file; check the name",
        "2 done, 0 skipped, 1 failed",
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--sigma", "-1"], "sigma is a number of pixels above 0"),
        (["--sigma", "nan"], "sigma is a number"),
        (["--sigma", "1e9"], "sigma is at most"),
        (["--size", "4"], "take 5"),
        (["--size", "0"], "from 1 to 999"),
        (["--kernel", "sobel", "--sigma", "2"], "sigma belongs to the kernel gaussian"),
        (["--kernel", "sobel", "--size", "3"], "size belongs to the kernels mean and gaussian"),
        (["--kernel", "gausian"], 'did you mean "gaussian"'),
        (["--border", "mirror"], "is not one of"),
        (["--stride", "0"], "Invalid value"),
        (["--quality", "101"], "Invalid value"),
        (["--max-pixels", "0"], "Invalid value"),
        (["--sigm", "2"], "--sigma"),
        (["--device", "gpu:77"], "no such device"),
        (["--device", "tpu"], "a device is auto, cpu, gpu or gpu:N"),
        (["-o", "out.xyz"], "the extension names no picture format"),
        (["-o", "{nothing}.png"], "not a template"),
        (["-o", "a.png", "--in-place"], "leave out --output"),
        (["--compare", "out.xyz"], "the extension names no picture format"),
        (["--compare", "-"], "--compare and --keep-steps write files"),
    ],
)
def test_wrong_options_touch_nothing(cli: Any, photo: Path, arguments: list[str], says: str) -> None:
    """Item 28: an option that cannot be is refused with exit code 2, before any file is touched."""
    before = fingerprint(photo.parent)
    answer = cli("blur", photo, *arguments)
    assert answer.code == 2
    assert says in answer.err
    assert answer.out == ""
    assert fingerprint(photo.parent) == before


def test_a_missing_device_is_told_first(cli: Any, tmp_path: Path) -> None:
    """Item 29: a device that is not there costs one line, before any file is looked at."""
    answer = cli("blur", tmp_path / "none.png", "--device", "gpu:77")
    assert answer.code == 2
    assert answer.err.startswith("convfilter: gpu:77: TensorFlow finds no such device here")
    assert answer.err.count("\n") == 1


def test_no_input_is_a_usage_error(cli: Any) -> None:
    """Item 28: a run without inputs is no success."""
    assert cli("blur").code == 2


@pytest.mark.parametrize("border", ["reflect", "zero", "valid"])
def test_kernel_larger_than_the_picture(cli: Any, tmp_path: Path, border: str) -> None:
    """Item 11: a 51x51 kernel on one pixel gives one pixel, or is refused by both sizes with border valid."""
    Image.new("RGB", (1, 1), (9, 99, 199)).save(tmp_path / "in.png")
    answer = cli("blur", tmp_path / "in.png", "--kernel", "mean", "--size", 51, "--border", border)
    if border == "valid":
        assert answer.code == 1
        assert "1 x 1" in answer.err
        return
    assert answer.code == 0
    wanted = (9, 99, 199) if border == "reflect" else (0, 0, 0)
    assert pixels_of(tmp_path / "in.blur.png").ravel().tolist() == list(wanted)


def test_size_alone(cli: Any, photo: Path) -> None:
    """`--size 11` is OpenCV's Gaussian of that size, with the sigma that OpenCV gives it."""
    assert cli("blur", photo, "--size", 11).code == 0
    profile = cv2.getGaussianKernel(11, 0)
    planes = [correlate(pixels_of(photo)[..., c], profile @ profile.T, "reflect") for c in range(3)]
    assert_same_levels(pixels_of(photo.with_name("photo.blur.png")), to_samples(np.stack(planes, -1), np.uint8))


def test_verbose(cli: Any, photo: Path) -> None:
    """-v says on standard error what is done, operation by operation, and how long it took."""
    answer = cli("blur", photo, "-v", "--gray", "--stride", 2, "--kernel", "mean", "--size", 5, "--border", "wrap")
    assert (answer.code, answer.out) == (0, f"{photo.with_name('photo.blur.png')}\n")
    *operations, last = answer.err.splitlines()
    gray, convolve = operations
    assert gray == "make grey by mean"
    assert re.fullmatch(r"convolve by mean \(5 x 5\), border wrap, stride 2: as one pass, .*(lanes|plane)", convolve)
    assert re.fullmatch(r"1 done, 0 skipped, 0 failed in \d+\.\d\d s", last)


def test_quiet(cli: Any, photo: Path, tmp_path: Path) -> None:
    """-q prints errors and their sum alone."""
    assert cli("blur", photo, "-q") == Answer(0, "", "")
    answer = cli("blur", photo, tmp_path / "none.png", "-q", "--overwrite")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.splitlines() == [
        f"{tmp_path}/none.png: no such file; check the name",
        "1 done, 0 skipped, 1 failed",
    ]
