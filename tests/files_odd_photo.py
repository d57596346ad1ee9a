"""Sound but unusual JPEG, WebP, AVIF and JPEG 2000 files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import imagecodecs
import numpy as np
from files_bombs import jpeg_of_scans
from files_build import box
from files_pixels import DEEP_GREY, DEEP_RGB, GREY, RGB, saved, smooth, with_alpha
from files_records import Odd, Pixels


def _odd(name: str, mode: str, pixels: Pixels, make: Callable[[], bytes], tolerance: int = 0, *notes: str) -> Odd:
    return Odd(name, make, lambda: pixels, mode, tolerance, notes=notes)


def _ycck() -> bytes:
    """An Adobe JPEG of inverted CMYK, coded as YCCK."""
    return bytes(imagecodecs.jpeg8_encode(255 - SMOOTH_CMYK, 98, colorspace="CMYK", outcolorspace="YCCK"))


def _jp2(pixels: Pixels, codecformat: str = "jp2", **options: int) -> bytes:
    """A JPEG 2000 of 16 bits without loss."""
    return bytes(imagecodecs.jpeg2k_encode(pixels, level=0, codecformat=codecformat, reversible=True, **options))


TEN_BITS = smooth(3).astype(np.uint16) * 4 + 2
SMOOTH_GREY, SMOOTH_RGB, SMOOTH_CMYK = smooth(1), smooth(3), smooth(4)
JPEG = (
    _odd("grey.jpg", "L", SMOOTH_GREY, lambda: saved(SMOOTH_GREY, "JPEG", quality=95), 3),
    _odd(
        "progressive-420.jpg",
        "RGB",
        SMOOTH_RGB,
        lambda: saved(SMOOTH_RGB, "JPEG", quality=95, subsampling=2, progressive=True),
        5,
    ),
    _odd("rgb-coded.jpg", "RGB", SMOOTH_RGB, lambda: saved(SMOOTH_RGB, "JPEG", quality=95, keep_rgb=True), 4),
    _odd("cmyk-adobe.jpg", "CMYK", SMOOTH_CMYK, lambda: saved(SMOOTH_CMYK, "JPEG", quality=95, mode="CMYK"), 6),
    _odd("ycck-adobe.jpg", "CMYK", SMOOTH_CMYK, _ycck, 5),
    _odd(
        "restart-markers.jpg",
        "RGB",
        SMOOTH_RGB,
        lambda: saved(SMOOTH_RGB, "JPEG", quality=95, restart_marker_blocks=1),
        5,
    ),
    _odd("junk-after-end.jpg", "L", SMOOTH_GREY, lambda: saved(SMOOTH_GREY, "JPEG", quality=95) + b"junk" * 9, 3),
    _odd(  # phones put a video there, in which anything may look like the start of a scan
        "video-after-end.jpg",
        "L",
        SMOOTH_GREY,
        lambda: saved(SMOOTH_GREY, "JPEG", quality=95) + b"\0\2" + b"\xff\xda\0\2" * 400,
        3,
    ),
    _odd("100-scans.jpg", "L", np.full((64, 64, 1), 128, np.uint8), partial(jpeg_of_scans, 64, 100), 1),
    _odd("jpg-by-content.png", "L", SMOOTH_GREY, lambda: saved(SMOOTH_GREY, "JPEG", quality=95), 3),
    _odd("one-pixel.jpg", "L", GREY[1:2, 1:2], lambda: saved(GREY[1:2, 1:2], "JPEG", quality=95), 3),
)


WEB = (
    _odd("lossless.webp", "RGB", RGB, lambda: saved(RGB, "WEBP", lossless=True)),
    _odd(
        "lossless-alpha.webp",
        "RGBA",
        with_alpha(RGB),
        lambda: saved(with_alpha(RGB), "WEBP", lossless=True, exact=True),
    ),
    _odd("plain.avif", "RGB", SMOOTH_RGB, lambda: saved(SMOOTH_RGB, "AVIF", quality=100, subsampling="4:4:4"), 3),
    _odd(
        "10-bit.avif",
        "RGB",
        TEN_BITS * 64 + TEN_BITS // 16,
        lambda: bytes(imagecodecs.avif_encode(TEN_BITS, level=100, pixelformat="444", bitspersample=10)),
        320,  # five levels of ten bits
        "10-bit samples were spread over 16 bits",
    ),
    _odd(
        "alpha.avif",
        "RGBA",
        with_alpha(SMOOTH_RGB),
        lambda: saved(with_alpha(SMOOTH_RGB), "AVIF", quality=100, subsampling="4:4:4"),
        3,
    ),
)

JPEG_2000 = (
    _odd("grey.jp2", "L", GREY, lambda: saved(GREY, "JPEG2000")),
    _odd("grey-alpha.jp2", "LA", with_alpha(GREY), lambda: saved(with_alpha(GREY), "JPEG2000")),
    _odd("rgb.jp2", "RGB", RGB, lambda: saved(RGB, "JPEG2000")),
    _odd("rgba.jp2", "RGBA", with_alpha(RGB), lambda: saved(with_alpha(RGB), "JPEG2000")),
    _odd("codestream.j2k", "RGB", RGB, lambda: saved(RGB, "JPEG2000", no_jp2=True)),
    _odd("grey-16-bit.jp2", "L", DEEP_GREY, lambda: saved(DEEP_GREY, "JPEG2000")),
    _odd("rgb-16-bit.jp2", "RGB", DEEP_RGB, partial(_jp2, DEEP_RGB)),
    _odd("rgba-16-bit.jp2", "RGBA", with_alpha(DEEP_RGB), partial(_jp2, with_alpha(DEEP_RGB))),
    _odd(
        "grey-12-bit.j2k",
        "L",
        np.rint((DEEP_GREY >> 4) * (65535 / 4095)).astype(np.uint16),
        partial(_jp2, (DEEP_GREY >> 4)[..., 0], codecformat="j2k", bitspersample=12),
        0,
        "12-bit samples were spread over 16 bits",
    ),
)

PHOTO = JPEG + WEB + JPEG_2000


def with_profile(jp2: bytes, profile: bytes) -> bytes:
    """A JPEG 2000 whose colour box holds an ICC profile instead of a number."""
    start = jp2.index(b"jp2h") - 4
    end = start + int.from_bytes(jp2[start : start + 4], "big")
    colour = jp2.index(b"colr", start) - 4
    after = colour + int.from_bytes(jp2[colour : colour + 4], "big")
    inner = jp2[start + 8 : colour] + box(b"colr", b"\2\0\0" + profile) + jp2[after:end]
    return jp2[:start] + box(b"jp2h", inner) + jp2[end:]
