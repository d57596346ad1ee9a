"""Pictures as they are in files, held against other decoders and against what was put in."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from typing import TYPE_CHECKING, Any

import cv2
import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from convfilter.errors import ImageError
from convfilter.images.picture import Picture
from convfilter.images.reading import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

RNG = np.random.default_rng(7)


def noise(*shape: int, dtype: str = "uint8") -> NDArray[Any]:
    """Random samples over the whole range of a type."""
    if dtype == "float32":
        return RNG.random(shape, dtype=np.float32)
    return RNG.integers(0, np.iinfo(dtype).max + 1, shape).astype(dtype)


def saved(image: Image.Image, name: str, **options: Any) -> bytes:
    """The bytes of a Pillow picture in a format."""
    out = io.BytesIO()
    image.save(out, name, **options)
    return out.getvalue()


def tiff(pixels: NDArray[Any], **options: Any) -> bytes:
    """The bytes of a TIFF by tifffile."""
    out = io.BytesIO()
    tifffile.imwrite(out, pixels, metadata=None, **options)
    return out.getvalue()


def png(width: int, height: int, bits: int, kind: int, rows: bytes, *extra: tuple[bytes, bytes]) -> bytes:
    """A PNG made by hand, from its raw rows with their filter bytes."""
    header = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    parts = [(b"IHDR", header), *extra, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    body = b"".join(struct.pack(">I", len(c)) + n + c + struct.pack(">I", zlib.crc32(n + c)) for n, c in parts)
    return b"\x89PNG\r\n\x1a\n" + body


def picture(data: bytes, limit: int = 10**7) -> Picture:
    """Reads bytes, with every warning an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read(io.BytesIO(data), max_pixels=limit)


def check(data: bytes, mode: str, pixels: NDArray[Any], notes: int = 0) -> Picture:
    """Reads bytes of one frame and holds them against what they ought to be."""
    found = picture(data)
    (frame,) = found.frames
    assert frame.mode == mode
    assert frame.pixels.dtype == pixels.dtype
    np.testing.assert_array_equal(frame.pixels, pixels.reshape(frame.pixels.shape))
    assert len(found.notes) == notes, found.notes
    return found


def test_palettes_bitmaps_and_keys_become_colours() -> None:
    """Palette, one-bit and keyed pictures come out as the colours they show, never as palette numbers."""
    indexed = Image.fromarray(noise(9, 11, 3)).quantize(16)
    check(saved(indexed, "PNG"), "RGB", np.asarray(indexed.convert("RGB")))
    seen = indexed.copy()
    seen.info["transparency"] = 3
    check(saved(indexed, "PNG", transparency=3), "RGBA", np.asarray(seen.convert("RGBA")))
    bits = Image.fromarray(noise(9, 11)).convert("1")
    for name in ("PNG", "BMP", "TIFF", "PPM"):
        data = saved(bits, name)
        assert np.array_equal(picture(data).frames[0].pixels[..., 0], np.asarray(bits.convert("L"))), name
    keyed = check(png(2, 1, 8, 2, b"\0\1\2\3\4\5\6", (b"tRNS", b"\0\1\0\2\0\3")), "RGBA", np.array(
        [[1, 2, 3, 0], [4, 5, 6, 255]], np.uint8))  # fmt: skip
    assert keyed.frames[0].has_alpha
    check(png(2, 1, 2, 0, b"\0\x60", (b"tRNS", b"\0\1")), "LA", np.array([[85, 0], [170, 255]], np.uint8))


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (2, "LA"), (3, "RGB"), (4, "RGBA")])
def test_sixteen_bit_png_keeps_its_bits(channels: int, mode: str) -> None:
    """PNG of 16 bits is read as imagecodecs reads it, not as Pillow's 8 bits."""
    pixels = noise(13, 17, channels, dtype="uint16")
    check(imagecodecs.png_encode(pixels.squeeze()), mode, pixels)
    if channels in (1, 3):
        done, data = cv2.imencode(".png", pixels[..., ::-1])
        assert done
        check(data.tobytes(), mode, pixels)


