"""Deliveries to webhooks: checked, kept for a while, and turned into runs."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import redis
import structlog
from django.db import connection, transaction
from django.db.models import F, Subquery
from django.utils.crypto import constant_time_compare

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import DomainError, InvalidInput, NotFound, WrongState
from orchestrator.core.json import Json, JsonObject
from orchestrator.core.redis import redis_client
from orchestrator.core.rls import acting_as, as_server
from orchestrator.executions.models import Execution
from orchestrator.executions.services.firing import about_trigger, start_for
from orchestrator.graphs.expressions import EvaluationError, compile_expression
from orchestrator.workflows.domain.payloads import UnreadablePayload, read_payload, read_query, safe_headers
from orchestrator.workflows.domain.signatures import BadSignature, check_hmac, check_timestamped
from orchestrator.workflows.models import DeliveryStatus, Signature, Trigger, TriggerDelivery, TriggerKind
from orchestrator.workflows.services.trigger_fields import NAMES
from orchestrator.workflows.services.triggers import find_delivery

KEPT: Final = 50
"""Deliveries that each webhook keeps, the latest."""

log = structlog.get_logger(__name__)


class NotAuthentic(DomainError):
    """The delivery is not signed as it should be."""

    code = "bad_signature"
    status = 401


class TooManyDeliveries(DomainError):
    """More than the webhook takes in a minute; ``retry_after`` seconds from now it takes some again."""

    code = "throttled"
    status = 429


class UnsupportedType(DomainError):
    """The body is of a type that webhooks do not read."""

    code = "unsupported_media_type"
    status = 415


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request to a webhook's address, as it came."""

    body: bytes
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    query: str = ""
    ip_address: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a delivery. ``execution_id`` is None where it was ignored."""

    status: str
    delivery_id: UUID
    execution_id: UUID | None
    reason: str = ""


def receive_delivery(trigger_id: UUID, secret: str, incoming: Incoming) -> Received:
    """Check a delivery and start a run for it, once for each key or, within the window, for each body.

    Raises NotFound for an address that is not (or no longer) a webhook's, and a DomainError with the status
    that tells the sender what to change. What was refused is kept, too, so that it can be looked into.
    """
    began, now = time.monotonic(), utc_now()
    with as_server("the secret in the address says which trigger it is"):
        trigger = Trigger.objects.select_related("workflow", "run_as").filter(pk=trigger_id).first()
    if trigger is None or trigger.kind != TriggerKind.WEBHOOK or not _is_secret(trigger, secret):
        raise NotFound("There is no such webhook. Its address may have been changed.")
    _throttle(trigger)
    delivery = TriggerDelivery(
        trigger=trigger,
        content_type=incoming.content_type[:100].replace("\0", ""),
        headers=safe_headers(incoming.headers),
        query=read_query(incoming.query),
        size=len(incoming.body),
        digest=hashlib.sha256(incoming.body).hexdigest(),
        ip_address=incoming.ip_address or None,
        received_at=now,
    )
    try:
        _check(trigger, incoming, now)
        delivery.payload = _read(incoming)
        with acting_as(trigger.run_as_id):
            _deliver(trigger, delivery, key=_key(trigger, incoming), now=now)
    except DomainError as error:
        refused = error.status in (401, 413, 415)
        delivery.status = (DeliveryStatus.REJECTED if refused else DeliveryStatus.FAILED).value
        delivery.http_status, delivery.reason = error.status, error.sentence[:500]
        raise
    finally:
        if delivery.status:
            with as_server("a delivery is kept whoever its run would be started for"):
                _keep(trigger, delivery, began)
    return Received(delivery.status, delivery.pk, delivery.execution_id, delivery.reason)


def replay_delivery(user: User, workflow_id: UUID, trigger_id: UUID, delivery_id: UUID) -> Execution:
    """Start a run from a delivery that is kept, whatever became of it then, on behalf of the person."""
    began, now = time.monotonic(), utc_now()
    earlier = find_delivery(user, workflow_id, trigger_id, delivery_id)
    if earlier.status == DeliveryStatus.REJECTED:
        raise WrongState("This delivery was refused: nothing of its body was kept.")
    trigger = earlier.trigger
    delivery = TriggerDelivery(
        trigger=trigger,
        replay_of=earlier,
        received_at=now,
        **{
            name: getattr(earlier, name)
            for name in ("content_type", "headers", "query", "payload", "size", "digest")
        },
    )
    about = about_trigger(trigger, now, delivery=str(delivery.pk), replay=True, by=user.username)
    execution, _ = start_for(trigger, about, key=None, now=now, scope=scope_of(delivery), user=user)
    _set(delivery, DeliveryStatus.STARTED, 202, execution=execution.pk, reason=f"Replayed by {user.username}")
    _keep(trigger, delivery, began)
    return execution


def scope_of(delivery: TriggerDelivery) -> JsonObject:
    """What expressions see of a delivery below ``trigger``."""
    return {"payload": delivery.payload, "headers": delivery.headers, "query": delivery.query}


def _deliver(trigger: Trigger, delivery: TriggerDelivery, *, key: str | None, now: datetime) -> None:
    if not trigger.enabled:
        raise WrongState("This webhook is switched off.")
    about = about_trigger(trigger, now, delivery=str(delivery.pk))
    if not _is_wanted(trigger, {**about, **scope_of(delivery)}, now):
        _set(delivery, DeliveryStatus.IGNORED, 202, reason="The condition does not hold.")
        return
    with transaction.atomic():
        earlier = _same_body(trigger, delivery, now)
        if earlier is not None:
            reason = f"The same body came less than {trigger.dedupe_seconds} s before."
            _set(delivery, DeliveryStatus.DUPLICATE, 200, execution=earlier, reason=reason)
        else:
            execution, is_new = start_for(trigger, about, key=key, now=now, scope=scope_of(delivery))
            if is_new:
                _set(delivery, DeliveryStatus.STARTED, 202, execution=execution.pk)
            else:
                reason = "A delivery with the same key started this run before."
                _set(delivery, DeliveryStatus.DUPLICATE, 200, execution=execution.pk, reason=reason)
        delivery.save(force_insert=True)


def _set(
    delivery: TriggerDelivery,
    status: DeliveryStatus,
    http_status: int,
    *,
    execution: UUID | None = None,
    reason: str = "",
) -> None:
    delivery.status, delivery.http_status = status.value, http_status
    delivery.execution_id, delivery.reason = execution, reason


def _is_secret(trigger: Trigger, secret: str) -> bool:
    return constant_time_compare(trigger.address_secret, secret)


def _throttle(trigger: Trigger) -> None:
    """Counts by the minute, in Redis; without Redis nothing is counted."""
    minute, second = divmod(int(time.time()), 60)
    key = f"orchestrator:hook:{trigger.pk}:{minute}"
    try:
        with redis_client().pipeline(transaction=False) as pipe:
            pipe.incr(key)
            pipe.expire(key, 120)
            count = int(pipe.execute()[0])
    except redis.RedisError as error:
        log.warning("deliveries_not_counted", error=str(error))
        return
    if count > trigger.rate_per_minute:
        wait = 60 - second
        message = f"This webhook takes {trigger.rate_per_minute} deliveries a minute. Come back in {wait} s."
        raise TooManyDeliveries(message, retry_after=wait)


def _check(trigger: Trigger, incoming: Incoming, now: datetime) -> None:
    """Raises NotAuthentic unless the body is signed as the trigger asks."""
    header = trigger.signature_header
    given = {name.lower(): value for name, value in incoming.headers.items()}.get(header.lower(), "")
    try:
        if trigger.signature == Signature.HMAC:
            check_hmac(trigger.shared_secret, incoming.body, given, header=header)
        elif trigger.signature == Signature.TIMESTAMPED:
            check_timestamped(
                trigger.shared_secret,
                incoming.body,
                given,
                header=header,
                now=now,
                tolerance_seconds=trigger.tolerance_seconds,
            )
    except BadSignature as error:
        raise NotAuthentic(str(error)) from error


def _read(incoming: Incoming) -> Json:
    try:
        return read_payload(incoming.body, incoming.content_type)
    except UnreadablePayload as error:
        if error.status == 415:
            raise UnsupportedType(str(error)) from error
        raise InvalidInput(str(error)) from error


def _key(trigger: Trigger, incoming: Incoming) -> str | None:
    """The idempotency key of the run; hashed, since a sender may choose anything."""
    name = (trigger.idempotency_header or "Idempotency-Key").lower()
    given = {name.lower(): value for name, value in incoming.headers.items()}.get(name, "")
    return f"hook:{trigger.pk}:{hashlib.sha256(given.encode()).hexdigest()}" if given else None


def _same_body(trigger: Trigger, delivery: TriggerDelivery, now: datetime) -> UUID | None:
    """The run that an equal body started within the window.

    Deliveries of one body to one trigger take turns until their transactions end; others do not wait.
    """
    if not trigger.dedupe_seconds:
        return None
    turn = int.from_bytes(
        hashlib.sha256(f"{trigger.pk} {delivery.digest}".encode()).digest()[:8], signed=True
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [turn])
    since = now - timedelta(seconds=trigger.dedupe_seconds)
    started = trigger.deliveries.filter(digest=delivery.digest, status=DeliveryStatus.STARTED.value)
    return (
        started.filter(received_at__gte=since).order_by("-id").values_list("execution_id", flat=True).first()
    )


def _is_wanted(trigger: Trigger, about: JsonObject, now: datetime) -> bool:
    if not trigger.condition:
        return True
    try:
        return compile_expression(trigger.condition, names=NAMES).test({"trigger": about}, now=now)
    except EvaluationError as error:
        raise InvalidInput(f"The condition has no value for this delivery: {error}") from error


def _keep(trigger: Trigger, delivery: TriggerDelivery, began: float) -> None:
    """Store the delivery, forget those beyond the latest, and count it on the trigger."""
    delivery.duration_ms = round((time.monotonic() - began) * 1000)
    if delivery._state.adding:
        delivery.save(force_insert=True)
    else:
        TriggerDelivery.objects.filter(pk=delivery.pk).update(duration_ms=delivery.duration_ms)
    oldest = trigger.deliveries.order_by("-id").values("pk")[KEPT : KEPT + 1]
    trigger.deliveries.filter(pk__lte=Subquery(oldest)).delete()
    rows = Trigger.objects.filter(pk=trigger.pk)
    if delivery.status == DeliveryStatus.STARTED:
        rows.update(
            started_count=F("started_count") + 1,
            last_run_at=delivery.received_at,
            last_execution_id=delivery.execution_id,
            last_error="",
        )
    elif delivery.status in (DeliveryStatus.IGNORED, DeliveryStatus.DUPLICATE):
        rows.update(skipped_count=F("skipped_count") + 1)
    else:
        rows.update(
            failed_count=F("failed_count") + 1,
            last_error=delivery.reason,
            last_error_at=delivery.received_at,
        )
