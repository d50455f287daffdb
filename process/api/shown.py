"""Sessions, prompts, sections and answers as the API shows them: plain values, made by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from process.domain.asking import missing_here, node_of, prompts_here, sections_here, visible
from process.domain.journey import OPEN
from process.domain.process import Process, Prompt, Section
from process.domain.unlocking import lock_of
from process.domain.vocabulary import (
    FLAGS,
    PASSED,
    PREFERENCES,
    SectionStatus,
    SessionStatus,
)
from process.models import Answer, Session
from process.services.journeys import Place, answer_value, profile_values

OVER = {SessionStatus.COMPLETED, SessionStatus.ABANDONED}


def shown_session(session: Session) -> dict[str, Any]:
    """A row of the list."""
    version, node, section = session.process_version, session.current_node, session.current_section
    return {
        "id": session.pk,
        "title": session.title,
        "status": session.status,
        "version": {"id": version.pk, "version_name": version.version_name},
        "node": {
            "key": node.node_key,
            "name": node.node_name,
            "text": node.user_facing_text,
            "form": node.form,
        },
        "section": section.section_key if section else None,
        "revision": session.revision,
        "started_at": session.started_at,
        "last_activity_at": session.last_activity_at,
        "completed_at": session.completed_at,
    }


def session_detail(place: Place) -> dict[str, Any]:
    """A session with the way it came and how much is done."""
    journey = place.journey
    sections = [journey.state(key) for key in place.process.sections]
    return {
        **shown_session(place.session),
        "path": list(journey.path),
        "position": journey.at,
        "progress": {
            "nodes_reached": len(journey.nodes),
            "nodes_done": sum(status in PASSED for status in journey.nodes.values()),
            "prompts_answered": Answer.objects.filter(session=place.session).count(),
            "sections_open": sum(state.status in OPEN for state in sections),
            "sections_completed": sum(state.status is SectionStatus.COMPLETED for state in sections),
        },
    }


def current_screen(place: Place) -> dict[str, Any]:
    """What the person sees where they stand. Nothing is asked any more in a session that is over."""
    process, journey, row = place.process, place.journey, shown_session(place.session)
    node, over = node_of(process, journey), journey.status in OVER
    asked = [] if over else prompts_here(process, journey)
    return {
        **{name: row[name] for name in ("id", "status", "revision", "node", "section")},
        "can_go_back": not over and (journey.section is not None or journey.at > 0),
        "can_skip": not over and node.optional,
        "prompts": [_prompt(prompt, place.answer_to(prompt.id)) for prompt in asked],
        "sections": [] if over else [shown_section(place, each) for each in sections_here(process, journey)],
        "missing": [] if over else missing_here(process, journey),
    }


def _prompt(prompt: Prompt, answer: Answer | None) -> dict[str, Any]:
    return {
        "id": prompt.id,
        "key": prompt.key,
        "text": prompt.text,
        "type": prompt.kind,
        "format": prompt.format.value,
        "required": prompt.required,
        "tier": prompt.tier.value,
        "choices": [{"value": choice.value, "label": choice.label} for choice in prompt.choices],
        "example": prompt.example,
        "max_length": prompt.max_length,
        "answered": answer is not None,
        "answer": answer_value(answer) if answer else None,
        "answer_revision": answer.revision if answer else 0,
        "answer_private": answer.is_private if answer else False,
    }


def shown_section(place: Place, section: Section) -> dict[str, Any]:
    """A section with how far the person is in it, or why it is closed."""
    process, journey = place.process, place.journey
    state = journey.state(section.key)
    return {
        "key": section.key,
        "name": section.name,
        "description": section.description,
        "core": section.core,
        "status": state.status.value,
        "selected": state.selected,
        "here": section.key in node_of(process, journey).sections,
        "prompts": len(visible(process, journey, section.prompts)),
        "answered": state.answered,
        "lock": None if state.status in OPEN else lock_of(process, journey, section),
    }


def shown_answer(process: Process, prompt_id: UUID, answer: Answer | None) -> dict[str, Any]:
    """An answer, or that there is none yet: of revision 0."""
    prompt = process.prompts[prompt_id]
    return {
        "prompt": prompt.id,
        "node": prompt.node,
        "key": prompt.key,
        "value": answer_value(answer) if answer else None,
        "private": answer.is_private if answer else False,
        "tier": answer.tier if answer else prompt.tier.value,
        "revision": answer.revision if answer else 0,
        "updated_at": answer.updated_at if answer else None,
    }


def shown_scope(session: Session) -> dict[str, Any]:
    """What was chosen; nulls as long as nothing was."""
    scope = getattr(session, "scope", None)
    return {
        "scope_type": scope.scope_type if scope else None,
        "scope_description": scope.scope_description.open() if scope else "",
        "time_period_start": scope.time_period_start if scope else None,
        "time_period_end": scope.time_period_end if scope else None,
    }


def shown_profile(place: Place) -> dict[str, Any]:
    """Every flag that this version asks for; null where nothing was said."""
    names = (*FLAGS, *PREFERENCES, *place.process.flags)
    return {**dict.fromkeys(names), **(profile_values(place.session) or {})}
