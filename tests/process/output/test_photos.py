"""Photos: what is in the file beside the picture is gone, and files that lie are told apart."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from process.output.photos import MOST_BYTES, BadPhoto, prepare_photo
from tests.process.output.making import make_image


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def huge_png(side: int) -> bytes:
    """A picture of so many pixels in a few kilobytes."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side // 8 + 1) * 64))
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", rows) + part(b"IEND", b"")


def test_where_a_photo_was_taken_is_gone_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Camera of Ida"
    exif.get_ifd(0x8825)[2] = (59.0, 54.0, 0.0)
    data = make_image((60, 40), exif=exif, comment=b"at home")
    assert b"Camera of Ida" in data, "the control"
    photo = prepare_photo(data)
    assert (photo.width, photo.height) == (40, 60)
    image = opened(photo.data)
    assert image.format == "JPEG"
    assert not image.getexif()
    assert "comment" not in image.info
    assert b"Camera" not in photo.data
    red, _, blue = image.getpixel((38, 2))  # type: ignore[misc]
    assert (red > 200, blue < 80) == (True, True)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_three_kinds_are_taken_and_made_small(kind: str) -> None:
    photo = prepare_photo(make_image((2_400, 1_200), kind=kind))
    assert (photo.width, photo.height) == (1_600, 800)
    assert opened(photo.data).size == (1_600, 800)


@pytest.mark.parametrize("mode", ["L", "P", "1", "RGBA", "LA", "CMYK", "I;16"])
def test_every_way_of_keeping_colours_is_understood(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    file = io.BytesIO()
    Image.new(mode, (8, 8)).save(file, kind)
    assert opened(prepare_photo(file.getvalue()).data).mode == "RGB"


def test_what_is_transparent_becomes_white() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(file, "PNG")
    assert opened(prepare_photo(file.getvalue()).data).getpixel((4, 4)) == (255, 255, 255)


LIES = {
    "nothing": b"",
    "a page": b"<html><script>alert(1)</script></html>",
    "a picture that is code": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "a GIF": make_image(kind="GIF"),
    "a BMP": make_image(kind="BMP"),
    "a TIFF": make_image(kind="TIFF"),
    "half a JPEG": make_image((600, 400))[:900],
    "half a PNG": make_image((600, 400), kind="PNG")[:60],
    "the head of a JPEG": b"\xff\xd8\xff\xe0" + b"\x00" * 200,
    "too many bytes": b"\xff" * (MOST_BYTES + 1),
    "a bomb": huge_png(30_000),
    "a small bomb": huge_png(6_400),
}


@pytest.mark.parametrize("data", LIES.values(), ids=LIES)
def test_what_is_no_photo_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(BadPhoto, match=r"photo"):
        prepare_photo(data)
