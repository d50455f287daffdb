"""Answers: those of a screen, one that is saved while it is typed, and all of them to look over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core import json
from orchestrator.core.errors import DomainError, InvalidInput, NotFound, WrongState
from orchestrator.core.json import Json
from orchestrator.core.problems import CONTENT_TYPE, problem_of
from process.domain.answers import in_words
from process.domain.asking import is_asked
from process.domain.journey import OPEN, Journey
from process.domain.process import Process, Prompt
from process.domain.vocabulary import ResponseFormat, SessionStatus
from process.models import Answer, Recording, Session
from process.queries.compiled import process_of
from process.queries.recordings import recordings_of
from process.queries.sessions import all_answers, answers_to, session_of
from process.services.answering import save_answer, withdraw_answer
from process.services.journeys import Place, answer_value, place_of
from process.services.screens import Given, ScreenRefused, Way, save_screen
from process.web.further import Further, further_in
from process.web.pages import refused, show_session, to_session
from process.web.questions import given_in, number_in, questions_of, shown_in

_MOST_BYTES = 200_000


@login_required
@require_POST
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save a screen, then go where the button says: on, back, or to the answers."""
    form, go = request.POST, request.POST.get("go", "")
    at = form.get("before" if go == "back" else "following", "")
    way = None if go == "review" else Way.ASIDE if at else Way.BACK if go == "back" else Way.ON
    try:
        saved = save_screen(
            person(request),
            pk,
            lambda process: given_in(process, form),
            way=way,
            revision=number_in(form, "revision"),
        )
    except ScreenRefused as error:
        return _show_refused(request, pk, error, alone=way is None)
    if saved.kept:
        messages.info(request, "You left a question blank that you had answered. Your answer is still there.")
    if saved.refused is not None:
        return refused(request, pk, saved.refused)
    return redirect("process:answers", pk) if way is None else to_session(pk, at)


def _show_refused(request: HttpRequest, pk: UUID, error: ScreenRefused, *, alone: bool) -> HttpResponse:
    """The screen again, with what was typed and what is wrong with it."""
    session = session_of(person(request), pk)
    prompts = shown_in(process_of(session.process_version), request.POST)
    typed = {each.prompt_id: each for each in error.given}
    status = max(each.status for each in error.errors.values())
    if alone:
        return _edit_page(request, session, prompts, typed=typed, errors=error.errors, status=status)
    notice = "Nothing was saved yet. Look at what is marked below."
    return show_session(
        request, pk, notice=notice, status=status, shown=prompts, typed=typed, errors=error.errors
    )


@login_required
@require_POST
def remove(request: HttpRequest, pk: UUID, prompt_id: UUID) -> HttpResponse:
    """Take one answer back. What the page sent of it stands in its field again, and nowhere else."""
    user, form = person(request), request.POST
    process = process_of(session_of(user, pk).process_version)
    prompts, typed = shown_in(process, form), {each.prompt_id: each for each in given_in(process, form)}
    expect = number_in(form, f"seen-{prompt_id}")
    notice = "Your answer is removed. Continue keeps what stands in its field now; clear it to let it go."
    status = 200
    try:
        withdraw_answer(user, pk, prompt_id=prompt_id, expect=expect)
    except WrongState as error:
        notice, status = error.message, error.status
    return show_session(request, pk, notice=notice, status=status, shown=prompts, typed=typed)


@login_required
@require_POST
def save(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Keep one text while it is typed: its new revision, or why not, in JSON."""
    try:
        prompt, value, private, seen = _read(request.body)
        kept = save_answer(person(request), pk, prompt_id=prompt, value=value, private=private, expect=seen)
    except DomainError as error:
        return JsonResponse(problem_of(error), status=error.status, content_type=CONTENT_TYPE)
    moment = kept.updated_at.isoformat() if kept else None
    return JsonResponse({"revision": kept.revision if kept else 0, "saved_at": moment})


def _read(body: bytes) -> tuple[UUID, Json, bool | None, int]:
    try:
        sent = json.loads(body[: _MOST_BYTES + 1])
        private, seen = sent.get("private"), sent["revision"]
        if type(seen) is not int or not (private is None or isinstance(private, bool)):
            raise ValueError
        return UUID(sent["prompt"]), sent["value"], private, seen
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput("Send the prompt, its value, and the revision that was seen.") from error


@dataclass(frozen=True, slots=True)
class Said:
    """An answer on the page of all of them."""

    prompt: Prompt
    text: str
    answer: Answer
    may_edit: bool
    recording: Recording | None = None
    further: Further | None = None


@login_required
@require_safe
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything that the person said, by phase and section."""
    place = place_of(session_of(person(request), pk))
    answers = all_answers(place.session)
    spoken = {prompt.id for prompt in place.process.prompts.values() if prompt.format is ResponseFormat.VOICE}
    voices = recordings_of([answers[key] for key in spoken & answers.keys()]) if spoken else {}
    further = further_in(place)
    groups = []
    for node in place.process.nodes.values():
        lanes = [(node.name, "", node.prompts)]
        lanes += [
            (section.name, node.name, section.prompts)
            for section in map(place.process.sections.__getitem__, node.sections)
        ]
        for name, phase, prompts in lanes:
            said = [
                _said(place, prompt, answers[prompt.id], voices.get(prompt.id), further.get(prompt.id))
                for prompt in prompts
                if prompt.id in answers
            ]
            if said:
                groups.append((name, phase, said))
    context = {"session": place.session, "groups": groups, "number": len(answers)}
    return render(request, "process/answers.html", context)


def _said(
    place: Place, prompt: Prompt, answer: Answer, voice: Recording | None, further: Further | None
) -> Said:
    text = in_words(prompt, answer_value(answer))
    may_edit = _may_edit(place.process, place.journey, prompt)
    return Said(prompt, text, answer, may_edit, voice, further)


def _may_edit(process: Process, journey: Journey, prompt: Prompt) -> bool:
    lanes = process.sections_of.get(prompt.id, ())
    is_open = not lanes or any(journey.state(key).status in OPEN for key in lanes)
    return journey.status is SessionStatus.ACTIVE and is_open and is_asked(process, journey, prompt)


@login_required
@require_safe
def edit(request: HttpRequest, pk: UUID, prompt_id: UUID) -> HttpResponse:
    """One answer by itself, wherever in the process it was asked."""
    place = place_of(session_of(person(request), pk))
    prompt = place.process.prompts.get(prompt_id)
    if prompt is None:
        raise NotFound("This process has no such prompt.")
    if not _may_edit(place.process, place.journey, prompt):
        raise WrongState("This is not asked of you now, so its answer stays as it is.")
    return _edit_page(request, place.session, [prompt])


def _edit_page(
    request: HttpRequest,
    session: Session,
    prompts: list[Prompt],
    *,
    typed: dict[UUID, Given] | None = None,
    errors: Mapping[UUID, DomainError] | None = None,
    status: int = 200,
) -> HttpResponse:
    answers = answers_to(session, [prompt.id for prompt in prompts])
    questions = questions_of(session.user_id, prompts, answers, typed, errors)
    context = {"session": session, "questions": questions}
    return render(request, "process/edit.html", context, status=status)
