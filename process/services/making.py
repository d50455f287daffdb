"""What the steps of a helper's run do with rows: what is sent is recorded first, what comes is kept once.

Everything is found by the run's id, under the session's lock. A step that a killed worker had begun is done
again: it finds the request finished and changes nothing, or begins anew with a record of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from orchestrator.ai.domain.catalog import OFFLINE, PROVIDERS
from orchestrator.core import json
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import NotFound, WrongState
from orchestrator.core.json import Json
from process.domain.agents import Agent, agent_for
from process.domain.material import Material, only
from process.domain.patterns import pattern_node, writing_node
from process.domain.process import Node
from process.domain.results import Seen
from process.domain.texts import Kind, Paragraph, compose, read
from process.domain.vocabulary import Help, Made, Origin, Sent, SynthesisType
from process.models import (
    Archetype,
    Disclosure,
    FollowUp,
    HelpRequest,
    Session,
    Synthesis,
)
from process.services.assistance import chosen_provider
from process.services.journeys import Place, lock_session, opened
from process.services.material import material_of

CHECKPOINT_TITLE = "What I heard so far"


class ChoiceChanged(WrongState):
    """The person chose another helper after they had asked. Nothing is sent."""

    code = "choice_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One attempt: what is asked of whom, and where it is recorded that it was."""

    help: Help
    person: UUID
    provider: str
    model: str
    material: Material
    agent: Agent
    disclosure: UUID

    @property
    def is_offline(self) -> bool:
        return self.provider == OFFLINE


def gather_for(run: UUID) -> dict[str, Json]:
    """Which answers may be used, by id, and how many are kept back. Without any the request is finished."""
    with transaction.atomic():
        place, request = _lock(run)
        material = _material(place, request)
        if not material.sources and request.finished_at is None:
            _finish(request, Made.NOTHING_TO_SEND)
        return {
            "usable": len(material.sources),
            "answers": [str(each) for each in material.ids],
            "private": material.private,
            "hidden": material.hidden,
        }


def begin(run: UUID) -> Work | None:
    """Record what is about to be sent, word by word; None if there is nothing left to do.

    Commits before anything is sent. Raises NotFound for a run that nobody asked for, ChoiceChanged.
    """
    with transaction.atomic():
        place, request = _lock(run)
        if request.finished_at is not None:
            return None
        if chosen_provider(place.session) != request.provider:
            raise ChoiceChanged("The person chose another helper.")
        material = _material(place, request)
        if not material.sources:
            _finish(request, Made.NOTHING_TO_SEND)
            return None
        agent = _agent(place, request, material)
        offline = request.provider == OFFLINE
        model = PROVIDERS[request.provider].default_model
        disclosure = Disclosure.objects.create(
            session=place.session,
            purpose=request.kind,
            provider=request.provider,
            model=model,
            answer_ids=material.ids,
            text="" if offline else agent.disclosed,
            outcome=(Sent.LOCAL if offline else Sent.BEGUN).value,
            execution_id=run,
        )
    return Work(
        help=Help(request.kind),
        person=place.session.user_id,
        provider=request.provider,
        model=model,
        material=material,
        agent=agent,
        disclosure=disclosure.pk,
    )


def note_outcome(disclosure: UUID, outcome: Sent) -> None:
    """What became of what was made ready to be sent."""
    with transaction.atomic():
        Disclosure.objects.filter(pk=disclosure).update(outcome=outcome.value)


def keep_text(run: UUID, work: Work, paragraphs: Iterable[Paragraph]) -> dict[str, Json]:
    """A new version of the text, once per run."""

    def store(place: Place, request: HelpRequest) -> int:
        content, sources = compose(paragraphs)
        kind = SynthesisType.DRAFT if request.section else SynthesisType.CHECKPOINT
        Synthesis.objects.create(
            session=place.session,
            section_id=request.section_id,
            synthesis_type=kind.value,
            title=request.section.section_name if request.section else CHECKPOINT_TITLE,
            content=content,
            sources=sources,
            origin=_origin(work).value,
            version=next_version(place.session, request.section_id),
            execution_id=run,
        )
        return 1

    return _keep(run, work, store)


