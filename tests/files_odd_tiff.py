"""Sound but unusual TIFF files: depths, byte orders, planes, tiles, compressions, colour spaces, pages."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import tifffile
from files_odd_png import DEEP_GREY, DEEP_RGB, GREY, PALETTE, RGB, numbers, ramp, with_alpha
from files_records import Odd, Pixels, animation
from PIL import Image


def tiff(*pages: tuple[Pixels, dict[str, Any]], order: str = "<", big: bool = False) -> bytes:
    """Pages (height, width, channels) with the options of tifffile."""
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer, byteorder=order, bigtiff=big) as writer:
        for pixels, options in pages:
            data = np.moveaxis(pixels, 2, 0) if options.get("planarconfig") == "separate" else pixels
            data = data[..., 0] if pixels.shape[2] == 1 else data
            settings = {"photometric": "minisblack" if pixels.shape[2] < 3 else "rgb"} | options
            writer.write(np.ascontiguousarray(data), metadata=None, software=False, **settings)
    return buffer.getvalue()


def _tiff(
    name: str,
    pixels: Pixels,
    mode: str,
    wanted: Pixels | None = None,
    order: str = "<",
    big: bool = False,
    tolerance: int = 0,
    **options: Any,
) -> Odd:
    """One page, whose picture is the samples themselves unless another is wanted."""
    seen = pixels if wanted is None else wanted
    return Odd(f"{name}.tif", lambda: tiff((pixels, options), order=order, big=big), lambda: seen, mode, tolerance)


def _pillow(name: str, pixels: Pixels, mode: str, image: Image.Image, **options: Any) -> Odd:
    """One page as Pillow writes it."""

    def make() -> bytes:
        buffer = io.BytesIO()
        image.save(buffer, "TIFF", **options)
        return buffer.getvalue()

    return Odd(f"{name}.tif", make, lambda: pixels, mode)


def lab_to_rgb(lab: Pixels) -> Pixels:
    """CIELAB under D50, as TIFF has it, to sRGB, by the formulas of the CIE and Bradford's adaptation."""
    lightness, a, b = lab[..., 0] / 2.55, lab[..., 1].view(np.int8) * 1.0, lab[..., 2].view(np.int8) * 1.0
    f = np.stack([(lightness + 16) / 116 + a / 500, (lightness + 16) / 116, (lightness + 16) / 116 - b / 200], -1)
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * [0.96422, 1.0, 0.82521]
    matrix = [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ]
    linear = np.clip(xyz @ np.array(matrix).T, 0, 1)
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(255 * srgb).astype(np.uint8)


BITS = numbers(9, 21, 2).astype(bool)
BLACK_WHITE = BITS.astype(np.uint8) * 255
FLOATS = ramp(11, 17, 1, "float32") * 3 - 1
FLOAT_RGB = ramp(11, 17, 3, "float32") * 3 - 1
CMYK = ramp(11, 17, 4)
LAB = np.stack([np.full((4, 6), 128), np.arange(24).reshape(4, 6) - 12, 12 - np.arange(24).reshape(4, 6)], -1).astype(
    np.uint8
)
TILED, DEEP_TILED = ramp(40, 50, 3), ramp(40, 50, 3, "uint16")
PREMULTIPLIED = np.array([[[0, 0, 0, 0], [51, 102, 0, 102], [255, 3, 9, 255]]], np.uint8)
STRAIGHT = np.array([[[0, 0, 0, 0], [128, 255, 0, 102], [255, 3, 9, 255]]], np.uint8)
COLOURS = np.zeros((3, 256), np.uint16)
COLOURS[:, :4] = np.array(PALETTE).T * 257
INDICES = numbers(9, 21, 4)
ALPHA = {"extrasamples": ["unassalpha"]}

