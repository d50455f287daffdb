"""Who may be named in a workflow, without telling its authors of people they do not know."""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value

from orchestrator.accounts.models import Role, User
from orchestrator.workflows.models import Workflow, WorkflowPermission

MOST: Final = 50


def people_to_ask(user: User, workflow: Workflow, search: str = "") -> QuerySet[User]:
    """The first of those whose names hold all the words; with ``may_see``, without which nobody can answer.

    An admin finds everybody, anyone else only those whom the workflow is shared with: the names of
    strangers are not theirs to learn.
    """
    permissions = WorkflowPermission.objects.filter(workflow=workflow, user=OuterRef("pk"))
    people = User.objects.filter(is_active=True).annotate(has_access=Exists(permissions))
    if not user.is_admin:
        people = people.filter(has_access=True)
    for word in search.split():
        name = Q(username__icontains=word) | Q(first_name__icontains=word) | Q(last_name__icontains=word)
        people = people.filter(name)
    may_see = Q(has_access=True) | Q(role=Role.ADMIN) | Q(Value(workflow.is_public))
    return people.annotate(may_see=may_see).order_by(F("may_see").desc(), "username")[:MOST]
