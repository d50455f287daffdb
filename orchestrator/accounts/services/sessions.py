"""Where a person is logged in, by browser or by program, and ending it: pages, tokens and open sockets."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.contrib.auth import login
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import ApiKey, BrowserSession, TokenFamily, User
from orchestrator.accounts.services.logging_in import forget_failures
from orchestrator.accounts.services.telling import tell_sockets
from orchestrator.accounts.services.tokens import close_all_families, close_family_by_id
from orchestrator.core.clock import utc_now
from orchestrator.core.context import acts_for, current_origin
from orchestrator.core.errors import NotFound

BACKEND: Final = "orchestrator.accounts.backends.AnyCaseBackend"
_SEEN: Final = "seen_at"
_SEEN_RESOLUTION: Final = timedelta(minutes=5)


@transaction.atomic
def log_in_browser(request: HttpRequest, user: User) -> None:
    """Open a session for somebody who has proved who they are."""
    acts_for(user.pk)
    login(request, user, backend=BACKEND)
    forget_failures(request, user)
    remember_session(request, user)


def remember_session(request: HttpRequest, user: User) -> None:
    """Write down the request's session, which has just begun or got a new key."""
    request.session[_SEEN] = utc_now().timestamp()
    request.session.save()
    origin = current_origin()
    BrowserSession.objects.update_or_create(
        session_id=request.session.session_key,
        defaults={
            "user": user,
            "user_agent": origin.user_agent,
            "ip_address": origin.ip_address or None,
        },
    )


def note_use(request: HttpRequest) -> None:
    """Keep "last used" right to a few minutes. Costs nothing in between."""
    seen = request.session.get(_SEEN)
    now = utc_now()
    if seen is None or now.timestamp() - seen < _SEEN_RESOLUTION.total_seconds():
        return
    request.session[_SEEN] = now.timestamp()
    BrowserSession.objects.filter(session_id=request.session.session_key).update(last_used_at=now)


@transaction.atomic
def end_session(user: User, session_id: UUID) -> None:
    """Log one of one's browsers out. Raises NotFound."""
    found = BrowserSession.objects.visible_to(user).select_for_update().filter(pk=session_id).first()
    if found is None:
        raise NotFound("You have no such log-in, or it ended meanwhile.")
    Session.objects.filter(pk=found.session_id).delete()
    record_audit(user, "session.ended", found, before={"user_agent": found.user_agent})
    tell_sockets(user)


@transaction.atomic
def end_family(user: User, family_id: UUID) -> None:
    """Log one of one's programs out. Raises NotFound."""
    close_family_by_id(user, family_id)
    tell_sockets(user)


def end_log_in(user: User, log_in_id: UUID) -> None:
    """One of either kind, by its id. Raises NotFound."""
    if BrowserSession.objects.visible_to(user).filter(pk=log_in_id).exists():
        end_session(user, log_in_id)
    else:
        end_family(user, log_in_id)


@transaction.atomic
def end_log_ins(actor: User, user: User, *, keep_session: str | None = None) -> int:
    """Log a person out everywhere, but for one session where it is named. The number of log-ins ended."""
    sessions = BrowserSession.objects.filter(user=user).exclude(session_id=keep_session or "")
    keys = list(sessions.values_list("session_id", flat=True))
    Session.objects.filter(pk__in=keys).delete()
    ended = len(keys) + close_all_families(user)
    record_audit(actor, "sessions.ended", user, after={"ended": ended, "kept_one": keep_session is not None})
    tell_sockets(user)
    return ended


def is_live(user_id: UUID, kind: str, login_id: str, *, now: datetime) -> bool:
    """Whether a log-in that was good is good still: ``session``, ``tokens`` or ``key``, by its id."""
    if not User.objects.filter(pk=user_id, is_active=True).exists():
        return False
    if kind == "session":
        return Session.objects.filter(pk=login_id, expire_date__gt=now).exists()
    if kind == "tokens":
        return TokenFamily.objects.live(now).filter(pk=login_id).exists()
    return ApiKey.objects.usable(now).filter(pk=login_id).exists()
