"""Makes a row of any model, for tables that the world of these tests has not been told about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models

from orchestrator.core.clock import utc_now

SPECIAL: dict[str, dict[str, Any]] = {
    "ai.budget": {"workflow": None},
    "ai.credential": {"provider": "groq"},
    "process.archetype": {"confidence_score": 0.5},
    "process.helprequest": {"kind": "draft"},
    "process.packprompt": {"prompt_key": "why"},
    "process.promptpack": {"process_version": None},
    "process.sessionphoto": {"media_type": "image/jpeg"},
    "process.sessionscope": {"scope_type": "unsure"},
    "process.synthesis": {"synthesis_type": "draft", "is_provisional": False, "user_approved": True},
    "strategy.corporation": {"eve_id": 98_000_001},
    "strategy.strategicstep": {"reviewed_at": utc_now()},
    "trading.fill": {"price": Decimal("0.5")},
    "trading.killswitch": {"released_at": utc_now()},
    "trading.ledgerentry": {"kind": "deposit"},
    "trading.liveaccount": {"funder": "0x" + "a" * 40},
    "trading.market": {"tick_size": Decimal("0.01")},
    "trading.order": {"side": "buy", "type": "limit", "price": Decimal("0.5"), "size": 1},
    "trading.portfolio": {"mode": "paper"},
    "trading.posting": {"account": "cash", "amount": 0},
    "trading.strategyrun": {"mode": "paper"},
    "trading.tape": {"origin": "recorded"},
    "workflows.bulkjob": {"ids": []},
    "workflows.triggerdelivery": {"status": "rejected"},
    "workspaces.deployment": {"due_at": datetime(2026, 1, 1, tzinfo=UTC)},
    "workspaces.feedbackitem": {"verdict": "missed", "detection": None},
    "workspaces.regressioncase": {"verdict": "right"},
    "workspaces.workspacemessage": {"type": "note"},
    "workspaces.importedrecord": {"kind": "sessions"},
}
"""What a model's constraints ask for beyond the right types: ``{"app.model": {"field": value}}``."""


def fill(model: type[models.Model], known: dict[type[models.Model], models.Model]) -> models.Model:
    """A stored row whose foreign keys lead to the known objects, as far as they are required."""
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        made = field.generated or isinstance(field, models.AutoField | models.CompositePrimaryKey)
        if made or (field.has_default() and not field.is_relation):
            continue
        named = _named(field, known)
        if named is not None:
            values[field.name] = named.pk
            continue
        if field.is_relation:
            target = field.related_model
            assert target is not None, "it leads somewhere"
            if target in known:
                values[field.name] = known[target]
            elif not field.null:
                values[field.name] = fill(target, known)
        elif not field.null and not field.blank:
            values[field.name] = _value(field)
    values |= SPECIAL.get(model._meta.label_lower, {})
    return model._default_manager.create(**values)


def _named(
    field: models.Field[Any, Any], known: dict[type[models.Model], models.Model]
) -> models.Model | None:
    """What a column such as ``workflow_id`` means that is no foreign key: its rows stay when that is gone."""
    if not isinstance(field, models.UUIDField) or field.null:
        return None
    return next((row for model, row in known.items() if field.name == f"{model._meta.model_name}_id"), None)


def _value(field: models.Field[Any, Any]) -> Any:
    if field.choices:
        return field.flatchoices[0][0]
    match field:
        case models.BooleanField():
            return False
        case models.IntegerField() | models.DecimalField() | models.FloatField():
            return 1
        case models.DateTimeField():
            return utc_now() + timedelta(days=1)
        case models.DateField():
            return utc_now().date()
        case models.UUIDField():
            return uuid4()
        case models.JSONField():
            return {}
        case ArrayField():
            return ["x"]
        case models.BinaryField():
            return b"x"
    return uuid4().hex[: field.max_length or 32]
