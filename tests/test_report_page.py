"""The page of a run: what it says, that nothing in it runs or loads, and the slider in a real browser."""

from __future__ import annotations

import base64
import io
import re
import shutil
import subprocess
import time
import tracemalloc
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from convfilter.report_page import Row, page

HOSTILE = "a</script></h3><img src=x onerror=document.title='ran'>\"' onfocus='\x1b[31m\n\0\u202e\udcff&amp;.jpg"
SHOWN = "a</script></h3><img src=x onerror=document.title='ran'>\"' onfocus='\\x1b[31m\\n\\x00\\u202e\\xff&amp;.jpg"
VOID = {"meta", "img", "input"}
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PROBE = """<p id="probe"></p><script>
const slider = document.querySelector(".pair input"), after = document.querySelectorAll(".pair img")[1];
const clip = () => getComputedStyle(after).clipPath;
const first = clip();
slider.value = 25;
slider.dispatchEvent(new Event("input", {bubbles: true}));
// Before the first frame the height of a list is a guess, unless its rows are laid out at once.
document.querySelectorAll("ul").forEach(list => list.style.contentVisibility = "visible");
const box = after.getBoundingClientRect();
probe.textContent = [first, clip(), box.x, box.y, box.width, box.height].join("|");
</script></body>"""


class Reader(HTMLParser):
    """Reads a page as browsers do, and fails where a tag is left open or closed twice."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag, which an end must follow."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Take the tag off, which must be the innermost one."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note the text under the tag it stands in."""
        if data.strip():
            self.texts.setdefault(self.open[-1], []).append(data)

    def pictures(self) -> list[bytes]:
        """The data of every picture."""
        begins = "data:image/jpeg;base64,"
        sources = [attributes["src"] or "" for tag, attributes in self.tags if tag == "img"]
        assert all(source.startswith(begins) for source in sources)
        return [base64.b64decode(source.removeprefix(begins), validate=True) for source in sources]


def made(*rows: Row, command: str = "convfilter blur") -> str:
    """A page in one string."""
    return "".join(page(rows, command=command, started="2026-07-02 14:05"))


