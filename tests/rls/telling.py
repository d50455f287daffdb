"""A person who tells something in a guided process, and somebody whom they let read it."""

from __future__ import annotations

from django.db import models

from orchestrator.accounts.models import User
from process.models import (
    ProcessNode,
    ProcessPrompt,
    ProcessSection,
    ProcessVersion,
    Session,
    SessionGrant,
)
from tests.factories import make_user
from tests.process.storing import node_types

DEFINITIONS = (
    "process_commitment", "process_flow_edge", "process_node", "process_node_type", "process_prompt",
    "process_prompt_pack", "process_prompt_pack_prompt", "process_section", "process_section_prompt",
    "process_version",
)  # fmt: skip
CONTENT = (
    "process_answer", "process_assistance", "process_disclosure", "process_follow_up",
    "process_help_request", "process_recording", "process_session_archetype", "process_session_book",
    "process_session_grant", "process_session_photo", "process_session_profile",
    "process_session_progress", "process_session_scope", "process_session_section",
    "process_session_synthesis",
)  # fmt: skip
"""What nobody but the person and their readers may see, admins included."""


def make_telling(owner: User) -> dict[type[models.Model], models.Model]:
    """What the other tables of the app hang on, made by hand since keys have a form."""
    kind = node_types()["data_collection"]
    version = ProcessVersion.objects.create(version_name=f"of {owner}")
    node = ProcessNode.objects.create(
        process_version=version, node_type=kind, node_key="talk", node_name="Talk", purpose="To talk."
    )
    prompt = ProcessPrompt.objects.create(process_node=node, prompt_key="why", prompt_text="Why?")
    section = ProcessSection.objects.create(
        process_version=version, section_key="origins", section_name="Origins"
    )
    session = Session.objects.create(user=owner, process_version=version, current_node=node, path=[node.pk])
    grant = SessionGrant.objects.create(
        session=session, user=make_user(f"{owner.username}-reader"), granted_by=owner
    )
    return {type(each): each for each in (kind, version, node, prompt, section, session, grant)}
