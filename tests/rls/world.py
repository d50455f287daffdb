"""Everything that a person can own, once: a row in every table that row-level security binds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import connection, models

from orchestrator.accounts.models import AuditRecord, TokenFamily, User
from orchestrator.accounts.services.keys import create_api_key
from orchestrator.core.clock import utc_now
from orchestrator.executions.models import Approval, ApprovalVote, EventRow, Execution, Mail
from orchestrator.executions.runtime.engine import Engine
from orchestrator.workflows.models import Workflow, WorkflowFavorite
from tests.factories import chain, make_user, make_workflow, node, start, step
from tests.rls.filling import fill
from tests.rls.telling import make_telling

BOUND = """
SELECT relation.oid::regclass::text FROM pg_class AS relation
WHERE relation.relrowsecurity AND relation.relforcerowsecurity AND NOT relation.relispartition
ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Belongings:
    """A person with a private workflow, and a run of it that asks a question."""

    owner: User
    workflow: Workflow
    execution: Execution
    approval: Approval


def make_belongings(name: str, engine: Engine) -> Belongings:
    """Tables that are not named here get a row with what ``fill`` makes up."""
    owner = make_user(name)
    ask = {"approvers": [f"user:{name}"]}
    nodes = [step("a"), node("ask", "human", ask)]
    workflow = make_workflow(owner, nodes=nodes, edges=chain("a", "ask"))
    execution = start(workflow)
    engine.run_until_idle()
    approval = Approval.objects.get(execution=execution)
    ApprovalVote.objects.create(approval=approval, user=owner, approves=True)
    Mail.objects.create(execution=execution, kind="signal", data={"name": name})
    WorkflowFavorite.objects.create(workflow=workflow, user=owner)
    create_api_key(owner, name=f"key of {name}", scopes=["read"])
    TokenFamily.objects.create(user=owner, current_jti=name, expires_at=utc_now() + timedelta(days=1))
    AuditRecord.objects.create(actor=owner, action="made", object_type="x", object_id="1")
    known: dict[type[models.Model], models.Model] = {
        type(each): each for each in (owner, workflow, execution, approval)
    }
    known |= make_telling(owner)
    for model in _unfilled(owner, known):
        known[model] = fill(model, known)
    return Belongings(owner, workflow, execution, approval)


def _unfilled(owner: User, known: dict[type[models.Model], models.Model]) -> list[type[models.Model]]:
    """Models of bound tables that none of the lines above has made a row of."""
    bound = set(bound_tables())
    return [
        model
        for table, model in models_with_tables().items()
        if table in bound and model not in known and not _has_row(model, known)
    ]


def _has_row(model: type[models.Model], known: dict[type[models.Model], models.Model]) -> bool:
    """Whether there is a row already that hangs on one of the known objects."""
    if model is EventRow:
        return True
    rows = model._default_manager
    return any(
        rows.filter(**{field.name: known[field.related_model]}).exists()
        for field in model._meta.concrete_fields
        if field.related_model in known
    )


def bound_tables() -> list[str]:
    """Tables with policies that bind their owner, too; partitions are reached by their parent."""
    with connection.cursor() as cursor:
        cursor.execute(BOUND)
        return [row[0] for row in cursor.fetchall()]


def rows_of(table: str) -> set[str]:
    """The rows that the present role and person are shown, as text."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT t::text FROM {table} AS t")
        return {row[0] for row in cursor.fetchall()}


def all_rows() -> dict[str, set[str]]:
    return {table: rows_of(table) for table in bound_tables()}


def models_with_tables() -> dict[str, type[models.Model]]:
    """Every table of the product's models, those that Django makes between two models included."""
    found: dict[str, Any] = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            found[model._meta.db_table] = model
    return found
