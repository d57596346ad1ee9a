"""Read the formats that Pillow decodes: every frame, as it is to be seen, with its metadata."""

from __future__ import annotations

import io
import struct
from typing import Any

from PIL import Image

from convfilter.errors import ImageError
from convfilter.images import exif
from convfilter.images.integrity import gif_canvas, jpeg_scans
from convfilter.images.limits import check_pixels
from convfilter.images.metadata import sound_dpi
from convfilter.images.picture import Frame, JpegCoding, Meta, Picture, loop_of, mode_of
from convfilter.images.pillow_frames import frame_count, frame_of_image, image_of

MAX_SCANS = 100
"""Each scan of a progressive JPEG costs a pass over the whole picture; encoders make about ten."""
_IPTC = 0x0404
"""Among Photoshop's blocks."""


def read(data: bytes, name: str, max_pixels: int) -> Picture:
    """The picture in the bytes of a file of the named format; samples come out as uint8.

    Raises:
        ImageError: it is a truncated GIF, over the limit, or of a kind that is not supported.
        Exception: whatever the decoder says of damaged data.
    """
    if name == "GIF":
        width, height, count = gif_canvas(data)
        check_pixels(max_pixels, width, height, count)
    elif name == "WEBP":
        check_pixels(max_pixels, *_webp_canvas(data))  # opening allocates it
    elif name == "JPEG" and data.count(b"\xff\xda") > MAX_SCANS and jpeg_scans(data) > MAX_SCANS:
        raise ImageError(f"has over {MAX_SCANS} JPEG scans, as only bombs have; save it anew first")
    with Image.open(io.BytesIO(data), formats=[name]) as image:
        count = frame_count(image, name)
        check_pixels(max_pixels, image.width, image.height, count)
        frames = tuple(decoded_frame(image, index) for index in range(count))
        picture = Picture(alike(frames), name, meta_of(image, name, data))
        return picture.noting(*_notes(image, name, data))


def decoded_frame(image: Image.Image, index: int) -> Frame:
    """One frame of an open picture, decoded."""
    if index:
        image.seek(index)
    image.load()
    return frame_of_image(
        image, float(image.info.get("duration") or 0) if getattr(image, "is_animated", False) else 0.0
    )


def alike(frames: tuple[Frame, ...]) -> tuple[Frame, ...]:
    """All frames of an animation in one mode; Pillow starts a GIF as palette and goes on as RGB or RGBA."""
    if len({frame.mode for frame in frames}) == 1:
        return frames
    mode = mode_of(3, alpha=any(frame.has_alpha for frame in frames))
    return tuple(
        frame if frame.mode == mode else frame_of_image(image_of(frame).convert(mode), frame.duration)
        for frame in frames
    )


def meta_of(image: Image.Image, name: str, data: bytes) -> Meta:
    """What an open picture says beside its pixels."""
    info = image.info
    icc, xmp, block = info.get("icc_profile"), info.get("xmp"), info.get("exif")
    block = exif.without_prefix(block) if isinstance(block, bytes) else b""
    return Meta(
        exif=block or None,
        icc=icc if isinstance(icc, bytes) and icc else None,
        xmp=(xmp.encode() if isinstance(xmp, str) else xmp) or None,
        dpi=None if name == "JPEG" and not _tells_dpi(info, block) else sound_dpi(info.get("dpi")),
        comment=info.get("comment") if name in ("JPEG", "GIF") else None,
        loop=_loop(info, name) if getattr(image, "is_animated", False) else None,
        lossless=_lossless(name, data),
        jpeg=_jpeg(image) if name == "JPEG" else None,
    )


def _tells_dpi(info: dict[Any, Any], block: bytes) -> bool:
    """Whether a JPEG has a resolution; where not even its EXIF says one, Pillow makes up 72."""
    if info.get("jfif_unit") in (1, 2):
        return True
    try:
        return {entry.tag for entry in exif.first(block)[0]} >= {0x011A, 0x0128}
    except (ValueError, struct.error):
        return False


def _loop(info: dict[Any, Any], name: str) -> int | None:
    """Repetitions, which GIF counts as we do."""
    loop = info.get("loop")
    return loop if loop is None or name == "GIF" else loop_of(int(loop))


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
