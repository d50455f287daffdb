"""The demo's part of guided processes: the life story that ships, and an invented one that is half told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import Role, User
from orchestrator.core import json
from process.domain import offline
from process.domain.process import Process
from process.models import ProcessVersion, Session
from process.queries.compiled import process_of
from process.services import sessions
from process.services.answering import save_answer, set_profile, set_scope
from process.services.books import save_book
from process.services.helping import ask_for_text
from process.services.interchange import import_version
from process.services.making import begin, keep_text
from process.services.texts import approve_text
from process.services.versions import activate_version

_FILES: Final = Path(__file__).parent / "shipped"


@transaction.atomic
def load(owner: User) -> str:
    """What was made, in a sentence; empty if there is a process already, or nobody to activate one."""
    admin = User.objects.filter(role=Role.ADMIN).order_by("pk").first()
    if admin is None or ProcessVersion.objects.exists():
        return ""
    version = import_version(admin, json.loads((_FILES / "life_story.json").read_bytes()))
    activate_version(admin, version.pk)
    _tell(owner, json.loads((_FILES / "example_session.json").read_bytes()))
    return f"Process “{version.version_name}” can be begun; an example of it is half told."


def _tell(owner: User, example: dict[str, Any]) -> None:
    """A session as a person would have gone through it, up to the middle of the sections."""
    session = sessions.start_session(owner, title=example["title"])
    save_book(owner, session.pk, author=example["author"], dedication=example["dedication"])
    process = process_of(session.process_version)
    opening, grounding = example["phases"]
    _answer(owner, session, process, opening)
    sessions.advance(owner, session.pk)
    set_scope(owner, session.pk, scope_type=example["scope"])
    sessions.advance(owner, session.pk)
    set_profile(owner, session.pk, flags=example["profile"])
    sessions.advance(owner, session.pk)
    _answer(owner, session, process, grounding)
    sessions.advance(owner, session.pk)
    for key, answers in example["sections"].items():
        sessions.select_section(owner, session.pk, key)
        _answer(owner, session, process, answers, private=example["private"])
        if key in (example["approved"], example["drafted"]):
            sessions.advance(owner, session.pk)
    approve_text(owner, session.pk, _write(owner, session, example["approved"]))
    _write(owner, session, example["drafted"])


def _answer(
    owner: User,
    session: Session,
    process: Process,
    answers: Mapping[str, Any],
    private: list[str] | None = None,
) -> None:
    prompts = {prompt.key: prompt.id for prompt in process.prompts.values()}
    for key, value in answers.items():
        keep = True if key in (private or ()) else None
        save_answer(owner, session.pk, prompt_id=prompts[key], value=value, private=keep)


def _write(owner: User, session: Session, section: str) -> UUID:
    """A text by the offline rules, there at once; the run that was asked for finds it made."""
    request = ask_for_text(owner, session.pk, section=section)
    work = begin(request.execution_id)
    assert work is not None, "it was asked for just now"
    keep_text(request.execution_id, work, offline.draft(work.material))
    text: UUID = session.syntheses.values_list("pk", flat=True).get(execution_id=request.execution_id)
    return text
