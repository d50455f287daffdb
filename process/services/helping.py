"""Asking for help: a run of a built-in workflow is started for the person, who pays for it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.ai.domain.catalog import OFFLINE
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from orchestrator.core.rls import as_server
from orchestrator.executions.services.starting import start_for
from process.domain.patterns import not_ready
from process.domain.vocabulary import NO_HELP, Help, SessionStatus
from process.models import Answer, FollowUp, HelpRequest, Synthesis
from process.queries.helping import is_under_way, state_of
from process.queries.texts import approved_chapters
from process.services.assistance import chosen_provider, providers_to_choose, title_of
from process.services.builtin import builtin_workflow
from process.services.journeys import Place, lock_session
from process.services.material import material_of, may_be_asked_further, told_of

MOST_FEEDBACK = 4_000


class NoHelp(WrongState):
    """The person chose that nothing is made of their answers, or whom they chose is not there any more."""

    code = "no_help"


class NothingToGoBy(WrongState):
    """There is no answer that a helper may see."""

    code = "nothing_to_go_by"


@transaction.atomic
def ask_for_text(
    user: User, session_id: UUID, *, section: str = "", feedback: str = "", key: str | None = None
) -> HelpRequest:
    """A draft of a section, or without one a checkpoint of everything.

    Asked again with ``feedback``, the last version goes along. While one is being made, that one is given.
    Raises NotFound, NotAllowed, NoHelp, NothingToGoBy, InvalidInput about ``feedback``.
    """
    place = lock_session(user, session_id)
    if section and section not in place.process.sections:
        raise NotFound("There is no such section in this process.")
    if len(feedback) > MOST_FEEDBACK:
        message = f"Say it in {MOST_FEEDBACK:,} characters; these are {len(feedback):,}."
        raise InvalidInput(message, fields={"feedback": [message]})
    kind = Help.DRAFT if section else Help.CHECKPOINT
    section_id = place.process.sections[section].id if section else None
    request = HelpRequest(kind=kind.value, section_id=section_id, feedback=feedback.strip())
    if feedback.strip():
        request.previous = (
            Synthesis.objects.filter(session=place.session, section=section_id).order_by("-version").first()
        )
    if not material_of(place, section=section).sources:
        raise NothingToGoBy("There is nothing here yet that may be used. Answer something first.")
    return _start(user, place, request, key)


@transaction.atomic
def ask_for_question(user: User, session_id: UUID, *, prompt: UUID, key: str | None = None) -> HelpRequest:
    """A further question about an answer. Raises NotFound, NotAllowed, NoHelp, WrongState."""
    place = lock_session(user, session_id)
    answer = Answer.objects.filter(session=place.session, prompt=prompt).first()
    if answer is None or answer.prompt_id not in place.process.prompts:
        raise NotFound("There is no answer to that yet.")
    if not may_be_asked_further(place, told_of(place, answer)):
        raise NothingToGoBy("This answer stays between you and this page, so nothing is asked about it.")
    if FollowUp.objects.filter(answer=answer).exists():
        raise WrongState("There is a further question about this answer already.")
    return _start(user, place, HelpRequest(kind=Help.FOLLOW_UP.value, answer=answer), key)


@transaction.atomic
def ask_for_patterns(user: User, session_id: UUID, *, key: str | None = None) -> HelpRequest:
    """What patterns might be in the story. Raises NotFound, NotAllowed, NoHelp, NothingToGoBy, WrongState."""
    place = lock_session(user, session_id)
    if why := not_ready(place.process, place.journey, approved_chapters(place.session)):
        raise WrongState(why)
    if not material_of(place).sources:
        raise NothingToGoBy("There is nothing yet that may be used: answer something, or let it be used.")
    return _start(user, place, HelpRequest(kind=Help.ARCHETYPES.value), key)


def _start(user: User, place: Place, request: HelpRequest, key: str | None) -> HelpRequest:
    """The row and the run in one transaction: no run without its row, and no row without its run."""
    request.session, request.provider = place.session, _helper(user, place)
    same = HelpRequest.objects.filter(
        session=place.session, kind=request.kind, section=request.section_id, answer=request.answer_id
    )
    last = same.order_by("-id").first()
    if last is not None and is_under_way(state_of(last)):
        return last
    account_key = f"{place.session.pk}:{request.kind}:{key}" if key else None
    _, workflow = builtin_workflow(Help(request.kind))
    with as_server("the run belongs to a workflow of the server, which the person does not see"):
        execution, is_new = start_for(
            user, workflow.pk, input={"request": str(request.pk)}, idempotency_key=account_key
        )
    if not is_new:
        return HelpRequest.objects.get(session=place.session, execution_id=execution.pk)
    request.execution_id = execution.pk
    request.save(force_insert=True)
    return request


def _helper(user: User, place: Place) -> str:
    if place.session.status == SessionStatus.ABANDONED:
        raise WrongState("This session was ended early; nothing is added to it any more.")
    provider = chosen_provider(place.session)
    if provider == NO_HELP:
        raise NoHelp("You chose that nothing is made of your answers. Change that under “Help with writing”.")
    there = {state.info.name for state in providers_to_choose(user)} | {OFFLINE}
    if provider not in there:
        raise NoHelp(f"{title_of(provider)} has no key here any more. Choose another helper.")
    return provider
