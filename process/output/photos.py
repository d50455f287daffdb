"""A photo that somebody uploads, encoded anew: what else is in the file, such as the place, is gone."""

from __future__ import annotations

import io
import struct
from typing import Final

from PIL import Image, ImageCms, ImageOps

from process.domain.book import Photo

MOST_BYTES: Final = 8 * 1024 * 1024
MOST_PIXELS: Final = 40_000_000
_LONGEST: Final = 1_600
_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_BROKEN: Final = (
    OSError, ValueError, SyntaxError, EOFError, OverflowError, struct.error, IndexError, KeyError, TypeError,
    ZeroDivisionError, AssertionError, MemoryError,
)  # fmt: skip
"""What Pillow raises over files that are not what they say."""


class BadPhoto(ValueError):
    """The file cannot be used; the message says why, to the person."""


def prepare_photo(data: bytes) -> Photo:
    """A JPEG that stands upright and is no larger than a page needs. Raises BadPhoto.

    What kind of file it is, its bytes say, not its name. Its size is read before any of it is unpacked.
    """
    if len(data) > MOST_BYTES:
        raise BadPhoto(f"A photo of at most {MOST_BYTES // 1024**2} MB, please. This one is larger.")
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise BadPhoto(
                    f"A photo of at most {MOST_PIXELS // 1_000_000} megapixels, please. "
                    f"This one has {image.width:,} by {image.height:,} pixels."
                )
            return _encoded(_upright(image))
    except BadPhoto:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPhoto(f"A photo of at most {MOST_PIXELS // 1_000_000} megapixels, please.") from error
    except _BROKEN as error:
        raise BadPhoto("This is no photo that can be read. Choose a JPEG, PNG or WebP file.") from error


def _upright(image: Image.Image) -> Image.Image:
    """Small, in the colours of screens, on white where it was transparent."""
    image.draft("RGB", (2 * _LONGEST, 2 * _LONGEST))  # a JPEG need not be unpacked in full
    image.load()
    profile = image.info.get("icc_profile")
    turned = ImageOps.exif_transpose(image)
    turned.thumbnail((_LONGEST, _LONGEST), Image.Resampling.LANCZOS)
    if turned.has_transparency_data:
        layer = turned.convert("RGBA")
        turned = Image.new("RGB", layer.size, "white")
        turned.paste(layer, mask=layer.getchannel("A"))
    return _in_screen_colours(turned, profile)


def _in_screen_colours(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Cameras have wider colours than a file without a profile is shown in."""
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")


def _encoded(image: Image.Image) -> Photo:
    clean = Image.new("RGB", image.size)
    clean.paste(image)  # without what Pillow keeps beside the pixels
    file = io.BytesIO()
    clean.save(file, "JPEG", quality=86, optimize=True, progressive=True)
    return Photo(file.getvalue(), clean.width, clean.height)
