"""What kind of file an attachment is, told by its content, never by its name alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

IMAGE: Final = "image"
VIDEO: Final = "video"
FILE: Final = "file"

PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
WEBP: Final = "image/webp"
MP4: Final = "video/mp4"
WEBM: Final = "video/webm"
PDF: Final = "application/pdf"
CSV: Final = "text/csv"
TEXT: Final = "text/plain"

_MP4_BRANDS: Final = (
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"dash",
)
_NO_TEXT: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LOOK_AT: Final = 65_536


@dataclass(frozen=True, slots=True)
class Kind:
    """``group`` says how it is shown, and which size limit counts."""

    media_type: str
    group: str
    ending: str


_KINDS: Final = {
    each.media_type: each
    for each in (
        Kind(PNG, IMAGE, "png"),
        Kind(JPEG, IMAGE, "jpg"),
        Kind(WEBP, IMAGE, "webp"),
        Kind(MP4, VIDEO, "mp4"),
        Kind(WEBM, VIDEO, "webm"),
        Kind(PDF, FILE, "pdf"),
        Kind(CSV, FILE, "csv"),
        Kind(TEXT, FILE, "txt"),
    )
}
NAMES: Final = "PNG, JPEG, WebP, MP4, WebM, PDF, CSV, TXT"
ACCEPT: Final = ".png,.jpg,.jpeg,.webp,.mp4,.webm,.pdf,.csv,.txt"


def kind_of(head: bytes, name: str) -> Kind | None:
    """By the first bytes; only between CSV and plain text the name decides. None for anything else."""
    media_type = _binary(head) or (_text(head, name) if head else None)
    return _KINDS[media_type] if media_type else None


def kind_named(media_type: str) -> Kind:
    """Raises KeyError."""
    return _KINDS[media_type]


def _binary(head: bytes) -> str | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _MP4_BRANDS:
        return MP4
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        return WEBM
    return PDF if head.startswith(b"%PDF-") else None


def _text(head: bytes, name: str) -> str | None:
    part = head[:_LOOK_AT]
    if _NO_TEXT.search(part):
        return None
    try:
        part.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        cut_off = len(head) >= _LOOK_AT and error.start > len(part) - 4  # in the middle of a character
        if not cut_off:
            return None
    return CSV if name.lower().endswith(".csv") else TEXT


_UNFIT: Final = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u202a-\u202e\u2066-\u2069]+')


def shown_name(name: str, kind: Kind) -> str:
    """As people see it, with the ending of what it is. It is no path and leads nowhere."""
    stem, _, ending = _UNFIT.sub(" ", name).strip(" .").rpartition(".")
    if not stem or not ending.isalnum() or len(ending) > 5:
        stem = f"{stem}.{ending}" if stem else ending
    return f"{' '.join(stem.split())[:150] or 'file'}.{kind.ending}"


def address_of(workspace_id: object, file_id: object) -> str:
    """What a message's ``attachments`` hold."""
    return f"/workspaces/{workspace_id}/files/{file_id}/"


def id_in(address: str) -> str | None:
    """The id of the file that an address names; None for one that is elsewhere."""
    found = re.fullmatch(r"/workspaces/[0-9a-f-]{36}/files/([0-9a-f-]{36})/", address)
    return found[1] if found else None
