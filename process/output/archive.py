"""A ZIP file that is written while it is sent."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Final

Entry = tuple[str, Iterable[bytes]]
_DATE: Final = (1980, 1, 1, 0, 0, 0)
_TEXTS: Final = (".json", ".md")


class _Sent(io.RawIOBase):
    """Takes what is written until it is fetched. It cannot go back, so sizes stand behind each file."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(memoryview(data))  # type: ignore[arg-type]  # whatever has bytes
        self._parts.append(part)
        return len(part)

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def zip_pieces(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The archive of these files. Texts are compressed; recordings and photos are already."""
    sent = _Sent()
    with zipfile.ZipFile(sent, "w") as archive:
        for name, pieces in entries:
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED if name.endswith(_TEXTS) else zipfile.ZIP_STORED
            with archive.open(entry, "w") as file:
                for piece in pieces:
                    file.write(piece)
                    if taken := sent.take():
                        yield taken
    yield sent.take()
