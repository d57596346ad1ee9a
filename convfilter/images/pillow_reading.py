"""Reads the formats that Pillow decodes: every frame, as it is to be seen, with its metadata."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Any

from PIL import Image

from convfilter.errors import ImageError
from convfilter.images import exif
from convfilter.images.integrity import gif_canvas, is_cut, jpeg_scans, truncated
from convfilter.images.picture import Frame, JpegCoding, Meta, Picture
from convfilter.images.pillow_frames import image_of, to_frame

if TYPE_CHECKING:
    from convfilter.images.limits import Limit
    from convfilter.images.picture import Mode

MAX_SCANS = 100  # each scan of a progressive JPEG costs a pass over the whole picture; encoders make about ten
_IPTC = 0x0404  # among Photoshop's blocks
_LENIENT = ("WEBP", "AVIF", "JPEG2000")  # their decoders may take a cut file for a whole one


def read(data: bytes, name: str, limit: Limit) -> Picture:
    """The picture in the bytes of a file of the named format; samples come out as uint8.

    Raises:
        ImageError: it is truncated, over the limit, or of a kind that is not supported.
        Exception: whatever the decoder says of damaged data.
    """
    if name in _LENIENT and is_cut(name, data):
        raise ImageError(truncated(data))
    if name == "GIF":
        width, height, count = gif_canvas(data)
        limit.check(width, height, count)
    elif name == "WEBP":
        limit.check(*_webp_canvas(data))  # opening allocates it
    elif name == "JPEG" and data.count(b"\xff\xda") > MAX_SCANS and jpeg_scans(data) > MAX_SCANS:
        raise ImageError(f"has over {MAX_SCANS} JPEG scans, as only made to exhaust readers; save it anew first")
    with Image.open(io.BytesIO(data), formats=[name]) as image:
        count = 1 if name in ("JPEG", "JPEG2000", "BMP") else getattr(image, "n_frames", 1)
        limit.check(image.width, image.height, count)
        frames = tuple(frame_of(image, index) for index in range(count))
        picture = Picture(alike(frames), name, meta_of(image, name, data))
        return picture.noting(*_notes(image, name, data))


def frame_of(image: Image.Image, index: int) -> Frame:
    """One frame of an open picture, decoded."""
    if index:
        image.seek(index)
    image.load()
    return to_frame(image, float(image.info.get("duration") or 0))


def alike(frames: tuple[Frame, ...]) -> tuple[Frame, ...]:
    """All frames of an animation in one mode; Pillow starts a GIF as palette and goes on as RGB or RGBA."""
    modes = {frame.mode for frame in frames}
    if len(modes) == 1:
        return frames
    mode: Mode = "RGBA" if modes & {"RGBA", "LA"} else "RGB"
    return tuple(
        frame if frame.mode == mode else to_frame(image_of(frame).convert(mode), frame.duration) for frame in frames
    )


def meta_of(image: Image.Image, name: str, data: bytes) -> Meta:
    """What an open picture says beside its pixels."""
    info = image.info
    block = info.get("exif")
    icc, xmp = info.get("icc_profile"), info.get("xmp")
    return Meta(
        exif=block.removeprefix(b"Exif\0\0") or None if isinstance(block, bytes) else None,
        icc=icc if isinstance(icc, bytes) and icc else None,
        xmp=(xmp.encode() if isinstance(xmp, str) else xmp) or None,
        dpi=_dpi(image, name),
        comment=info.get("comment") if name in ("JPEG", "GIF") else None,
        loop=_loop(info, name) if getattr(image, "is_animated", False) else None,
        lossless=_lossless(name, data),
        jpeg=_jpeg(image) if name == "JPEG" else None,
    )


def _dpi(image: Image.Image, name: str) -> tuple[float, float] | None:
    dpi = image.info.get("dpi")
    if name == "JPEG" and image.info.get("jfif_unit") not in (1, 2):
        # Pillow then looks into EXIF, and makes up 72 where EXIF says nothing
        try:
            tags = {e.tag for e in exif.first(image.info.get("exif", b"").removeprefix(b"Exif\0\0"))[0]}
        except (ValueError, struct.error):
            tags = set()
        if not tags >= {0x011A, 0x0128}:
            return None
    try:
        across, down = (float(v) for v in dpi or ())
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if 0 < across < 1e6 and 0 < down < 1e6 else None


def _loop(info: dict[Any, Any], name: str) -> int | None:
    """Repetitions; WebP and PNG count how often it plays, which is one more."""
    loop = info.get("loop")
    if loop is None or name == "GIF":
        return loop
    return None if loop == 1 else max(int(loop) - 1, 0)


def _lossless(name: str, data: bytes) -> bool:
    if name == "WEBP":
        return b"VP8 " not in data
    if name == "JPEG2000":  # the last byte of the coding style says reversible
        at = data.find(b"\xff\x52")
        return data[at + 13 : at + 14] == b"\1"
    return name not in ("JPEG", "AVIF")


def _jpeg(image: Any) -> JpegCoding | None:
    """The tables by component; None for those that libjpeg cannot be asked to make again."""
    from PIL.JpegImagePlugin import get_sampling

    if image.layers == 3 and image.info.get("adobe_transform") == 0:  # stored as RGB
        return None
    tables = [image.quantization.get(layer[3]) for layer in image.layer[: image.layers]]
    if not all(tables):
        return None
    while len(tables) > 1 and tables[-1] == tables[-2]:
        tables.pop()
    progressive = bool(image.info.get("progressive"))
    return JpegCoding(dict(enumerate(tables)), get_sampling(image), progressive)


def _notes(image: Image.Image, name: str, data: bytes) -> tuple[str, ...]:
    pictures = getattr(image, "n_frames", 1)
    if name == "GIF" and b"ICCRGBG1012" in data:
        return ("the ICC profile of a GIF is not kept",)
    if name != "JPEG":
        return ()
    notes = [f"{pictures} pictures in the file, only the first is kept"] if pictures > 1 else []
    if _IPTC in (image.info.get("photoshop") or {}):
        notes.append("IPTC data is not kept")
    return tuple(notes)


def _webp_canvas(data: bytes) -> tuple[int, int]:
    if data[12:16] == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    return 1, 1  # without that header no side is over 16383, and opening allocates nothing
