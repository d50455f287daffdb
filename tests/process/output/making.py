"""Plain books and photos for tests."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from process.domain.book import Book, Chapter, Said, SaidGroup

MADE = datetime(2026, 11, 21, 18, tzinfo=UTC)
CHAPTER = """The house stood *above* the **harbour**.

## The stairs

1. down
2. up

- salt
  - and tar

> She said: go.

---

    a line as it was typed
"""


def make_book(*chapters: Chapter, **values: Any) -> Book:
    values.setdefault("title", "The blue house")
    values.setdefault("author", "Ida Holm")
    values.setdefault("made_at", MADE)
    return Book(
        chapters=chapters or (Chapter("Origins", CHAPTER), Chapter("Work", "I mended nets.")), **values
    )


def make_appendix() -> tuple[SaidGroup, ...]:
    return (SaidGroup("Origins", (Said("Where were you born?", "In a blue house.\n\nAbove the harbour."),)),)


def make_image(
    size: tuple[int, int] = (60, 40), *, kind: str = "JPEG", mode: str = "RGB", **options: Any
) -> bytes:
    """A file whose upper left corner is red and the rest white."""
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
