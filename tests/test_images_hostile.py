"""Files that are cut, damaged, lying about themselves, or no pictures at all."""

from __future__ import annotations

import io
import random
import struct
import threading
import time
import warnings
import zlib
from typing import Any

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from convfilter.errors import ImageError
from convfilter.images.picture import Picture
from convfilter.images.reading import read


def _smooth(channels: int) -> np.ndarray[Any, Any]:
    rows, columns = np.mgrid[:60, :80]
    waves = [(columns * 3 + rows * (k + 1) * 2 + (columns * rows) % 7) % 256 for k in range(channels)]
    return np.stack(waves, -1).astype(np.uint8).squeeze()


def _saved(image: Image.Image, name: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, name, **options)
    return out.getvalue()


def _tiff(pixels: np.ndarray[Any, Any], **options: Any) -> bytes:
    out = io.BytesIO()
    tifffile.imwrite(out, pixels, metadata=None, **options)
    return out.getvalue()


def _files() -> dict[str, bytes]:
    """A sound file of every kind."""
    rgb, rgba, grey = Image.fromarray(_smooth(3)), Image.fromarray(_smooth(4)), Image.fromarray(_smooth(1))
    more: dict[str, Any] = {"save_all": True, "append_images": [rgba.rotate(90), rgba.rotate(180)], "duration": 50}
    deep = _smooth(3).astype(np.uint16) * 257
    return {
        "jpeg": _saved(rgb, "JPEG"),
        "progressive": _saved(rgb, "JPEG", progressive=True),
        "cmyk": _saved(rgb.convert("CMYK"), "JPEG"),
        "png": _saved(rgb, "PNG"),
        "palette": _saved(rgb.quantize(64), "PNG"),
        "apng": _saved(rgba, "PNG", **more),
        "png16": imagecodecs.png_encode(deep),
        "gif": _saved(rgb.quantize(64), "GIF"),
        "gifs": _saved(rgba, "GIF", **more),
        "webp": _saved(rgb, "WEBP"),
        "lossless": _saved(rgba, "WEBP", lossless=True),
        "webps": _saved(rgba, "WEBP", **more),
        "bmp": _saved(rgb, "BMP"),
        "avif": _saved(rgb, "AVIF"),
        "avifs": _saved(rgba, "AVIF", **more),
        "ppm": _saved(rgb, "PPM"),
        "plain": b"P3 2 2 9\n" + b"1 2 3 " * 4,
        "pfm": b"PF\n80 60\n-1.0\n" + _smooth(3).astype("<f4").tobytes(),
        "jp2": _saved(rgb, "JPEG2000"),
        "j2k16": imagecodecs.jpeg2k_encode(deep, codecformat="j2k", reversible=True, level=0),
        "tiff": _saved(rgb, "TIFF"),
        "lzw": _saved(rgb, "TIFF", compression="tiff_lzw"),
        "fax": _saved(grey.convert("1"), "TIFF", compression="group4"),
        "pages": _saved(rgb, "TIFF", save_all=True, append_images=[grey, rgba], compression="tiff_adobe_deflate"),
        "tiff16": _tiff(deep, photometric="rgb", compression="lzw"),
        "floats": _tiff(deep.astype("float32"), photometric="rgb", tile=(16, 16)),
        "bigtiff": _tiff(_smooth(1), bigtiff=True),
    }


FILES = _files()


def _read(data: bytes, limit: int = 10**6) -> Picture:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read(io.BytesIO(data), max_pixels=limit)


def _try(data: bytes) -> Picture | str:
    """The picture, or the message with which it is refused."""
    try:
        return _read(data)
    except ImageError as error:
        return str(error)


def _alike(first: Picture, second: Picture) -> bool:
    pairs = zip(first.frames, second.frames, strict=False)
    return len(first.frames) == len(second.frames) and all(np.array_equal(a.pixels, b.pixels) for a, b in pairs)


