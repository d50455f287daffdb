"""What kind of sound a file holds, told by its content, whatever its sender says."""

from __future__ import annotations

from typing import Final

_EBML: Final = b"\x1a\x45\xdf\xa3"
_SUFFIXES: Final = {
    "audio/webm": "webm",
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/flac": "flac",
}
LOWEST_BYTES_PER_SECOND: Final = 1_000
"""Of speech at the smallest rate that a browser records with: what a file can at most last."""


def media_type_of(head: bytes) -> str | None:
    """By the first 4 KiB of a file: a type that browsers record, None for anything else, video included."""
    if head.startswith(_EBML):
        has_video = b"V_VP" in head or b"V_AV1" in head or b"V_MPEG" in head
        return None if has_video or b"webm" not in head[:64] else "audio/webm"
    if head.startswith(b"OggS"):
        return None if b"theora" in head else "audio/ogg"
    if head[4:8] == b"ftyp":
        return "audio/mp4"
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "audio/wav"
    if head.startswith(b"fLaC"):
        return "audio/flac"
    if head.startswith(b"ID3") or (len(head) > 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0):
        return "audio/mpeg"
    return None


def file_name(media_type: str) -> str:
    """A name whose ending says what it is, for those who go by that."""
    return f"recording.{_SUFFIXES.get(media_type, 'bin')}"


def longest_seconds(size_bytes: int, said: float) -> float:
    """What a recording can last at most: browsers say it, and nobody has to believe them."""
    return max(said, size_bytes / LOWEST_BYTES_PER_SECOND)


def in_minutes(seconds: float) -> str:
    """``0:42``, ``12:05``."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"
