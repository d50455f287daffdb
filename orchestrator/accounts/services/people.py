"""People's own settings, and the demo's people."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import Role, User
from orchestrator.accounts.services.passwords import INVITED, KNOWN, send_link_on_commit, user_to_reset
from orchestrator.core.context import acts_for
from orchestrator.core.errors import InvalidInput

DEMO_PASSWORD: Final = "orchestrator-demo"  # noqa: S105 - shown on the log-in page of a demo on loopback
_DEMO_PEOPLE: Final = (
    ("ada", "Ada", "Admin", Role.ADMIN, True),
    ("bob", "Bob", "Builder", Role.USER, False),
    ("vic", "Vic", "Viewer", Role.VIEWER, False),
)
OWN_FIELDS: Final = frozenset(
    {
        "email", "first_name", "last_name", "theme", "time_zone",
        "notify_email", "notify_push", "notify_workflow_updates", "notify_execution_alerts",
    }
)  # fmt: skip


@transaction.atomic
def update_profile(user: User, **fields: Any) -> User:
    """Change one's own profile and preferences. Raises InvalidInput with the fields that are not right."""
    assert set(fields) <= OWN_FIELDS, "only one's own fields"
    if "time_zone" in fields:
        fields["time_zone_settled"] = True
    before = {name: getattr(user, name) for name in fields}
    for name, value in fields.items():
        setattr(user, name, value)
    try:
        user.full_clean(exclude=["password"], validate_unique=True)
    except ValidationError as error:
        raise InvalidInput("Some fields are not right.", fields=dict(error.message_dict)) from error
    user.save(update_fields=[*fields, "updated_at"])
    record_audit(user, "profile.changed", user, before=before, after=fields)
    return user


@transaction.atomic
def sign_up(*, username: str, email: str) -> None:
    """Open an account that its owner sets the password of, by a link that is mailed.

    An address that has an account already is told so by mail, and by nothing else. Raises InvalidInput.
    """
    known = user_to_reset(email)
    if known is not None:
        send_link_on_commit(known, KNOWN)
        return
    user = User(username=username, email=email, role=Role.USER.value)
    user.set_unusable_password()
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        raise InvalidInput("Some fields are not right.", fields=dict(error.message_dict)) from error
    user.save(force_insert=True)
    acts_for(user.pk)
    record_audit(user, "account.signed_up", user, after={"username": username})
    send_link_on_commit(user, INVITED)


@transaction.atomic
def ensure_demo_people() -> list[User]:
    """Ada (admin), Bob (user) and Vic (viewer), made if they are missing. Only for a server on loopback."""
    people = []
    for username, first, last, role, staff in _DEMO_PEOPLE:
        user, created = User.objects.get_or_create(
            username=username,
            defaults={
                "first_name": first,
                "last_name": last,
                "email": f"{username}@demo.invalid",
                "role": role.value,
                "is_staff": staff,
                "is_superuser": staff,
            },
        )
        if created:
            user.set_password(DEMO_PASSWORD)
            user.save(update_fields=["password"])
        people.append(user)
    return people


def demo_people() -> list[User]:
    """Those of the demo's people who exist and can log in."""
    names = [username for username, *_ in _DEMO_PEOPLE]
    return list(User.objects.filter(username__in=names, email__endswith="@demo.invalid", is_active=True))