def jpeg(colour: str) -> bytes:
    """A thumbnail of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(file, "JPEG")
    return file.getvalue()


def test_failures_first() -> None:
    """Failed pictures stand before skipped ones, these before done ones, each kind in the order given."""
    states = ("done", "failed", "skipped", "done", "skipped", "failed")
    reader = Reader(made(*(Row(f"{number}.png", None, status) for number, status in enumerate(states))))
    assert reader.texts["bdi"] == [f"{number}.png" for number in (1, 5, 2, 4, 0, 3)]
    assert reader.texts["h2"] == ["failed (2)", "skipped (2)", "done (2)"]


def test_summary() -> None:
    """The summary counts pictures of every kind, and megapixels and seconds of those that are done."""
    done = Row("a.gif", "b.gif", "done", width=1000, height=500, frames=3, seconds=1.25)
    text = made(done, done, Row("c.gif", None, "failed", width=9999, height=9999, seconds=99.0))
    assert '<strong class="some-failed">2 done, 0 skipped, 1 failed</strong>' in text
    assert "3 pictures, 3.0 megapixels in 2.5 s" in text
    assert 'class="some-failed"' not in made(done)
    assert "<strong>0 done, 0 skipped, 0 failed</strong> &middot; 0 pictures, 0.0 megapixels in 0.0 s" in made()


@pytest.mark.parametrize(
    ("row", "says"),
    [(Row("a", "b", "done", width=40, height=30, frames=1, seconds=0.123, clipped=0.0), ["40 \xd7 30 pixels, 0.12 s"]),
     (Row("a", "b", "done", frames=12, clipped=0.0123), ["12 frames, 1.2\xa0% of the samples clipped"]),
     (Row("a", "b", "done", clipped=1.0), ["100.0\xa0% of the samples clipped"]),
     (Row("a", "b", "done", clipped=1e-7), ["below 0.1\xa0% of the samples clipped"]),
     (Row("a", None, "failed", "no picture"), ["no picture"]),
     (Row("a", "b", "done", notes=("lost this", "and that")), ["lost this", "and that"]),
     (Row("a", "b", "done", width=40), [])],
)  # fmt: skip
def test_facts(row: Row, says: list[str]) -> None:
    """A row tells what is known of its picture, and nothing else."""
    text = re.sub(r"(?s).*?<ul>", "<ul>", made(row)).split("</section>")[0]
    assert [line for line in Reader(text).texts.get("p", []) if line != "→ "] == says


@pytest.mark.parametrize("place", ["input", "output", "reason", "notes", "command"])
def test_hostile_text_stays_text(place: str) -> None:
    """Whatever a name or message holds is shown in one visible line, makes no tag, and can be written as UTF-8."""
    texts = {"input": "a", "output": "b", "reason": "c", "notes": "d", "command": "e"} | {place: HOSTILE}
    row = Row(texts["input"], texts["output"], "failed", texts["reason"], (texts["notes"],), thumbnails=(b"1", b"2"))
    text = made(row, command=texts["command"])
    text.encode()
    reader, plain = Reader(text), Reader(made(Row("a", "b", "failed", "c", ("d",), thumbnails=(b"1", b"2"))))
    assert [tag for tag, _ in reader.tags] == [tag for tag, _ in plain.tags]
    assert [list(attributes) for _, attributes in reader.tags] == [list(attributes) for _, attributes in plain.tags]
    assert any(SHOWN in shown for texts_ in reader.texts.values() for shown in texts_)


def test_names_of_windows() -> None:
    """A surrogate that stands for no byte is shown as an escape too."""
    assert Reader(made(Row("a\ud800.jpg", None, "done"))).texts["bdi"] == ["a\\ud800.jpg"]


def test_thumbnails_are_kept() -> None:
    """Thumbnails are in the page byte for byte, before first, with a slider that is named after its picture."""
    pairs = (jpeg("red"), jpeg("blue")), (bytes(range(256)), b"\xff\xd8")
    reader = Reader(made(*(Row("a.png", "b.png", "done", thumbnails=pair) for pair in pairs), Row("c", "d", "done")))
    assert reader.pictures() == [data for pair in pairs for data in pair]
    sliders = [attributes for tag, attributes in reader.tags if tag == "input"]
    assert [slider["aria-label"] for slider in sliders] == ["a.png: percent shown as before"] * 2


def test_nothing_comes_from_elsewhere() -> None:
    """The page names no address but data:, and forbids all others."""
    text = made(Row("a", "b", "done", thumbnails=(b"1", b"2")))
    reader = Reader(text)
    links = [value for _, attributes in reader.tags for name, value in attributes.items() if name in ("src", "href")]
    assert all(link and link.startswith("data:") for link in links)
    assert not re.search(r"https?:|url\(|@import", text)
    policy = next(tag["content"] or "" for _, tag in reader.tags if tag.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


class Many(Sequence[Row]):
    """Rows that are made when they are asked for, so that only the page takes memory."""

    def __len__(self) -> int:
        return 20_000

    def __getitem__(self, index: int) -> Row:  # type: ignore[override]
        if index >= len(self):
            raise IndexError
        return Row(f"{index}.jpg", f"out/{index}.jpg", "done", thumbnails=(b"x" * 2000, b"y" * 2000))


@pytest.mark.slow
def test_many_rows() -> None:
    """20,000 rows, 100 MB of page, take seconds and less than a megabyte."""
    began = time.process_time()
    tracemalloc.start()
    try:
        length = sum(map(len, page(Many(), command="convfilter blur", started="now")))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert length > 100_000_000
    assert peak < 1_000_000
    assert time.process_time() - began < 20


def test_short_lists() -> None:
    """Rows stand in lists of 24: a browser that lays out one long list is busy for minutes."""
    lists = made(*[Row("a", "b", "done")] * 50).split("<ul>")[1:]
    assert [part.count("<li") for part in lists] == [24, 24, 2]


@pytest.mark.skipif(BROWSER is None, reason="no chromium, chromium-browser or google-chrome on PATH")
def test_in_a_browser(tmp_path: Path) -> None:
    """Opened from disk, the slider moves the line between the pictures, no name runs, and no error is told."""
    pair = (jpeg("red"), jpeg("blue"))
    text = made(Row(HOSTILE, HOSTILE, "failed", HOSTILE, (HOSTILE,)), Row(HOSTILE, "b", "done", thumbnails=pair))
    _, console = _browse(text, tmp_path)
    assert console == []
    # A policy that lets everything inline run tests the escaping alone, and lets the probe in.
    weak, count = re.subn(r"script-src '[^']*'", "script-src 'unsafe-inline'", text)
    assert count == 1
    dom, console = _browse(weak.replace("</body>", PROBE), tmp_path)
    assert console == []
    assert "<title>convfilter blur, 2026-07-02 14:05</title>" in dom
    first, moved, *box = re.search(r'id="probe">([^<]*)<', dom)[1].split("|")  # type: ignore[index]
    assert first == "inset(0px 0px 0px 50%)"
    assert moved == "inset(0px 0px 0px 25%)"
    x, y, width, height = map(float, box)
    with Image.open(tmp_path / "shot.png") as shot:
        colours = [shot.convert("RGB").getpixel((int(x + width * at), int(y + height / 2))) for at in (0.2, 0.3)]
    assert colours == [pytest.approx((255, 0, 0), abs=3), pytest.approx((0, 0, 255), abs=3)]


def _browse(text: str, folder: Path) -> tuple[str, list[str]]:
    """What a browser makes of a page: the elements, and the lines of its console; shot.png shows it."""
    file = folder / "page.html"
    file.write_text(text, encoding="utf-8")
    asked = ("--headless", "--dump-dom", f"--screenshot={folder / 'shot.png'}", "--virtual-time-budget=2000")
    quiet = ("--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1000,1600", "--enable-logging=stderr")
    command = [str(BROWSER), *asked, *quiet, f"--user-data-dir={folder / 'profile'}", file.as_uri()]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)
    return answer.stdout, [line for line in answer.stderr.splitlines() if "CONSOLE" in line]