def test_sixteen_bit_png_with_a_key() -> None:
    """The keyed colour of a 16-bit PNG is compared with all its bits."""
    rows = b"\0" + struct.pack(">3H", 300, 301, 44)
    expected = np.array([[300, 0], [301, 65535], [44, 65535]], np.uint16)
    check(png(3, 1, 16, 0, rows, (b"tRNS", struct.pack(">H", 300))), "LA", expected)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize(
    ("channels", "mode", "kind"),
    [(1, "L", "minisblack"), (2, "LA", "minisblack"), (3, "RGB", "rgb"), (4, "RGBA", "rgb"), (4, "CMYK", "separated")],
)
def test_tiff_of_every_depth_and_mode(dtype: str, channels: int, mode: str, kind: str) -> None:
    """TIFF keeps 8 and 16 bits and floats, in strips, tiles and planes, compressed and not."""
    pixels = noise(40, 33, channels, dtype=dtype)
    extra = {"extrasamples": ["unassalpha"]} if mode in ("LA", "RGBA") else {}
    for options in ({}, {"compression": "lzw", "predictor": True}, {"tile": (16, 16), "compression": "zlib"}):
        data = tiff(pixels.squeeze(), photometric=kind, planarconfig="contig", **extra, **options)
        check(data, mode, pixels)
    if channels > 1:
        planes = np.moveaxis(pixels, 2, 0).copy()
        check(tiff(planes, photometric=kind, planarconfig="separate", byteorder=">", **extra), mode, pixels)


def test_tiff_oddities() -> None:
    """White-is-zero, palettes, 12 bits, half floats, doubles, premultiplied alpha and Lab come out right."""
    grey = noise(8, 9)
    check(tiff(grey, photometric="miniswhite"), "L", 255 - grey)
    indexed = Image.fromarray(noise(9, 11, 3)).quantize(16)
    check(saved(indexed, "TIFF"), "RGB", np.asarray(indexed.convert("RGB")))
    twelve = noise(8, 10, dtype="uint16") >> 4
    spread = np.rint(twelve * (65535 / 4095)).astype("uint16")
    check(tiff(twelve, bitspersample=12, photometric="minisblack"), "L", spread, notes=1)
    half = noise(8, 9, dtype="float32").astype("float16")
    check(tiff(half, photometric="minisblack"), "L", half.astype("float32"))
    double = noise(8, 9, dtype="float32").astype("float64") / 3
    check(tiff(double, photometric="minisblack"), "L", double.astype("float32"), notes=1)
    premultiplied = np.array([[[50, 100, 25, 100], [0, 0, 0, 0], [9, 8, 7, 255]]], np.uint8)
    plain = np.array([[[128, 255, 64, 100], [0, 0, 0, 0], [9, 8, 7, 255]]], np.uint8)
    check(tiff(premultiplied, photometric="rgb", extrasamples=["assocalpha"]), "RGBA", plain)
    rgb = Image.fromarray(cv2.GaussianBlur(noise(32, 32, 3), (0, 0), 5))
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    image = ImageCms.profileToProfile(rgb, srgb, lab, outputMode="LAB")
    assert image is not None
    found = picture(saved(image, "TIFF"))
    assert found.notes
    assert np.abs(found.frames[0].pixels.astype(int) - np.asarray(rgb)).max() <= 6


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_ccitt", "jpeg", "packbits", "tiff_lzw"])
def test_tiff_codings_agree_with_pillow(compression: str) -> None:
    """Old and lossy TIFF codings give what Pillow's libtiff gives."""
    image = Image.fromarray(cv2.GaussianBlur(noise(40, 56, 3), (0, 0), 4))
    if compression in ("group3", "group4", "tiff_ccitt"):
        image = image.convert("1")
    data = saved(image, "TIFF", compression=compression)
    expected = np.asarray(Image.open(io.BytesIO(data)).convert("L" if image.mode == "1" else "RGB"))
    found = picture(data).frames[0].pixels.squeeze()
    assert np.abs(found.astype(int) - expected).max() <= (2 if compression == "jpeg" else 0)


@pytest.mark.parametrize("dtype", ["int8", "int16", "uint32", "int32", "complex64"])
def test_samples_without_a_range_are_refused(dtype: str) -> None:
    """Signed, 32-bit and complex samples are refused rather than squeezed."""
    with pytest.raises(ImageError, match="not supported"):
        picture(tiff(np.ones((4, 5), dtype), photometric="minisblack"))


def test_too_many_channels_are_refused() -> None:
    """A TIFF of seven channels is refused with their number."""
    with pytest.raises(ImageError, match="7 channels"):
        picture(tiff(noise(4, 5, 7), photometric="minisblack", planarconfig="contig"))


