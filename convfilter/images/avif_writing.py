"""Write AVIF, stills and animations."""

from __future__ import annotations

from typing import Any, BinaryIO

from convfilter.images.picture import Picture
from convfilter.images.pillow_frames import image_of


def write(picture: Picture, file: BinaryIO, quality: int | None) -> list[str]:
    """Write 8-bit frames that are all alike, at quality 90 unless told; return notes."""
    quality = 90 if quality is None else quality
    meta, (first, *others) = picture.meta, [image_of(frame) for frame in picture.frames]
    options: dict[str, Any] = {}
    if picture.frames[0].colours == 3:  # grey needs no colour planes at all
        options["subsampling"] = "4:4:4" if quality >= 90 else "4:2:0"
    if others:
        durations = [round(frame.duration) for frame in picture.frames]
        options |= {"save_all": True, "append_images": others, "duration": durations}
    first.save(
        file,
        "AVIF",
        quality=quality,
        exif=meta.exif or b"",
        icc_profile=meta.icc or b"",
        xmp=meta.xmp or b"",
        **options,
    )
    return []
