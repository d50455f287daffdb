"""The book that a session becomes, as a plain value: what is written in each format, and in which order."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Photo:
    """A JPEG that the server encoded itself. Sizes are pixels."""

    data: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Chapter:
    """``text`` is Markdown."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """A question and the answer, in the person's own words."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class SaidGroup:
    title: str
    answers: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """``made_at`` is when its newest part was written, so that the same book gives the same file."""

    title: str
    made_at: datetime
    author: str = ""
    dedication: str = ""
    language: str = "en"
    photo: Photo | None = None
    chapters: tuple[Chapter, ...] = ()
    appendix: tuple[SaidGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """What a book says by itself, in its language."""

    name: str
    contents: str
    own_words: str


LANGUAGES: Final = {
    "en": Words("English", "Contents", "In my own words"),
    "cs": Words("Čeština", "Obsah", "Vlastními slovy"),
    "da": Words("Dansk", "Indhold", "Med mine egne ord"),
    "de": Words("Deutsch", "Inhalt", "In meinen eigenen Worten"),
    "el": Words("Ελληνικά", "Περιεχόμενα", "Με δικά μου λόγια"),
    "es": Words("Español", "Índice", "En mis propias palabras"),
    "fr": Words("Français", "Table des matières", "Avec mes propres mots"),
    "it": Words("Italiano", "Indice", "Con parole mie"),
    "nl": Words("Nederlands", "Inhoud", "In mijn eigen woorden"),
    "pl": Words("Polski", "Spis treści", "Moimi własnymi słowami"),
    "pt": Words("Português", "Índice", "Nas minhas próprias palavras"),
    "ru": Words("Русский", "Содержание", "Своими словами"),
    "sv": Words("Svenska", "Innehåll", "Med mina egna ord"),
    "uk": Words("Українська", "Зміст", "Моїми словами"),
}
"""Languages of books whose letters the PDF's font has."""


def texts_of(book: Book) -> list[str]:
    """What a book is long by: the chapters, and what stands in the appendix."""
    answers = (said.answer for group in book.appendix for said in group.answers)
    return [*(chapter.text for chapter in book.chapters), *answers]


def words_of(book: Book) -> Words:
    return LANGUAGES.get(book.language, LANGUAGES["en"])


class _HasId(Protocol):
    @property
    def id(self) -> UUID: ...


_Part = TypeVar("_Part", bound=_HasId)


def arranged(parts: Iterable[_Part], order: Sequence[UUID]) -> list[_Part]:
    """Those that the order names, as it says; where it says nothing, after the one that went before."""
    wanted = {part_id: place for place, part_id in enumerate(order)}
    place, places = -1, {}
    for part in parts:
        place = wanted.get(part.id, place)
        places[part] = place
    return sorted(places, key=lambda part: (places[part], part.id not in wanted))


def encoded(data: bytes) -> str:
    """Bytes as the encrypted fields keep them, which hold text."""
    return base64.b64encode(data).decode()


def decoded(text: str) -> bytes:
    return base64.b64decode(text)