def test_netpbm_of_every_kind() -> None:
    """Plain and binary, 8 and 16 bits, comments, odd maxima and floats."""
    check(b"P2\n# a remark\n2 2 # another\n9\n0 9\n3 6\n", "L", np.array([[0, 255], [85, 170]], np.uint8), notes=1)
    check(b"P3 1 1 65535 1 2 65535", "RGB", np.array([1, 2, 65535], np.uint16))
    check(b"P1\n3 2\n101\n0 1 0\n", "L", np.array([[0, 255, 0], [255, 0, 255]], np.uint8))
    check(b"P4\n3 1\n\xa0", "L", np.array([0, 255, 0], np.uint8))
    deep = noise(5, 6, 3, dtype="uint16")
    check(b"P6 6 5 65535\n" + deep.astype(">u2").tobytes(), "RGB", deep)
    check(b"P6 6 5 4095\n" + (deep >> 4).astype(">u2").tobytes(), "RGB",
          np.rint((deep >> 4) * (65535 / 4095)).astype("uint16"), notes=1)  # fmt: skip
    floats = noise(5, 6, 3, dtype="float32") * 3 - 1
    done, data = cv2.imencode(".pfm", floats[..., ::-1])
    assert done
    check(data.tobytes(), "RGB", floats)


def test_jpeg_2000_of_sixteen_and_twelve_bits() -> None:
    """Deep JPEG 2000 keeps its bits; 12 of them are spread over 16, with a note."""
    for channels, mode in ((1, "L"), (3, "RGB"), (4, "RGBA")):
        pixels = noise(40, 30, channels, dtype="uint16")
        data = imagecodecs.jpeg2k_encode(pixels.squeeze(), codecformat="jp2", reversible=True, level=0)
        check(data, mode, pixels)
    twelve = noise(40, 30, dtype="uint16") >> 4
    data = imagecodecs.jpeg2k_encode(twelve, codecformat="j2k", reversible=True, level=0, bitspersample=12)
    check(data, "L", np.rint(twelve * (65535 / 4095)).astype("uint16"), notes=1)


def test_ten_bit_avif_keeps_its_bits() -> None:
    """AVIF of 10 bits comes out as 16, with a note."""
    ten = noise(32, 32, 3, dtype="uint16") >> 6
    data = imagecodecs.avif_encode(ten, bitspersample=10)
    expected = np.rint(imagecodecs.avif_decode(data) * (65535 / 1023)).astype("uint16")
    check(data, "RGB", expected, notes=1)


def test_cmyk_is_not_inverted() -> None:
    """A CMYK JPEG that is mostly cyan says so in its first channel."""
    ink = np.zeros((16, 16, 4), np.uint8)
    ink[..., 0], ink[..., 3] = 200, 20
    data = saved(Image.fromarray(ink, "CMYK"), "JPEG", quality=100)
    found = picture(data).frames[0]
    assert found.mode == "CMYK"
    assert np.abs(found.pixels.astype(int) - ink).max() <= 2


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("make", ["jpeg", "png", "png16", "webp", "tiff", "avif"])
def test_orientation_is_applied_once(orientation: int, make: str) -> None:
    """A picture lies as its EXIF or TIFF tag says, and says orientation 1 afterwards."""
    corner = np.zeros((32, 48), np.uint8)
    corner[:8, :16] = 255
    exif = Image.Exif()
    exif[0x0112] = orientation
    xmp = b"<x tiff:Orientation='%d'/>" % orientation
    image, block = Image.fromarray(corner).convert("RGB"), exif.tobytes()
    makers: dict[str, Callable[[], bytes]] = {
        "jpeg": lambda: saved(image, "JPEG", exif=block, quality=95, xmp=xmp),
        "png": lambda: saved(image, "PNG", exif=block),
        "png16": lambda: _with_exif(imagecodecs.png_encode(corner.astype("uint16") * 257), block),
        "webp": lambda: saved(image, "WEBP", exif=block, lossless=True, xmp=xmp),
        "tiff": lambda: tiff(corner, photometric="minisblack", extratags=[(274, 3, 1, orientation, True)]),
        "avif": lambda: saved(image, "AVIF", exif=block, quality=95, xmp=xmp),
    }
    found = picture(makers[make]())
    expected = cv2.imdecode(np.frombuffer(saved(image, "JPEG", exif=block, quality=95), np.uint8), cv2.IMREAD_GRAYSCALE)
    pixels = found.frames[0].pixels[..., 0].astype(float)
    assert pixels.shape == expected.shape
    assert np.abs(pixels / pixels.max() * 255 - expected).max() < 40
    if found.meta.exif:
        told = Image.Exif()
        told.load(found.meta.exif)
        assert told.get(0x0112, 1) == 1
    assert not found.meta.xmp or b"'1'" in found.meta.xmp


