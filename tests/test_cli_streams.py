"""Streams, names and surroundings: pipes, closed descriptors, locales, missing homes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import convfilter, pixels_of

COMMAND = f"{sys.executable} -m convfilter"


def shell(script: str, folder: Path, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run a script of bash in a folder."""
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=90,
        check=False,
        **options,
    )


def test_help_loads_nothing_heavy() -> None:
    """`convfilter --help`, and that of every command, loads no numpy, PIL, yaml, rich or tensorflow."""
    script = """
import sys
from convfilter.cli.main import run
for arguments in ["--help"], ["blur", "--help"], ["gray", "--help"], ["apply", "--help"], ["kernels", "show", "--help"]:
    assert run(arguments) == 0
heavy = {"numpy", "PIL", "yaml", "pydantic", "rich", "tensorflow", "matplotlib", "tifffile", "imagecodecs"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--border" in done.stdout


def test_importing_the_package_loads_nothing_heavy() -> None:
    """`import convfilter` costs nothing until a name is used, and every public name is there."""
    script = """
import sys, convfilter
assert "numpy" not in sys.modules
for name in convfilter.__all__:
    getattr(convfilter, name)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_no_library_speaks(photo: Path) -> None:
    """Standard error stays empty: no log line of TensorFlow, no warning of any library."""
    done = convfilter("blur", photo)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == f"{photo.with_name('photo.blur.png')}\n"


def test_standard_input_and_output(cli: Any, photo: Path) -> None:
    """`-` reads the picture from standard input and writes it to standard output, in the same format."""
    with photo.open("rb") as file:
        done = convfilter("blur", "-", stdin=file)
    assert (done.returncode, done.stderr) == (0, b"")
    target = photo.with_name("piped.png")
    target.write_bytes(done.stdout)
    assert cli("blur", photo, "-o", photo.with_name("direct.png")).code == 0
    assert target.read_bytes() == photo.with_name("direct.png").read_bytes()


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams(photo: Path, closed: str) -> None:
    """Item 43: with any stream closed the same picture is written, and no log text lands in it."""
    done = shell(f"{COMMAND} blur {photo} -v {closed}", photo.parent)
    assert done.returncode == 0
    whole = photo.with_name("photo.blur.png").read_bytes()
    assert whole.endswith(b"IEND\xaeB`\x82")
    assert pixels_of(photo.with_name("photo.blur.png")).shape == (64, 96, 3)


def test_picture_to_a_closed_output(photo: Path) -> None:
    """Item 43: a picture for a closed standard output is a failure, not a success."""
    done = shell(f"{COMMAND} blur {photo} -o - >&-", photo.parent)
    assert done.returncode == 1
    assert b"standard output" in done.stderr


@pytest.mark.parametrize("unbuffered", ["", pytest.param("PYTHONUNBUFFERED=1 ", marks=pytest.mark.slow)])
@pytest.mark.parametrize("command", ["blur photo.png", "blur photo.png -o -", "kernels list"])
def test_full_device(photo: Path, command: str, unbuffered: str) -> None:
    """Items 34 and 42: a full standard output is told, for results and for pictures, with exit code 1."""
    done = shell(f"{unbuffered}{COMMAND} {command} > /dev/full", photo.parent)
    assert done.returncode == 1
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


def test_reader_that_goes_away(photo: Path) -> None:
    """Item 42: `| true` neither stops the work nor prints a traceback."""
    copies = [str(shutil.copy(photo, photo.with_name(f"c{index}.png"))) for index in range(5)]
    done = shell(f"{COMMAND} blur {' '.join(copies)} | true; exit ${{PIPESTATUS[0]}}", photo.parent)
    assert done.returncode == 0
    assert done.stderr == b"5 done, 0 skipped, 0 failed\n"
    assert len(list(photo.parent.glob("*.blur.png"))) == 5


