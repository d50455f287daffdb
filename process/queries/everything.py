"""All that is stored of a session, as one JSON document in pieces, so that its length costs no memory.

The document is described in docs/session-export.md; FORMAT changes with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, cast

from django.db.models import QuerySet

from orchestrator.core import json
from orchestrator.core.clock import utc_now
from orchestrator.core.encryption import opened
from process.domain.audio import file_name
from process.domain.book import decoded
from process.domain.process import Process
from process.models import (
    Answer,
    Archetype,
    Disclosure,
    FollowUp,
    Recording,
    Session,
    SessionBook,
    SessionPhoto,
    SessionProfile,
    SessionScope,
    Synthesis,
)
from process.queries.compiled import process_of
from process.queries.lending import readers_of

FORMAT: Final = "orchestrator.process.session/1"
_AT_ONCE: Final = 200

Row = dict[str, Any]


def export_pieces(session: Session) -> Iterator[bytes]:
    """The document. ``session`` has its version, scope, profile and book selected along."""
    process = process_of(session.process_version)
    yield json.dumps(_head(session, process))[:-1]
    lists: dict[str, Iterable[Row]] = {
        "progress": _progress(session, process),
        "sections": _sections(session, process),
        "answers": _answers(session, process),
        "texts": _rows(Synthesis.objects.filter(session=session).select_related("section"), _text),
        "archetypes": _rows(Archetype.objects.filter(session=session), _archetype),
        "disclosures": _rows(Disclosure.objects.filter(session=session), _disclosure),
        "readers": _rows(
            readers_of(session), lambda row: {"username": row.user.username, "since": row.created_at}
        ),
    }
    for name, rows in lists.items():
        yield b",\n" + json.dumps(name) + b":["
        for number, row in enumerate(rows):
            yield (b",\n" if number else b"\n") + json.dumps(row)
        yield b"]"
    yield b"}\n"


def files_of(session: Session) -> Iterator[tuple[str, bytes]]:
    """What is no text: recordings and the photo."""
    recordings = Recording.objects.filter(answer__session=session)
    for pk in list(recordings.order_by("id").values_list("pk", flat=True)):
        row = recordings.filter(pk=pk).first()  # one by one: each may have megabytes
        if row:
            yield recording_name(row), row.audio.open()
    photo = SessionPhoto.objects.filter(session=session).first()
    if photo:
        yield "photo.jpg", decoded(opened(photo.content))


def has_files(session: Session) -> bool:
    recordings = Recording.objects.filter(answer__session=session)
    return SessionPhoto.objects.filter(session=session).exists() or recordings.exists()


def recording_name(row: Recording) -> str:
    _, _, ending = file_name(row.media_type).rpartition(".")
    return f"recordings/{row.answer_id}.{ending}"


def _head(session: Session, process: Process) -> Row:
    nodes = process.node_keys
    return {
        "format": FORMAT,
        "exported_at": utc_now(),
        "session": {
            "id": session.pk,
            "status": session.status,
            "revision": session.revision,
            "path": [nodes[node] for node in session.path],
            "position": session.position,
            "started_at": session.started_at,
            "last_activity_at": session.last_activity_at,
            "completed_at": session.completed_at,
            "metadata": session.metadata,
        },
        "process": {"id": session.process_version_id, "version_name": session.process_version.version_name},
        "book": _book(session),
        "scope": _scope(session),
        "profile": _profile(session),
    }


def _book(session: Session) -> Row | None:
    page = cast(SessionBook | None, getattr(session, "book", None))
    photo = SessionPhoto.objects.filter(session=session).defer("content").first()
    if page is None and photo is None:
        return None
    shown: Row = {"photo": None}
    if photo:
        shown["photo"] = {"file": "photo.jpg", "media_type": photo.media_type, "added_at": photo.created_at}
    if page:
        shown |= {name: opened(getattr(page, name)) for name in ("title", "author", "dedication")}
        shown |= {
            name: getattr(page, name) for name in ("language", "chapter_order", "left_out", "updated_at")
        }
    return shown


def _scope(session: Session) -> Row | None:
    row = cast(SessionScope | None, getattr(session, "scope", None))
    if row is None:
        return None
    return {
        "scope_type": row.scope_type,
        "scope_description": opened(row.scope_description),
        "time_period_start": row.time_period_start,
        "time_period_end": row.time_period_end,
        "updated_at": row.updated_at,
    }


def _profile(session: Session) -> Row | None:
    row = cast(SessionProfile | None, getattr(session, "profile", None))
    if row is None:
        return None
    left_out = {"id", "session"}
    return {
        each.name: getattr(row, each.name) for each in row._meta.concrete_fields if each.name not in left_out
    }


def _progress(session: Session, process: Process) -> Iterator[Row]:
    for row in session.progress.order_by("started_at", "id"):
        yield {
            "node": process.node_keys[row.process_node_id],
            "status": row.status,
            "started_at": row.started_at,
            "completed_at": row.completed_at,
            "prompts_completed": row.prompts_completed,
            "prompts_total": row.prompts_total,
        }


def _sections(session: Session, process: Process) -> Iterator[Row]:
    keys = {section.id: section.key for section in process.sections.values()}
    for row in session.section_statuses.order_by("id"):
        yield {
            "section": keys[row.section_id],
            "status": row.status,
            "is_selected": row.is_selected,
            "prompts_answered": row.prompts_answered,
            "unlocked_at": row.unlocked_at,
            "started_at": row.started_at,
            "completed_at": row.completed_at,
        }


def _answers(session: Session, process: Process) -> Iterator[Row]:
    rows = Answer.objects.filter(session=session)
    for batch in _batches(rows):
        follow_ups = {row.answer_id: row for row in FollowUp.objects.filter(answer__in=batch)}
        recordings = {row.answer_id: row for row in Recording.objects.filter(answer__in=batch).defer("audio")}
        for row in batch:
            prompt = process.prompts[row.prompt_id]
            yield {
                "id": row.pk,
                "node": prompt.node,
                "key": prompt.key,
                "question": prompt.text,
                "format": prompt.format.value,
                "value": row.value,
                "private": row.is_private,
                "tier": row.tier,
                "revision": row.revision,
                "created_at": row.created_at,
                "updated_at": row.updated_at,
                "follow_up": _follow_up(follow_ups.get(row.pk)),
                "recording": _recording(recordings.get(row.pk)),
            }


def _follow_up(row: FollowUp | None) -> Row | None:
    if row is None:
        return None
    return {
        "question": opened(row.question),
        "reply": opened(row.reply),
        "asked_at": row.asked_at,
        "replied_at": row.replied_at,
    }


def _recording(row: Recording | None) -> Row | None:
    if row is None:
        return None
    return {
        "file": recording_name(row),
        "media_type": row.media_type,
        "duration_seconds": row.duration_seconds,
        "transcript": opened(row.transcript),
        "transcribed_by": row.transcribed_by,
        "created_at": row.created_at,
    }


def _text(row: Synthesis) -> Row:
    return {
        "id": row.pk,
        "section": row.section.section_key if row.section else None,
        "type": row.synthesis_type,
        "version": row.version,
        "title": row.title,
        "content": opened(row.content),
        "sources": row.sources,
        "is_provisional": row.is_provisional,
        "user_approved": row.user_approved,
        "user_feedback": opened(row.user_feedback),
        "generated_at": row.generated_at,
        "updated_at": row.updated_at,
    }


def _archetype(row: Archetype) -> Row:
    """Also those that were not shown yet: it is the person's own data."""
    return {
        "archetype_type": row.archetype_type,
        "confidence_score": str(row.confidence_score),
        "themes": json.loads(opened(row.themes)),
        "narrative_shape": opened(row.narrative_shape),
        "evidence": json.loads(opened(row.evidence)),
        "revealed_to_user": row.revealed_to_user,
        "user_confirmed": row.user_confirmed,
        "user_reframed": opened(row.user_reframed),
        "inferred_at": row.inferred_at,
    }


def _disclosure(row: Disclosure) -> Row:
    return {
        "purpose": row.purpose,
        "provider": row.provider,
        "model": row.model,
        "answer_ids": row.answer_ids,
        "text": opened(row.text),
        "sent_at": row.sent_at,
    }


def _rows(rows: QuerySet[Any], shown: Callable[[Any], Row]) -> Iterator[Row]:
    return map(shown, _in_batches(rows))


def _in_batches(rows: QuerySet[Any]) -> Iterator[Any]:
    for batch in _batches(rows):
        yield from batch


def _batches(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """In the order of their ids, which is that of time."""
    rows, last = rows.order_by("id"), None
    while batch := list((rows.filter(pk__gt=last) if last else rows)[:_AT_ONCE]):
        yield batch
        last = batch[-1].pk
