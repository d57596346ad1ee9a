"""Files that are no pictures, whatever their name says."""

from __future__ import annotations

import io
import zipfile

from files_records import Bad

EPS = b"""%!PS-Adobe-3.0 EPSF-3.0
%%BoundingBox: 0 0 64 48
%%EndComments
(PWNED) (w) file closefile
0 0 64 48 rectfill
showpage
%%EOF
"""
SVG = b"""<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"><rect width="64" height="48"/></svg>
"""
HTML = b"<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body>nginx</body></html>\n"
LFS = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
)
PICKLE = b"cposix\nsystem\n(S'touch \"${CONVFILTER_CANARY:-PWNED}\"'\ntR."
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def _zip() -> bytes:
    """An archive with a fixed date."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("picture.png", (2020, 1, 1, 0, 0, 0)), b"not a picture")
    return buffer.getvalue()


def _foreign(name: str, content: bytes, item: int = 4) -> Bad:
    return Bad(name, lambda: content, item, "not a recognised image; convert it to PNG, JPEG")


FOREIGN = (
    _foreign("text.png", b"This is not a picture.\n"),
    _foreign("text.jpg", b"P is for picture, 6 is for six.\n"),
    _foreign("error-page.jpg", HTML),
    Bad("lfs-pointer.png", lambda: LFS, 4, "not a recognised image but a git-lfs pointer; run `git lfs pull`"),
    Bad("zip.png", _zip, 4, "not a recognised image"),
    _foreign("pdf.jpg", PDF),
    _foreign("pdf.pdf", PDF),
    _foreign("svg.png", SVG),
    _foreign("svg.svg", SVG),
    _foreign("pickle.png", PICKLE),
    _foreign("pickle.npy", PICKLE),
    _foreign("bm-is-a-text.bmp", b"BM is a text about BM, the beginning of many a file that is no picture at all.\n"),
    _foreign("pam.pam", b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nTUPLTYPE GRAYSCALE\nENDHDR\n\0"),
    _foreign("zeros.png", bytes(4096)),
    _foreign("newlines.tif", b"\n" * 4096),
    _foreign("gzip.png", b"\x1f\x8b\x08" + bytes(40)),
    _foreign("xbm-by-name.xbm", b"#define im_width 8\n#define im_height 1\nstatic char im_bits[] = {0xff};\n"),
    _foreign("eps.eps", EPS, 5),
    _foreign("eps.png", EPS, 5),
    _foreign("eps-dos-header.jpg", b"\xc5\xd0\xd3\xc6" + (32).to_bytes(4, "little") + bytes(24) + EPS, 5),
    _foreign("postscript.ps", EPS.replace(b" EPSF-3.0", b""), 5),
)