SINGLE = (
    _tiff("bits", BITS, "L", BLACK_WHITE),
    _tiff("bits-white-is-0", BITS, "L", 255 - BLACK_WHITE, photometric="miniswhite"),
    _pillow(
        "bits-fax-group-4", BLACK_WHITE, "L", Image.fromarray(BLACK_WHITE[..., 0]).convert("1"), compression="group4"
    ),
    _tiff("grey-white-is-0", GREY, "L", 255 - GREY, photometric="miniswhite"),
    _tiff("grey-16-bit-white-is-0", DEEP_GREY, "L", 65535 - DEEP_GREY, photometric="miniswhite"),
    _tiff("grey-alpha", with_alpha(GREY), "LA", **ALPHA),
    _tiff("rgba", with_alpha(RGB), "RGBA", **ALPHA),
    _tiff("rgba-premultiplied", PREMULTIPLIED, "RGBA", STRAIGHT, tolerance=1, extrasamples=["assocalpha"]),
    _tiff("rgb-planes", RGB, "RGB", planarconfig="separate"),
    _tiff("rgb-tiles", TILED, "RGB", tile=(16, 16)),
    _tiff("rgb-tiles-deflate", TILED, "RGB", tile=(16, 16), compression="zlib"),
    _tiff("rgb-strips", TILED, "RGB", rowsperstrip=7),
    _tiff("rgb-packbits", RGB, "RGB", compression="packbits"),
    _tiff("rgb-lzw-predictor", RGB, "RGB", compression="lzw", predictor=True),
    _tiff("rgb-big-tiff", RGB, "RGB", big=True),
    _tiff(
        "palette", INDICES, "RGB", np.array(PALETTE, np.uint8)[INDICES[..., 0]], photometric="palette", colormap=COLOURS
    ),
    *(
        _tiff(f"{kind}-16-bit-{name}{'-big-endian' if order == '>' else ''}", pixels, mode, None, order, **options)
        for kind, pixels, mode, extra in (
            ("grey", DEEP_GREY, "L", {}),
            ("rgb", DEEP_RGB, "RGB", {}),
            ("rgba", with_alpha(DEEP_RGB), "RGBA", ALPHA),
        )
        for order in "<>"
        for name, options in (
            ("raw", extra),
            ("deflate", extra | {"compression": "zlib"}),
            ("lzw", extra | {"compression": "lzw"}),
        )
    ),
    _tiff("rgb-16-bit-planes", DEEP_RGB, "RGB", planarconfig="separate"),
    _tiff("rgb-16-bit-planes-deflate", DEEP_RGB, "RGB", planarconfig="separate", compression="zlib"),
    _tiff("rgb-16-bit-tiles", DEEP_TILED, "RGB", tile=(16, 16)),
    _tiff("rgb-16-bit-predictor", DEEP_RGB, "RGB", compression="zlib", predictor=True),
    _tiff("float", FLOATS, "L"),
    _tiff("float-big-endian", FLOATS, "L", None, ">"),
    _tiff("float-deflate-predictor", FLOATS, "L", compression="zlib", predictor=3),
    _tiff("float-rgb", FLOAT_RGB, "RGB"),
    _tiff("float-rgb-planes", FLOAT_RGB, "RGB", planarconfig="separate"),
    _tiff("cmyk", CMYK, "CMYK", photometric="separated"),
    _tiff("cmyk-deflate", CMYK, "CMYK", photometric="separated", compression="zlib"),
    _tiff("lab", LAB, "RGB", lab_to_rgb(LAB), tolerance=2, photometric="cielab"),
)

DEPTHS = (RGB, DEEP_GREY, ramp(5, 9, 1), BLACK_WHITE, FLOATS, DEEP_RGB)
PAGES = (
    animation(
        "pages-of-many-depths.tif",
        lambda: tiff(*((page, {}) for page in (*DEPTHS[:3], BITS, *DEPTHS[4:]))),
        DEPTHS,
        "RGB",
        modes=("RGB", "L", "L", "L", "L", "RGB"),
    ),
    animation(
        "pages-of-many-sizes.tif",
        lambda: tiff(*((page, {"compression": "zlib"}) for page in (RGB, TILED, RGB[:1, :1]))),
        (RGB, TILED, RGB[:1, :1]),
        "RGB",
    ),
    animation("pages-alike.tif", lambda: tiff((GREY, {}), (GREY, {})), (GREY, GREY), "L"),
)

TIFF = SINGLE + PAGES
