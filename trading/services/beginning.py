"""Strategies begin with a template, ready to be tested."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.services.templates import use_template
from orchestrator.workflows.services.versions import publish_draft


@transaction.atomic
def begin_strategy(user: User, template_id: UUID) -> Workflow:
    """A workflow of the person's own with the template's graph as its first version.

    Raises NotFound, NotAllowed, InvalidInput.
    """
    workflow = use_template(user, template_id)
    publish_draft(user, workflow.pk, note="As the template has it")
    return workflow