NAMES = ["grün.png", "gru\u0308n.png", "new\nline.png",
         "tab\t.png", "esc\x1b[31m.png", "'quote\".png", "$(touch PWNED).png",
         "%s{}.png", "*?[.png", "-o.png", b"latin-\xfc.png", "n" * 240 + ".png"]  # fmt: skip


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_names(photo: Path, tmp_path: Path, locale: str) -> None:
    """Items 40 and 41: any name works in any locale, is printed in one line, and no control character is."""
    folder = tmp_path / "names"
    folder.mkdir()
    for name in NAMES:
        shutil.copy(photo, folder / os.fsdecode(name))
    names = sorted(path.name for path in folder.iterdir())
    environment = {"PATH": os.environ["PATH"], "LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "convfilter", "blur", "-o", "../out/", "--", *names],
        cwd=folder, env=environment, capture_output=True, timeout=90, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(NAMES)
    assert b"\x1b" not in done.stdout
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    assert not list(tmp_path.rglob("PWNED"))


def test_names_in_errors_are_escaped(tmp_path: Path) -> None:
    """Item 40: a name with control characters is escaped in the one line of its error."""
    done = convfilter("blur", tmp_path / "a\n\x1b]2;J.png")
    assert done.returncode == 1
    assert b"a\\n\\x1b]2;J.png: no such file" in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_a_path_that_is_too_long(tmp_path: Path) -> None:
    """Item 40: a path over the system's limit is told in one line."""
    done = convfilter("blur", tmp_path / ("d/" * 2500) / "a.png")
    assert done.returncode == 1
    assert b"too long" in done.stderr


def test_streams_that_cannot_spell(photo: Path) -> None:
    """Item 41: a name that the stream's encoding does not have is printed with escapes."""
    named = photo.rename(photo.with_name("日本.png"))
    done = convfilter("blur", named, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"\u65e5\u672c.blur.png" in done.stdout


def test_bare_surroundings(photo: Path, tmp_path: Path) -> None:
    """Item 45: no HOME that can be written and no TMPDIR: filtering and drawing work without a word."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/proc", "TMPDIR": "/nonexistent"}
    for arguments in (["blur", photo], ["kernels", "show", "mean", "--picture", tmp_path / "k.png"]):
        done = convfilter(*arguments, env=environment)
        assert (done.returncode, done.stderr) == (0, b"")


def test_no_terminal_no_colour() -> None:
    """Item 44: into a pipe no escape codes are written, whatever TERM says."""
    done = convfilter("kernels", "show", "sobel", env={**os.environ, "TERM": "xterm-256color"})
    assert b"\x1b" not in done.stdout
    assert b"sum 0, rank 1" in done.stdout


def test_terminal_sees_colours() -> None:
    """On a terminal the matrix is a heat map in colours, and NO_COLOR turns them off."""
    command = f"{COMMAND} kernels show sobel"
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    environment |= {"TERM": "xterm-256color", "COLUMNS": "100"}
    coloured = subprocess.run(
        ["script", "-qec", command, "/dev/null"], env=environment, capture_output=True, check=False
    )
    plain = subprocess.run(
        ["script", "-qec", command, "/dev/null"], env={**environment, "NO_COLOR": "1"}, capture_output=True, check=False
    )
    assert b"\x1b[" in coloured.stdout
    assert b"\x1b[38" not in plain.stdout
    assert b"48;" not in plain.stdout


def test_a_picture_is_not_written_to_a_terminal(photo: Path) -> None:
    """`-o -` on a terminal is refused with exit code 2."""
    command = f"{COMMAND} blur {photo} -o -"
    done = subprocess.run(["script", "-qec", command, "/dev/null"], capture_output=True, timeout=60, check=False)
    assert done.returncode == 2
    assert b"is a terminal" in done.stdout


@pytest.mark.parametrize("stderr", ["2>&-", "2>/dev/full"])
def test_usage_errors_without_standard_error(photo: Path, stderr: str) -> None:
    """Item 43: a usage error is exit code 2, even where nobody can be told."""
    assert shell(f"{COMMAND} blur --nonsense {stderr}", photo.parent).returncode == 2


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_signal_breaks_off_no_line(unbuffered: str) -> None:
    """A long line of results is printed to its end where a signal comes meanwhile, with PYTHONUNBUFFERED too."""
    script = """
import signal
from convfilter.cli import streams
streams.prepare()
signal.signal(signal.SIGUSR1, lambda *_: None)
streams.result("ü" * 500_000)
raise SystemExit(0 if streams.all_printed() else 1)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": unbuffered, "PYTHONIOENCODING": "utf-8"},
    )
    assert process.stdout is not None
    start = os.read(process.stdout.fileno(), 1000)
    time.sleep(0.2)  # until the pipe is full again
    process.send_signal(signal.SIGUSR1)
    time.sleep(0.1)
    rest, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert (start + rest).decode() == "ü" * 500_000 + "\n"


def test_nothing_is_lost_while_tensorflow_loads() -> None:
    """What a picture fails with is told also while standard error is silenced for TensorFlow's log lines."""
    script = """
import os
from convfilter import runtime
from convfilter.cli import streams
streams.prepare()
with runtime._silenced_stderr():
    os.write(2, b"a line of a log\\n")
    streams.warn("bad.jpg: damaged")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stderr == b"bad.jpg: damaged\n"
