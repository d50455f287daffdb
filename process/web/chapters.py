"""Texts made of answers: asked for, read with their sources, compared, written anew, approved."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import DomainError, InvalidInput, NotFound
from process.domain.diffs import differences
from process.domain.material import Told, is_private, is_text
from process.domain.texts import read
from process.domain.vocabulary import Help
from process.models import Synthesis
from process.queries.helping import HelpState, latest
from process.queries.sessions import session_of
from process.queries.texts import find_text, texts_of
from process.services.assistance import chosen_provider, title_of
from process.services.helping import ask_for_text
from process.services.journeys import Place, opened, place_of
from process.services.material import told_in
from process.services.texts import TextChanged, approve_text, edit_text
from process.web.assistance import with_link
from process.web.questions import number_in

_EXCERPT = 600


@dataclass(slots=True)
class Room:
    """A section, or the whole session, with its texts and what is being made."""

    key: str
    name: str
    answers: int = 0
    kept_back: int = 0
    texts: list[Synthesis] = field(default_factory=list)
    state: dict[str, object] | None = None

    @property
    def latest(self) -> Synthesis | None:
        return self.texts[0] if self.texts else None

    @property
    def approved(self) -> Synthesis | None:
        return next((text for text in self.texts if text.user_approved), None)


@login_required
@require_safe
def chapters(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every section with answers or texts, and the checkpoint of everything."""
    return _chapters(request, place_of(session_of(person(request), pk)))


def _chapters(request: HttpRequest, place: Place, *, notice: str = "", status: int = 200) -> HttpResponse:
    rooms, whole = _rooms(place)
    context = {
        "session": place.session,
        "rooms": rooms,
        "whole": whole,
        "helper": _helper(place),
        "notice": notice,
        "approved": sum(room.approved is not None for room in rooms),
    }
    return render(request, "process/chapters.html", context, status=status)


def _helper(place: Place) -> dict[str, str]:
    chosen = chosen_provider(place.session)
    return {"name": chosen, "title": title_of(chosen)}


def _rooms(place: Place) -> tuple[list[Room], Room]:
    whole = Room("", "What I heard so far")
    rooms = {section.id: Room(key, section.name) for key, section in place.process.sections.items()}
    for told in told_in(place):
        if not is_text(told.prompt) or not told.text.strip():
            continue
        lanes = place.process.sections_of.get(told.prompt.id, ())
        for room in (whole, *(rooms[place.process.sections[key].id] for key in lanes)):
            room.answers += 1
            room.kept_back += is_private(told)
    for text in texts_of(place.session).defer("content", "user_feedback").order_by("-version"):
        (rooms.get(text.section_id, whole) if text.section else whole).texts.append(text)
    for state in latest(place.session, Help.DRAFT, Help.CHECKPOINT):
        _show_state(
            rooms.get(state.request.section_id, whole) if state.request.section else whole,
            state,
        )
    return [room for room in rooms.values() if room.answers or room.texts], whole


def _show_state(room: Room, state: HelpState) -> None:
    """What is done needs no word where its text stands."""
    if state.word != "done":
        room.state = with_link(state)


@login_required
@require_POST
def make_text(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have a section written, or what was heard so far; with ``feedback`` once more."""
    try:
        ask_for_text(
            person(request),
            pk,
            section=request.POST.get("section", ""),
            feedback=request.POST.get("feedback", ""),
        )
    except NotFound:
        raise
    except DomainError as error:
        place = place_of(session_of(person(request), pk))
        return _chapters(request, place, notice=error.message, status=error.status)
    return redirect("process:chapters", pk)


@login_required
@require_safe
def chapter(request: HttpRequest, pk: UUID, text_id: UUID) -> HttpResponse:
    """One version, each sentence with the answers that it rests on."""
    place = place_of(session_of(person(request), pk))
    text = find_text(place.session, text_id)
    told = {each.id: each for each in told_in(place)}
    paragraphs = read(opened(text.content), text.sources)
    used: dict[UUID, None] = {}
    for paragraph in paragraphs:
        for sentence in paragraph:
            used |= dict.fromkeys(answer for answer in sentence.answers if answer in told)
    context = {
        **_around(place, text),
        "paragraphs": [
            [(sentence, [each for each in sentence.answers if each in used]) for sentence in paragraph]
            for paragraph in paragraphs
        ],
        "sources": [_source(told[answer]) for answer in used],
        "helper": _helper(place),
    }
    return render(request, "process/chapter.html", context)


def _source(told: Told) -> dict[str, Any]:
    words = told.words
    excerpt = words if len(words) <= _EXCERPT else words[: _EXCERPT - 1].rstrip() + "…"
    return {"id": told.id, "prompt": told.prompt, "excerpt": excerpt}


def _around(place: Place, text: Synthesis) -> dict[str, Any]:
    """The text among its versions."""
    versions = texts_of(place.session).filter(section=text.section_id).defer("content").order_by("-version")
    rows = list(versions)
    kind = Help.DRAFT if text.section else Help.CHECKPOINT
    state = next(
        (each for each in latest(place.session, kind) if each.request.section_id == text.section_id), None
    )
    return {
        "session": place.session,
        "text": text,
        "versions": rows,
        "newest": rows[0],
        "state": with_link(state) if state and state.word != "done" else None,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_chapter(request: HttpRequest, pk: UUID, text_id: UUID) -> HttpResponse:
    """Write it anew; refused, what was typed stands in the field."""
    place = place_of(session_of(person(request), pk))
    text = find_text(place.session, text_id)
    content, error, status = opened(text.content), "", 200
    if request.method == "POST":
        content = request.POST.get("content", "")
        seen = number_in(request.POST, "seen")
        try:
            new = edit_text(person(request), pk, text_id, content=content, expect=seen)
        except (InvalidInput, TextChanged) as fault:
            error, status = " ".join(_about(fault)), fault.status
        else:
            messages.success(request, f"Saved as version {new.version}.")
            return redirect("process:chapter", pk, new.pk)
    context = {**_around(place, text), "content": content, "error": error}
    return render(request, "process/edit_chapter.html", context, status=status)


def _about(fault: InvalidInput | TextChanged) -> list[str]:
    fields = fault.fields if isinstance(fault, InvalidInput) else {}
    return list(fields.get("content", [])) or [fault.message]


@login_required
@require_POST
def approve_chapter(request: HttpRequest, pk: UUID, text_id: UUID) -> HttpResponse:
    """Make it the chapter, or take that back."""
    approved = request.POST.get("approved", "1") == "1"
    text = approve_text(person(request), pk, text_id, approved=approved)
    said = "It is your chapter now." if approved else "It is a draft again."
    messages.success(request, said)
    return redirect("process:chapter", pk, text.pk)


@login_required
@require_safe
def compare_chapters(request: HttpRequest, pk: UUID, text_id: UUID, other_id: UUID) -> HttpResponse:
    """Word by word, the older one first."""
    place = place_of(session_of(person(request), pk))
    texts = [find_text(place.session, text_id), find_text(place.session, other_id)]
    if texts[0].section_id != texts[1].section_id:
        raise NotFound("These two are not versions of the same text.")
    old, new = sorted(texts, key=lambda text: text.version)
    pieces = differences(opened(old.content), opened(new.content))
    words = defaultdict(int, {"gone": 0, "new": 0})
    for piece in pieces:
        words[piece.change] += len(piece.text.split())
    context = {**_around(place, new), "old": old, "new": new, "pieces": pieces, "words": words}
    return render(request, "process/compare_chapters.html", context)