@pytest.mark.parametrize("name", FILES)
def test_a_cut_file_never_gives_part_of_a_picture(name: str) -> None:
    """Cut anywhere, a file is refused, or gives the whole picture where only a tail of metadata is gone."""
    data, whole = FILES[name], _read(FILES[name])
    ends = {len(data) * k // 20 for k in range(1, 20)} | {len(data) - k for k in (1, 2, 3, 4, 8, 12, 20)}
    for end in sorted(ends - {0}):
        found = _try(data[:end])
        if isinstance(found, Picture):
            assert _alike(found, whole), end
        elif end > 64:
            assert "truncated" in found, (end, found)


def test_damage_is_an_image_error_or_a_picture(capfd: pytest.CaptureFixture[str]) -> None:
    """Flipped bits give a picture or one line, never another exception, a warning, or text on stderr."""
    chance = random.Random(11)
    for name, data in FILES.items():
        if name == "fax":  # an older imagecodecs leaves this to libtiff, which complains by itself
            continue
        for _ in range(25):
            broken = bytearray(data)
            for _ in range(chance.choice((1, 2, 8))):
                broken[chance.randrange(min(len(data), chance.choice((80, 600, 10**9))))] ^= 1 << chance.randrange(8)
            found = _try(bytes(broken))
            if isinstance(found, str):
                assert found.isprintable()
                assert len(found) < 250
            else:
                assert found.frames
    assert capfd.readouterr() == ("", "")


def test_bit_rot_in_a_png_is_found() -> None:
    """One flipped bit anywhere in the pixel data of a PNG is noticed by its checksum."""
    data = FILES["png"]
    for at in range(data.index(b"IDAT") + 10, len(data) - 20, len(data) // 9):
        rotten = bytearray(data)
        rotten[at] ^= 1
        with pytest.raises(ImageError, match="damaged PNG"):
            _read(bytes(rotten))


@pytest.mark.parametrize(
    "content",
    [b"hello\n", b"<html><body>404</body></html>", b"%PDF-1.7\n", b"<svg/>", b"PK\x03\x04", b"\0", b"\x89",
     b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", b"version https://git-lfs.github.com/spec/v1\n"],
)  # fmt: skip
def test_other_files_are_told(content: bytes) -> None:
    """Text, documents, archives, pointers and PostScript are not recognised as images, and nothing runs them."""
    with pytest.raises(ImageError, match="not a recognised image"):
        _read(content)


@pytest.mark.parametrize("signature", [d[:n] for d in FILES.values() for n in (8, 12, 16, 26)])
def test_signature_only(signature: bytes) -> None:
    """A known signature with nothing sound behind it is damaged, truncated or not recognised."""
    with pytest.raises(ImageError, match=r"damaged|truncated|not a recognised"):
        _read(signature)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _png(width: int, height: int, *chunks: bytes, bits: int = 8, kind: int = 2) -> bytes:
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + _chunk(b"IEND", b"")


_GIF_BODY = b"\x02\x02\x4c\x01\0;"
HUGE = {
    "png": _png(50000, 50000, _chunk(b"IDAT", zlib.compress(bytes(9999))), bits=1, kind=0),
    "bmp": b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, 50000, 50000, 1, 24, 0, 0, 0, 0, 0, 0),
    "ppm": b"P6 50000 50000 255\n",
    "gif": b"GIF89a" + struct.pack("<HHBBB", 50000, 50000, 128, 0, 0) + bytes(6)
    + b"," + struct.pack("<HHHHB", 0, 0, 50000, 50000, 0) + _GIF_BODY,
    "grown": b"GIF89a" + struct.pack("<HHBBB", 1, 1, 128, 0, 0) + bytes(6)
    + b"," + struct.pack("<HHHHB", 49000, 49000, 1000, 1000, 0) + _GIF_BODY,
    "webp": b"RIFF\x2c\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0" + (49999).to_bytes(3, "little") * 2
    + b"VP8L\x10\0\0\0\x2f" + bytes(15),
    "tiff": b"II*\0\x08\0\0\0" + struct.pack(
        "<H" + "HHII" * 9 + "I", 9, 256, 4, 1, 50000, 257, 4, 1, 50000, 258, 3, 1, 8, 259, 3, 1, 1, 262, 3, 1, 1,
        273, 4, 1, 8, 277, 3, 1, 1, 278, 4, 1, 50000, 279, 4, 1, 8, 0),
}  # fmt: skip


@pytest.mark.parametrize("name", HUGE)
def test_lying_headers_are_refused_before_decoding(name: str) -> None:
    """A header that promises 2500 megapixels is refused at once, with the size, the limit and the option."""
    began = time.monotonic()
    expected = "50000 x 50000 = 2500 MP is over the limit of 100 MP; raise with --max-pixels"
    with pytest.raises(ImageError) as caught:
        _read(HUGE[name], limit=100_000_000)
    assert str(caught.value) == expected
    assert time.monotonic() - began < 2


def test_frames_count_together() -> None:
    """The limit holds for all frames together, and the message says how many there are."""
    with pytest.raises(ImageError, match=r"^80 x 80 x 3 frames = 0.0192 MP is over the limit of 0.015 MP;"):
        square = [Image.fromarray(np.full((80, 80), v, np.uint8)) for v in (1, 2, 3)]
        _read(_saved(square[0], "GIF", save_all=True, append_images=square[1:]), limit=15_000)


def test_our_limit_replaces_that_of_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pillow's own limit neither refuses below ours, nor is it changed for others afterwards."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    threads = [threading.Thread(target=_read, args=(FILES[name],)) for name in ("gifs", "webps", "tiff", "fax")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Image.MAX_IMAGE_PIXELS == 10
    assert _read(FILES["png"]).frames


def test_bombs_are_defused() -> None:
    """Pixel data, text and profiles that unpack to hundreds of megabytes are cut off."""
    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(100)) + packer.flush()
    assert _read(_png(64, 64, _chunk(b"IDAT", bomb))).frames[0].pixels.shape == (64, 64, 3)
    pixels = _chunk(b"IDAT", zlib.compress(bytes(64 * 193)))
    for extra in (_chunk(b"zTXt", b"a\0\0" + bomb), _chunk(b"iCCP", b"a\0\0" + bomb)):
        with pytest.raises(ImageError, match="more than 1 MiB"):
            _read(_png(64, 64, extra, pixels))


def test_a_jpeg_of_countless_scans_is_refused() -> None:
    """Hundreds of scans, each a pass over the whole picture, are refused."""
    data = FILES["progressive"]
    scan = data.rindex(b"\xff\xda")
    with pytest.raises(ImageError, match="JPEG scans"):
        _read(data[:-2] + data[scan:-2] * 400 + data[-2:])


def test_a_video_behind_a_jpeg_is_no_scan() -> None:
    """Bytes behind the end of a JPEG, as phones put a video there, do not count as scans."""
    assert _read(FILES["jpeg"] + b"\xff\xda" * 400).frames


def test_pages_in_a_circle_are_refused() -> None:
    """A TIFF whose last page points back to the first does not run for ever."""
    data = bytearray(_tiff(_smooth(1)))
    (count,) = struct.unpack_from("<H", data, 8)
    struct.pack_into("<I", data, 10 + 12 * count, 8)
    with pytest.raises(ImageError, match="circle"):
        _read(bytes(data))


def test_many_frames_and_pages_take_linear_time() -> None:
    """A thousand frames, and two thousand pages, are read within seconds."""
    frames = [Image.fromarray(np.full((40, 40), v % 256, np.uint8)) for v in range(1000)]
    began = time.monotonic()
    data = _saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=20)
    assert len(_read(data, limit=10**7).frames) == 1000
    pages = io.BytesIO()
    with tifffile.TiffWriter(pages) as writer:
        for value in range(2000):
            writer.write(np.full((4, 4), value % 256, np.uint8), photometric="minisblack", metadata=None)
    assert len(_read(pages.getvalue()).frames) == 2000
    assert time.monotonic() - began < 20
