"""Browsers that a person lets us tell things."""

from __future__ import annotations

import base64
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.accounts.services.people import update_profile
from orchestrator.core.errors import InvalidInput, NotFound
from orchestrator.core.rls import as_server
from orchestrator.executions.models import PushSubscription

MOST: Final = 10
_POINT_BYTES: Final = 65
_AUTH_BYTES: Final = 16


def public_key() -> str:
    """What a browser needs to know us by: the uncompressed point of the VAPID key, in URL-safe base64."""
    scalar = int.from_bytes(_decoded(settings.VAPID_PRIVATE_KEY))
    point = ec.derive_private_key(scalar, ec.SECP256R1()).public_key()
    raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@transaction.atomic
def subscribe(user: User, *, endpoint: str, p256dh: str, auth: str, browser: str = "") -> PushSubscription:
    """Remember a browser and switch the preference on. The same browser again only changes its keys.

    A browser belongs to whoever subscribed last: it has one user at a time. Raises InvalidInput.
    """
    _check(endpoint, p256dh, auth)
    with as_server("the browser may have been somebody else's before"):
        PushSubscription.objects.filter(endpoint=endpoint).exclude(user=user).delete()
    mine = PushSubscription.objects.filter(user=user)
    values = {"user": user, "p256dh": p256dh, "auth": auth, "browser": browser[:120]}
    found, _ = mine.update_or_create(endpoint=endpoint, defaults=values)
    too_many = mine.order_by("-id").values_list("pk", flat=True)[MOST:]
    mine.filter(pk__in=list(too_many)).delete()
    if not user.notify_push:
        update_profile(user, notify_push=True)
    return found


@transaction.atomic
def unsubscribe(user: User, subscription_id: UUID) -> None:
    """Forget one of one's browsers. Raises NotFound."""
    if not PushSubscription.objects.filter(user=user, pk=subscription_id).delete()[0]:
        raise NotFound("You have no such browser here.")


def _check(endpoint: str, p256dh: str, auth: str) -> None:
    fields: dict[str, list[str]] = {}
    if urlsplit(endpoint).scheme != "https" or len(endpoint) > 1000:
        fields["endpoint"] = ["Expected the https address that the browser was given."]
    point = _decoded(p256dh)
    if len(point) != _POINT_BYTES or not _is_on_the_curve(point):
        fields["p256dh"] = ["Expected a point of P-256 in URL-safe base64."]
    if len(_decoded(auth)) != _AUTH_BYTES:
        fields["auth"] = ["Expected 16 bytes in URL-safe base64."]
    if fields:
        raise InvalidInput("This is no push subscription.", fields=fields)


def _is_on_the_curve(point: bytes) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return True


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""