def _with_exif(data: bytes, block: bytes) -> bytes:
    content = b"eXIf" + block.removeprefix(b"Exif\0\0")
    return (
        data[:33] + struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content)) + data[33:]
    )


@pytest.mark.parametrize("name", ["GIF", "WEBP", "PNG", "AVIF", "TIFF"])
def test_every_frame_and_its_time(name: str) -> None:
    """All frames of an animation are read, composited, with their durations and loop."""
    frames = [Image.fromarray(np.full((16, 20, 3), v, np.uint8)) for v in (10, 120, 250)]
    options = {} if name == "TIFF" else {"duration": [40, 50, 60], "loop": 3}
    if name == "WEBP":
        options["lossless"] = True
    if name == "AVIF":
        options |= {"quality": 100}
        del options["loop"]
    found = picture(saved(frames[0], name, save_all=True, append_images=frames[1:], **options))
    assert [int(frame.pixels.mean().round()) for frame in found.frames] == [10, 120, 250]
    assert [frame.duration for frame in found.frames] == ([0, 0, 0] if name == "TIFF" else [40, 50, 60])
    assert found.meta.loop == {"GIF": 3, "WEBP": 2, "PNG": 2}.get(name)


def test_pages_may_differ() -> None:
    """TIFF pages keep their own sizes, modes and depths."""
    out = io.BytesIO()
    with tifffile.TiffWriter(out) as writer:
        writer.write(noise(4, 5), photometric="minisblack", metadata=None)
        writer.write(noise(6, 7, 3, dtype="uint16"), photometric="rgb", metadata=None)
    first, second = picture(out.getvalue()).frames
    assert (first.mode, first.pixels.shape, second.mode, second.pixels.shape) == ("L", (4, 5, 1), "RGB", (6, 7, 3))
    assert second.depth == np.uint16


def test_metadata_of_a_jpeg() -> None:
    """EXIF, ICC, XMP, resolution, comment and coding are read; a thumbnail in EXIF is taken out."""
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    thumbnail = saved(Image.new("RGB", (8, 8)), "JPEG")
    block = struct.pack("<2sHIHHHI4sI", b"II", 42, 8, 1, 0x0110, 2, 4, b"Cam\0", 26)
    block += struct.pack("<HHHIIHHIII", 2, 0x0201, 4, 1, 56, 0x0202, 4, 1, len(thumbnail), 0)
    image = Image.fromarray(noise(16, 16, 3))
    data = saved(image, "JPEG", exif=b"Exif\0\0" + block + thumbnail, icc_profile=icc, xmp=b"<x/>", dpi=(300, 200),
                 comment=b"hello", quality=70, subsampling=2, progressive=True)  # fmt: skip
    meta = picture(data).meta
    assert meta.exif is not None
    assert b"Cam" in meta.exif
    assert thumbnail not in meta.exif
    assert b"\xff\xd8" not in meta.exif
    assert (meta.icc, meta.xmp, meta.dpi, meta.comment, meta.lossless) == (icc, b"<x/>", (300, 200), b"hello", False)
    assert meta.jpeg is not None
    assert (len(meta.jpeg.tables), meta.jpeg.subsampling, meta.jpeg.progressive) == (2, 2, True)


def test_resolution_is_not_made_up() -> None:
    """A JPEG with EXIF but no resolution has none, though Pillow says 72."""
    exif = Image.Exif()
    exif[0x0110] = "Cam"
    assert picture(saved(Image.new("L", (4, 4)), "JPEG", exif=exif)).meta.dpi is None


def test_several_pictures_in_a_jpeg() -> None:
    """Of an MPO the first picture is kept, and a note says so."""
    first, second = (Image.fromarray(noise(16, 16, 3)) for _ in range(2))
    found = picture(saved(first, "MPO", save_all=True, append_images=[second]))
    assert len(found.frames) == 1
    assert found.notes == ("2 pictures in the file, only the first is kept",)


def test_iptc_is_named() -> None:
    """IPTC captions in a JPEG, which are not kept, are not lost without a word."""
    block = b"8BIM\x04\x04\0\0" + struct.pack(">I", 4) + b"abcd"
    segment = b"Photoshop 3.0\0" + block
    data = saved(Image.new("L", (8, 8)), "JPEG", extra=b"\xff\xed" + struct.pack(">H", 2 + len(segment)) + segment)
    assert picture(data).notes == ("IPTC data is not kept",)
