"""Where results go: names, folders, templates, what exists already, inputs that are outputs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import fingerprint, pixels_of
from PIL import Image, ImageCms
from references import assert_same_levels, gaussian

from convfilter import files


def test_outputs_by_folder_template_and_ending(cli: Any, photo: Path, tmp_path: Path) -> None:
    """A folder keeps names, a template makes them, an extension converts."""
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


def test_wrong_and_missing_endings(cli: Any, photo: Path, tmp_path: Path) -> None:
    """Item 14: content decides how a file is read; the output's extension, or else the content, how it is written."""
    with Image.open(photo) as image:
        image.save(tmp_path / "a.png", "JPEG")
    shutil.copy(photo, tmp_path / "bare")
    shutil.copy(photo, tmp_path / "UPPER.PNG")
    answer = cli("blur", tmp_path / "a.png", tmp_path / "bare", tmp_path / "UPPER.PNG", "--jobs", 1)
    assert [Path(line).name for line in answer.out.splitlines()] == [
        "a.blur.png",
        "bare.blur.png",
        "UPPER.blur.PNG",
    ]
    for line in answer.out.splitlines():
        with Image.open(line) as image:
            assert image.format == "PNG"


def test_an_empty_folder_does_not_stop_what_is_below_it(cli: Any, photo: Path, tmp_path: Path) -> None:
    """A folder without pictures fails alone with --in-place, though another input lies below it."""
    (tmp_path / "year" / "may").mkdir(parents=True)
    shutil.copy(photo, tmp_path / "year" / "may" / "a.png")
    answer = cli("gray", "--in-place", tmp_path / "year", tmp_path / "year" / "may")
    assert (answer.code, answer.err.endswith("1 done, 0 skipped, 1 failed\n")) == (1, True)


def test_output_that_appears_meanwhile_is_kept(
    cli: Any, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Item 32: an output that somebody else writes while the picture is filtered is kept, too."""
    target = tmp_path / "out.png"
    filter_picture = files.filter_picture

    def slow(*arguments: Any, **options: Any) -> Any:
        target.write_bytes(b"somebody else's")
        return filter_picture(*arguments, **options)

    monkeypatch.setattr(files, "filter_picture", slow)
    answer = cli("blur", photo, "-o", target)
    assert answer.code == 1
    assert f"{target} exists already and is kept; --overwrite replaces it" in answer.err
    assert target.read_bytes() == b"somebody else's"


def test_quality(cli: Any, photo: Path, tmp_path: Path) -> None:
    """--quality reaches the encoder: the file is the one that Pillow writes with it."""
    assert cli("apply", photo, "--kernel", "identity", "--quality", 30, "-o", tmp_path / "low.jpg").code == 0
    with Image.open(photo) as image:
        image.save(tmp_path / "pillow.jpg", quality=30, subsampling=2)
    np.testing.assert_array_equal(pixels_of(tmp_path / "low.jpg"), pixels_of(tmp_path / "pillow.jpg"))


def test_an_input_behind_a_missing_folder_is_still_an_input(cli: Any, photo: Path) -> None:
    """Item 30: a path over a folder that is not there does not hide that the output is the input."""
    before = fingerprint(photo.parent)
    answer = cli("blur", photo, "--overwrite", "-o", photo.parent / "none" / ".." / photo.name)
    assert answer.code == 2
    assert fingerprint(photo.parent) == before


def test_hard_links_are_files_of_their_own(cli: Any, photo: Path) -> None:
    """Item 31: two names of one file, replaced in place, are both filtered."""
    other = photo.with_name("other.png")
    other.hardlink_to(photo)
    before = pixels_of(photo)
    assert cli("blur", photo, other, "--in-place").code == 0
    for path in (photo, other):
        assert (pixels_of(path) != before).any()


def test_folders_among_the_inputs(cli: Any, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 6: a folder without pictures costs its line, under any name; the pictures beside it are done."""
    (photo.parent / "none" / "none").mkdir(parents=True)
    monkeypatch.chdir(photo.parent / "none")
    answer = cli("blur", ".", "none", "/", photo, "--jobs", 1)
    assert answer.code == 1
    assert answer.out == f"{photo.parent}/photo.blur.png\n"
    assert answer.err.splitlines() == [
        *(
            f"{name}: is a directory, not a picture; name pictures, or a folder that holds some"
            for name in (".", "none", "/")
        ),
        "1 done, 0 skipped, 3 failed",
    ]


@pytest.mark.parametrize(
    "field", ["{stem[0]}", "{stem:>3000000000}", "{name.__class__}", "{stem!r}", "{", "{}", "{other}"]
)
def test_templates_take_bare_fields(cli: Any, photo: Path, field: str) -> None:
    """Item 28: a template with anything but a bare field is refused with the fields there are."""
    answer = cli("blur", photo, "-o", f"{photo.parent}/{field}.png")
    assert answer.code == 2
    assert "its fields are {stem}, {suffix}, {name}, {command}, {folder}" in answer.err


def test_a_file_called_dash(cli: Any, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 40: `./-` is a file, not standard input."""
    monkeypatch.chdir(photo.parent)
    photo.rename("-")
    assert cli("blur", "./-", "-o", "out.png").code == 0
    assert pixels_of(Path("out.png")).shape == (64, 96, 3)


def test_a_comparison_that_fails_leaves_the_input_alone(cli: Any, photo: Path) -> None:
    """A comparison that cannot be written, or would replace a file, stops before the input is replaced."""
    keep = photo.with_name("keep.png")
    keep.write_bytes(b"precious")
    before = fingerprint(photo.parent)
    for compare in ("/proc/none/c.png", keep):
        assert cli("blur", photo, "--in-place", "--compare", compare).code == 1
        assert fingerprint(photo.parent) == before
    assert cli("blur", photo, "--compare", "-").code == 2


def test_a_comparison_keeps_the_profile(cli: Any, tmp_path: Path) -> None:
    """Before and after side by side carry the profile of the picture, so that colours look alike."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("RGB", (8, 8), (9, 99, 199)).save(tmp_path / "in.png", icc_profile=profile)
    assert cli("blur", tmp_path / "in.png", "--compare", tmp_path / "both.png").code == 0
    with Image.open(tmp_path / "both.png") as image:
        assert image.info["icc_profile"] == profile
