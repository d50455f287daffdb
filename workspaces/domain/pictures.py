"""Pictures that people attach, encoded anew: what else was in the file, such as the place, is gone."""

from __future__ import annotations

import io
import struct
from typing import Final

from PIL import Image, ImageOps

from workspaces.domain.files import JPEG, PNG, WEBP

MOST_PIXELS: Final = 40_000_000
_LONGEST: Final = 3_840
_FORMATS: Final = {PNG: "PNG", JPEG: "JPEG", WEBP: "WEBP"}
_BROKEN: Final = (
    OSError, ValueError, SyntaxError, EOFError, OverflowError, struct.error, IndexError, KeyError, TypeError,
    ZeroDivisionError, AssertionError, MemoryError,
)  # fmt: skip
"""What Pillow raises over files that are not what they say."""


class BadPicture(ValueError):
    """The file cannot be used; the message says why, to the person."""


def prepare_picture(data: bytes, media_type: str) -> bytes:
    """Upright, bounded, and of the same format: charts stay crisp. Raises BadPicture.

    Its size is read before any of it is unpacked.
    """
    form = _FORMATS[media_type]
    too_large = f"A picture of at most {MOST_PIXELS // 1_000_000} megapixels, please."
    try:
        with Image.open(io.BytesIO(data), formats=[form]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise BadPicture(too_large)
            image.load()
            turned = ImageOps.exif_transpose(image)
            turned.thumbnail((_LONGEST, _LONGEST), Image.Resampling.LANCZOS)
            return _encoded(turned, form)
    except BadPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPicture(too_large) from error
    except _BROKEN as error:
        raise BadPicture("This is no picture that can be read. Choose a PNG, JPEG or WebP file.") from error


def _encoded(image: Image.Image, form: str) -> bytes:
    mode = "RGBA" if image.has_transparency_data and form != "JPEG" else "RGB"
    pixels = image.convert(mode)
    clean = Image.new(mode, pixels.size)
    clean.paste(pixels)  # without what Pillow keeps beside the pixels
    file = io.BytesIO()
    if form == "PNG":
        clean.save(file, form, compress_level=6)
    else:
        clean.save(file, form, quality=88)
    return file.getvalue()
