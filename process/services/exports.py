"""Everything that is stored of a session, or of all of a person's, as a file to keep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from process.models import Session
from process.output.archive import Entry, zip_pieces
from process.queries.everything import export_pieces, files_of, has_files


@dataclass(frozen=True, slots=True)
class Download:
    name: str
    content_type: str
    pieces: Iterator[bytes]


def export_session(session: Session) -> Download:
    """JSON; a ZIP of it and the files where there are recordings or a photo. For the person alone."""
    name = f"session-{session.pk}"
    if not has_files(session):
        return Download(f"{name}.json", "application/json", export_pieces(session))
    return Download(f"{name}.zip", "application/zip", zip_pieces(_entries(session)))


def export_all(user: User) -> Download:
    """A ZIP with a folder for each of the person's sessions."""
    name = f"sessions-{utc_now():%Y-%m-%d}.zip"
    return Download(name, "application/zip", zip_pieces(_entries_of_all(user)))


def _entries_of_all(user: User) -> Iterator[Entry]:
    rows = Session.objects.visible_to(user).select_related("process_version", "scope", "profile", "book")
    for pk in list(rows.order_by("id").values_list("pk", flat=True)):
        session = rows.filter(pk=pk).first()
        if session:  # else it was deleted meanwhile
            yield from _entries(session, folder=f"{session.started_at:%Y-%m-%d}-{session.pk}/")


def _entries(session: Session, *, folder: str = "") -> Iterable[Entry]:
    yield f"{folder}session.json", export_pieces(session)
    for name, content in files_of(session):
        yield f"{folder}{name}", [content]
