"""People, the keys their programs use, and the record of who changed what."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final, Self
from zoneinfo import available_timezones

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField, JsonField

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Role(models.TextChoices):
    """What a person may do on the platform as a whole."""

    ADMIN = "admin", "Admin: everything, for everybody"
    USER = "user", "User: builds and runs workflows"
    VIEWER = "viewer", "Viewer: reads what is shared with them"


class Theme(models.TextChoices):
    SYSTEM = "system", "As the device"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class ApiScope(models.TextChoices):
    """What a program with a key may do, within what its owner may do."""

    READ = "read", "Read"
    WRITE = "write", "Change definitions"
    RUN = "run", "Start and steer runs"
    APPROVE = "approve", "Answer approvals"


def check_time_zone(name: str) -> None:
    """Raises ValidationError for a name the time zone database does not know."""
    if name not in available_timezones():
        raise ValidationError(f'There is no time zone "{name}". Use a name such as Europe/Paris.')


_SEEN: Final = frozenset({"id", "username", "first_name", "last_name"})


class User(AbstractUser):
    """An account. ``role`` rules the product; ``is_staff`` opens the Django admin."""

    id = IdField()
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.USER.value)

    theme = models.CharField(max_length=8, choices=Theme.choices, default=Theme.SYSTEM.value)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[check_time_zone])
    time_zone_settled = models.BooleanField(default=False)
    notify_email = models.BooleanField(default=True)
    notify_push = models.BooleanField(default=False)
    notify_workflow_updates = models.BooleanField(default=True)
    notify_execution_alerts = models.BooleanField(default=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[UserManager[User]] = UserManager()  # type: ignore[assignment]  # of this class

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("username"), name="user_username_any_case"),
            models.UniqueConstraint(Lower("email"), name="user_email_any_case", condition=~Q(email="")),
            models.CheckConstraint(name="user_role_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(name="user_theme_known", condition=Q(theme__in=Theme.values)),
        ]

    @property
    def is_admin(self) -> bool:
        return self.is_active and self.role == Role.ADMIN

    @classmethod
    def unseen(cls, path: str) -> list[str]:
        """Columns of the people at this path of a query that nobody else is shown: lists leave them out."""
        return [f"{path}__{each.name}" for each in cls._meta.concrete_fields if each.name not in _SEEN]

    @property
    def may_build(self) -> bool:
        """Whether this person may own workflows; viewers only look."""
        return self.is_active and self.role != Role.VIEWER


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(user_id=user.pk) if user.pk else self.none()

    def usable(self, now: datetime) -> Self:
        live = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
        return self.filter(live, is_active=True, user__is_active=True)


class ApiKey(models.Model):
    """A program's way in. Only the SHA-256 of the 256-bit secret is kept: a dump opens nothing."""

    id = IdField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16)
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=16, choices=ApiScope.choices))
    expires_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=utc_now)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(name="apikey_has_scopes", condition=Q(scopes__len__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class TokenFamilyQuerySet(models.QuerySet["TokenFamily"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(user_id=user.pk) if user.pk else self.none()

    def live(self, now: datetime) -> Self:
        return self.filter(revoked_at__isnull=True, expires_at__gt=now)


class TokenFamily(models.Model):
    """One log-in of an API client: the chain of refresh tokens that followed from it.

    Only the newest token of a family is good. An older one coming back means that somebody else has
    a copy, so the whole family is revoked.
    """

    id = IdField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="token_families")
    current_jti = models.CharField(max_length=64)
    user_agent = models.CharField(max_length=400, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    created_at = models.DateTimeField(default=utc_now)
    last_used_at = models.DateTimeField(default=utc_now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=100, blank=True)

    objects = TokenFamilyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "token families"
        indexes = [models.Index(fields=["user", "-created_at"], name="tokenfamily_by_user")]

    def __str__(self) -> str:
        return f"log-in of {self.user_id} at {self.created_at:%Y-%m-%d %H:%M}"


class BrowserSessionQuerySet(models.QuerySet["BrowserSession"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(user_id=user.pk) if user.pk else self.none()

    def live(self, now: datetime) -> Self:
        return self.filter(session__expire_date__gt=now)


class BrowserSession(models.Model):
    """One log-in of a browser, for people to see and end. It goes when its session goes."""

    id = IdField()
    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="browser_sessions")
    user_agent = models.CharField(max_length=400, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    created_at = models.DateTimeField(default=utc_now)
    last_used_at = models.DateTimeField(default=utc_now)

    objects = BrowserSessionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "-last_used_at"], name="browsersession_by_user")]

    def __str__(self) -> str:
        return f"log-in of {self.user_id} at {self.created_at:%Y-%m-%d %H:%M}"


class AuditRecord(models.Model):
    """Who changed what, when, from which value to which. Rows are only ever added."""

    id = IdField()
    at = models.DateTimeField(default=utc_now)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_name = models.CharField(max_length=150, blank=True)
    action = models.CharField(max_length=64)
    object_type = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64)
    before = JsonField(null=True)
    after = JsonField(null=True)
    origin = JsonField(default=dict)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_by_object"),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"
