"""`convfilter blur`: kernels, outputs, and what is refused before anything is touched."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import scipy.ndimage
from conftest import SAMPLES, fingerprint, pixels_of
from PIL import Image
from references import assert_same_levels, correlate, to_samples

from convfilter import gaussian_kernel


def gaussian(pixels: np.ndarray, sigma: float) -> np.ndarray:
    """Blur as scipy does, in float64."""
    planes = [scipy.ndimage.gaussian_filter(pixels[..., c].astype(float), sigma, mode="mirror") for c in range(3)]
    return to_samples(np.stack(planes, -1), np.uint8)


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


def test_outputs_by_folder_template_and_ending(cli: Any, photo: Path, tmp_path: Path) -> None:
    """A folder keeps names, a template makes them, an ending converts."""
    assert cli("blur", photo, "-o", f"{tmp_path}/new/").out == f"{tmp_path}/new/photo.png\n"
    template = f"{tmp_path}/t/{{stem}}-{{command}}.webp"
    assert cli("blur", photo, "-o", template).out == f"{tmp_path}/t/photo-blur.webp\n"
    with Image.open(tmp_path / "t" / "photo-blur.webp") as image:
        assert image.format == "WEBP"


def test_compare(cli: Any, photo: Path, tmp_path: Path) -> None:
    """--compare writes before and after side by side."""
    assert cli("blur", photo, "--compare", tmp_path / "both.png").code == 0
    both = pixels_of(tmp_path / "both.png")
    np.testing.assert_array_equal(both[:, :96], pixels_of(photo))
    np.testing.assert_array_equal(both[:, -96:], pixels_of(photo.with_name("photo.blur.png")))


def test_several_inputs_go_on_after_a_failure(cli: Any, photo: Path, tmp_path: Path) -> None:
    """One bad file costs one line and exit code 1; the others are done and the sum is told."""
    other = Path(shutil.copy(photo, tmp_path / "other.png"))
    answer = cli("blur", photo, tmp_path / "none.png", other)
    assert answer.code == 1
    assert answer.out.splitlines() == [str(tmp_path / "photo.blur.png"), str(tmp_path / "other.blur.png")]
    assert answer.err.splitlines() == [
        f"{tmp_path}/none.png: no such file; check the name",
        "2 done, 1 failed",
    ]


def test_existing_output_is_kept_unless_overwrite(cli: Any, photo: Path) -> None:
    """Item 32: an existing output is kept with exit code 1, and replaced with --overwrite."""
    target = photo.with_name("photo.blur.png")
    target.write_bytes(b"mine")
    answer = cli("blur", photo)
    assert answer.code == 1
    assert "exists already and is kept; --overwrite replaces it" in answer.err
    assert target.read_bytes() == b"mine"
    assert cli("blur", photo, "--overwrite").code == 0
    assert pixels_of(target).shape == (64, 96, 3)


def test_in_place(cli: Any, photo: Path) -> None:
    """--in-place writes over the input and keeps its mode."""
    before = pixels_of(photo)
    photo.chmod(0o640)
    assert cli("blur", photo, "--in-place").code == 0
    assert_same_levels(pixels_of(photo), gaussian(before, 2))
    assert photo.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("how", ["same", "dotted", "symlink", "hard link"])
def test_output_equal_to_input_is_refused(cli: Any, photo: Path, how: str) -> None:
    """Item 30: an output that is the input, by whatever name, is refused with exit code 2."""
    names = {"same": photo, "dotted": photo.parent / "." / "x" / ".." / photo.name, "symlink": photo.parent / "s.png",
             "hard link": photo.parent / "h.png"}  # fmt: skip
    (photo.parent / "x").mkdir()
    if how == "symlink":
        names[how].symlink_to(photo)
    if how == "hard link":
        names[how].hardlink_to(photo)
    before = fingerprint(photo.parent)
    answer = cli("blur", photo, "-o", names[how], "--overwrite")
    assert answer.code == 2
    assert "--in-place" in answer.err
    assert fingerprint(photo.parent) == before


def test_two_inputs_to_one_output_are_refused(cli: Any, photo: Path, tmp_path: Path) -> None:
    """Item 31: inputs that would land on one output are named before anything is written."""
    (tmp_path / "sub").mkdir()
    shutil.copy(photo, tmp_path / "sub" / "photo.png")
    before = fingerprint(tmp_path)
    answer = cli("blur", photo, tmp_path / "sub" / "photo.png", "-o", f"{tmp_path}/out/")
    assert answer.code == 2
    assert f"{photo} and {tmp_path}/sub/photo.png" in answer.err
    assert fingerprint(tmp_path) == before


def test_an_input_named_twice_is_done_once(cli: Any, photo: Path) -> None:
    """Item 31: the same input under two names is filtered once."""
    answer = cli("blur", photo, photo.parent / "." / photo.name)
    assert answer.code == 0
    assert len(answer.out.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--sigma", "-1"], "sigma is a number of pixels above 0"),
        (["--sigma", "nan"], "sigma is a number"),
        (["--sigma", "1e9"], "sigma is at most"),
        (["--size", "4"], "take 5"),
        (["--size", "0"], "from 1 to 999"),
        (["--kernel", "sobel", "--sigma", "2"], "sigma belongs to --kernel gaussian"),
        (["--kernel", "sobel", "--size", "3"], "size belongs to --kernel mean and gaussian"),
        (["--kernel", "gausian"], 'did you mean "gaussian"'),
        (["--border", "mirror"], "is not one of"),
        (["--stride", "0"], "Invalid value"),
        (["--quality", "101"], "Invalid value"),
        (["--max-pixels", "0"], "Invalid value"),
        (["--sigm", "2"], "--sigma"),
        (["--device", "gpu:77"], "no such device"),
        (["--device", "tpu"], "a device is auto, cpu, gpu or gpu:N"),
        (["-o", "out.xyz"], "the ending names no picture format"),
        (["-o", "{nothing}.png"], "not a template"),
        (["-o", "a.png", "--in-place"], "leave out --output"),
        (["--compare", "out.xyz"], "the ending names no picture format"),
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


def test_wrong_and_missing_endings(cli: Any, photo: Path, tmp_path: Path) -> None:
    """Item 14: content decides how a file is read; the output's ending, or else the content, how it is written."""
    with Image.open(photo) as image:
        image.save(tmp_path / "a.png", "JPEG")
    shutil.copy(photo, tmp_path / "bare")
    shutil.copy(photo, tmp_path / "UPPER.PNG")
    answer = cli("blur", tmp_path / "a.png", tmp_path / "bare", tmp_path / "UPPER.PNG")
    assert [Path(line).name for line in answer.out.splitlines()] == [
        "a.blur.png",
        "bare.blur.png",
        "UPPER.blur.PNG",
    ]
    for line in answer.out.splitlines():
        with Image.open(line) as image:
            assert image.format == "PNG"


def test_read_only_folder_and_file_used_as_folder(cli: Any, photo: Path, tmp_path: Path) -> None:
    """Item 33: where the system refuses to write, its reason is told and nothing is left."""
    (tmp_path / "file").write_text("")
    before = fingerprint(tmp_path)
    answer = cli("blur", photo, "-o", tmp_path / "file" / "out.png")
    assert answer.code == 1
    assert "cannot write" in answer.err
    assert "directory" in answer.err
    (tmp_path / "dir.png").mkdir()
    answer = cli("blur", photo, "-o", f"{tmp_path}/{{stem}}/../dir.png", "--overwrite")
    assert answer.code in (1, 2)
    assert {name: value for name, value in fingerprint(tmp_path).items() if "/" not in name} == before


def test_kernel_values_reach_the_picture(cli: Any, photo: Path) -> None:
    """The Gaussian of the API and of the command line are one."""
    assert cli("blur", photo, "--size", 7).code == 0
    wanted = np.stack(
        [correlate(pixels_of(photo)[..., c], gaussian_kernel(size=7).weights, "reflect") for c in range(3)],
        -1,
    )
    assert_same_levels(pixels_of(photo.with_name("photo.blur.png")), to_samples(wanted, np.uint8))
