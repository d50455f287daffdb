"""Corporations that people added, whom they lent them to, characters that agreed, and what ESI said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.encryption import EncryptedField
from orchestrator.core.fields import IdField, JsonField
from trading.strategy.domain.vocabulary import Access, SnapshotSource

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class CorporationQuerySet(models.QuerySet["Corporation"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Their own and those that were lent to them; not even administrators see more."""
        if not isinstance(user, User):
            return self.none()
        lent = CorporationMember.objects.filter(user=user).values("corporation_id")
        return self.filter(Q(owner=user) | Q(pk__in=lent))


class Corporation(models.Model):
    """One corporation as one person keeps it. ``eve_id`` is EVE's own number.

    ``region_id`` is the region whose market is looked at. What stands beside them is what ESI said last.
    """

    id = IdField()
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="corporations")
    eve_id = models.BigIntegerField()
    name = models.CharField(max_length=100)
    ticker = models.CharField(max_length=10, blank=True)
    is_generated = models.BooleanField(default=False)
    region_id = models.IntegerField(default=10_000_002)
    created_at = models.DateTimeField(default=utc_now)
    updated_at = models.DateTimeField(default=utc_now)

    objects = CorporationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "eve_id"], name="corporation_once_each"),
            models.CheckConstraint(name="corporation_has_a_number", condition=Q(eve_id__gt=0)),
            models.CheckConstraint(name="corporation_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class CorporationMember(models.Model):
    """Somebody to whom a corporation was lent: to read its sessions, or to work in them."""

    id = IdField()
    corporation = models.ForeignKey(Corporation, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="lent_corporations")
    access = models.CharField(max_length=10, default=Access.READER.value)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=utc_now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["corporation", "user"], name="corporation_lent_once"),
            models.CheckConstraint(
                name="corporation_access_known", condition=Q(access__in=[each.value for each in Access])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.access}"


class Character(models.Model):
    """A character whose player agreed that its corporation's data are read. Its tokens are shown to nobody.

    ``owner_hash`` changes when the character goes to another account of EVE, which ends the consent.
    """

    id = IdField()
    corporation = models.ForeignKey(Corporation, on_delete=models.CASCADE, related_name="characters")
    connected_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    character_id = models.BigIntegerField()
    name = models.CharField(max_length=100)
    owner_hash = models.CharField(max_length=100)
    scopes = ArrayField(models.CharField(max_length=100), default=list)
    access_token = EncryptedField()
    refresh_token = EncryptedField()
    expires_at = models.DateTimeField()
    fault = models.CharField(max_length=500, blank=True)
    """Why it can no longer be used; empty: it can."""
    created_at = models.DateTimeField(default=utc_now)
    updated_at = models.DateTimeField(default=utc_now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["corporation", "character_id"], name="character_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Snapshot(models.Model):
    """What was known of a corporation at a moment: one kind of data, never changed once written.

    ``as_of`` is when ESI found it out, ``until`` when it would have said something newer.
    """

    id = IdField()
    corporation = models.ForeignKey(Corporation, on_delete=models.CASCADE, related_name="snapshots")
    kind = models.CharField(max_length=20)
    source = models.CharField(max_length=10, default=SnapshotSource.ESI.value)
    data = JsonField()
    as_of = models.DateTimeField()
    until = models.DateTimeField()
    created_at = models.DateTimeField(default=utc_now)

    class Meta:
        ordering = ["-as_of", "-id"]
        indexes = [models.Index(fields=["corporation", "kind", "-as_of", "-id"], name="snapshot_newest")]
        constraints = [
            models.UniqueConstraint(fields=["corporation", "kind", "as_of"], name="snapshot_once"),
            models.CheckConstraint(
                name="snapshot_source_known", condition=Q(source__in=[each.value for each in SnapshotSource])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.as_of:%Y-%m-%d %H:%M}"

    @property
    def has_run_out(self) -> bool:
        """ESI would say something newer by now."""
        return self.until < utc_now()