def keep_question(run: UUID, work: Work, question: str) -> dict[str, Json]:
    """The further question, once per answer."""

    def store(place: Place, request: HelpRequest) -> int:
        assert request.answer, "a question is about an answer"
        _, created = FollowUp.objects.get_or_create(
            answer_id=request.answer_id,
            defaults={"question": question, "execution_id": run, "origin": _origin(work).value},
        )
        return int(created)

    return _keep(run, work, store)


def keep_patterns(run: UUID, work: Work, seen: Iterable[Seen]) -> dict[str, Json]:
    """Patterns, not yet shown. One that the person has spoken about stays as it is."""

    def store(place: Place, request: HelpRequest) -> int:
        Archetype.objects.filter(
            session=place.session, user_confirmed__isnull=True, revealed_to_user=False
        ).delete()
        known = set(Archetype.objects.filter(session=place.session).values_list("archetype_type", flat=True))
        fresh = [each for each in seen if each.type not in known]
        Archetype.objects.bulk_create(
            Archetype(
                session=place.session,
                archetype_type=each.type,
                confidence_score=each.confidence,
                themes=json.dumps(list(each.themes)).decode(),
                narrative_shape=each.shape,
                evidence=json.dumps(
                    [{"quote": quote.text, "answer": str(quote.answer)} for quote in each.evidence]
                ).decode(),
                origin=_origin(work).value,
                execution_id=run,
            )
            for each in fresh
        )
        return len(fresh)

    return _keep(run, work, store)


def next_version(session: Session, section: UUID | None) -> int:
    """The number after the last one of the section's, or of the checkpoints'."""
    rows = Synthesis.objects.filter(session=session, section=section)
    return (rows.aggregate(last=Max("version"))["last"] or 0) + 1


def _keep(run: UUID, work: Work, store: Callable[[Place, HelpRequest], int]) -> dict[str, Json]:
    with transaction.atomic():
        place, request = _lock(run)
        if request.finished_at is None:
            made = store(place, request)
            _finish(request, Made.RESULT if made else Made.NOTHING_FOUND)
        return {"outcome": request.outcome, "answers": len(work.material.sources)}


def _lock(run: UUID) -> tuple[Place, HelpRequest]:
    request = HelpRequest.objects.filter(execution_id=run).select_related("session__user").first()
    if request is None:
        raise NotFound("Nobody asked for this run. Only the person themselves can ask for it again.")
    place = lock_session(request.session.user, request.session_id)
    return place, HelpRequest.objects.select_related("section", "previous", "answer").get(pk=request.pk)


def _finish(request: HelpRequest, outcome: Made) -> None:
    request.outcome, request.finished_at = outcome.value, utc_now()
    request.save(update_fields=["outcome", "finished_at"])


def _material(place: Place, request: HelpRequest) -> Material:
    material = material_of(place, section=request.section.section_key if request.section else "")
    return only(material, request.answer_id) if request.answer else material


def _agent(place: Place, request: HelpRequest, material: Material) -> Agent:
    return agent_for(
        Help(request.kind),
        _node(place, request, material),
        material,
        name=request.section.section_name if request.section else "",
        feedback=opened(request.feedback),
        previous=_previous(request, material),
    )


def _node(place: Place, request: HelpRequest, material: Material) -> Node | None:
    """The phase whose agent it is: that of the question, of the writing, or of the patterns."""
    match Help(request.kind):
        case Help.FOLLOW_UP:
            return place.process.nodes[material.sources[0].told.prompt.node]
        case Help.ARCHETYPES:
            return pattern_node(place.process)
        case _:
            return writing_node(place.process)


def _previous(request: HelpRequest, material: Material) -> list[str]:
    """Of the last version only what rests on answers that may be sent. What the person wrote in by hand may
    be what they kept private elsewhere.
    """
    if request.previous is None:
        return []
    known = set(material.ids)
    return [
        sentence.text
        for paragraph in read(opened(request.previous.content), request.previous.sources)
        for sentence in paragraph
        if sentence.kind is Kind.ANSWERS and known.issuperset(sentence.answers)
    ]


def _origin(work: Work) -> Origin:
    return Origin.OFFLINE if work.is_offline else Origin.AI
