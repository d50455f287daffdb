"""Tapes as files: one JSON object a line, compressed; first what the tape is, then its messages in order."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any, Final

from orchestrator.core import json
from trading.domain.lines import decode, encode
from trading.domain.messages import Message

FORMAT: Final = "orchestrator-tape"
VERSION: Final = 1
LONGEST_LINE: Final = 4 * 1024 * 1024


class BadTape(ValueError):
    """What is no tape, with the line (from 1) where it stops being one."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"Line {line:,}: {message}" if line else message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Header:
    """``markets`` are as ``Market`` rows hold them, so that a tape can be read where they are not known."""

    name: str
    origin: str
    markets: list[dict[str, Any]] = field(default_factory=list)
    seed: int | None = None


def pack(messages: Iterable[Message]) -> bytes:
    """Messages as compressed lines: a chunk."""
    return zlib.compress(b"".join(json.dumps(encode(each)) + b"\n" for each in messages), 6)


def unpack(data: bytes) -> list[Message]:
    """The messages of a chunk that ``pack`` made."""
    lines = zlib.decompress(data).rstrip(b"\n").replace(b"\n", b",")  # within JSON a line break is escaped
    return [decode(line) for line in json.loads(b"[" + lines + b"]")]


def write_tape(header: Header, messages: Iterable[Message]) -> Iterator[bytes]:
    """A tape as a gzip file, piece by piece."""
    first = {"format": FORMAT, "version": VERSION, "name": header.name, "origin": header.origin}
    first |= {"markets": header.markets} | ({} if header.seed is None else {"seed": header.seed})
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    yield packer.compress(json.dumps(first) + b"\n")
    for message in messages:
        if piece := packer.compress(json.dumps(encode(message)) + b"\n"):
            yield piece
    yield packer.flush()


def read_tape(stream: IO[bytes], *, most_bytes: int) -> tuple[Header, Iterator[Message]]:
    """A tape out of a gzip file, or of the same lines uncompressed, read as it is asked for.

    ``most_bytes`` bounds what it may unpack to. Raises BadTape, also while the messages are read: for what is
    no JSON, is no message, or lies before the one before it.
    """
    lines = _lines(stream, most_bytes)
    header = _header(next(lines, (1, b"")))
    return header, _messages(lines)


def _header(numbered: tuple[int, bytes]) -> Header:
    number, line = numbered
    found = _object(number, line)
    if found.get("format") != FORMAT:
        raise BadTape(number, f"This is no tape: its first line has no “format”: “{FORMAT}”.")
    if found.get("version") != VERSION:
        raise BadTape(
            number, f"Version {found.get('version')} of the format is not known here; {VERSION} is."
        )
    name, markets, seed = found.get("name"), found.get("markets", []), found.get("seed")
    if not isinstance(name, str) or not isinstance(markets, list):
        raise BadTape(number, "“name” has to be text and “markets” a list.")
    if seed is not None and not isinstance(seed, int):
        raise BadTape(number, "“seed” has to be a whole number.")
    return Header(
        name, str(found.get("origin", "")), [each for each in markets if isinstance(each, dict)], seed
    )


def _messages(lines: Iterator[tuple[int, bytes]]) -> Iterator[Message]:
    last = 0
    for number, line in lines:
        try:
            message = decode(_object(number, line))
        except BadTape:
            raise
        except ValueError as error:
            raise BadTape(number, f"{error}.") from error
        if message.at < last:
            raise BadTape(number, f"This message lies {last - message.at:,} ms before the one above it.")
        last = message.at
        yield message


def _object(number: int, line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except json.NotJson as error:
        raise BadTape(number, str(error)) from error
    if not isinstance(value, dict):
        raise BadTape(number, "This is no JSON object.")
    return value


def _lines(stream: IO[bytes], most_bytes: int) -> Iterator[tuple[int, bytes]]:
    rest, number = b"", 0
    for piece in _unpacked(stream, most_bytes):
        *whole, rest = (rest + piece).split(b"\n")
        if len(rest) > LONGEST_LINE:
            raise BadTape(number + len(whole) + 1, "This line is longer than 4 MB.")
        for line in whole:
            number += 1
            if line.strip():
                yield number, line
    if rest.strip():
        yield number + 1, rest


def _unpacked(stream: IO[bytes], most_bytes: int) -> Iterator[bytes]:
    first = stream.read(65_536)
    opener = zlib.decompressobj(31) if first.startswith(b"\x1f\x8b") else None
    total, piece = 0, first
    while piece:
        given = piece
        while given:
            try:
                out = opener.decompress(given, LONGEST_LINE) if opener else given
            except zlib.error as error:
                raise BadTape(0, "The file is damaged: it cannot be unpacked.") from error
            given = opener.unconsumed_tail if opener else b""
            total += len(out)
            if total > most_bytes:
                raise BadTape(0, f"The tape unpacks to more than {most_bytes // 1024**2:,} MB.")
            yield out
        piece = stream.read(65_536)
    if opener is None:
        return
    yield opener.flush()
    if not opener.eof:
        raise BadTape(0, "The file is cut off: its end is missing.")
