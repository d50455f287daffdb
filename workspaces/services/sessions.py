"""Test sessions: an algorithm is run over candles, and what people say of it makes its success rate."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, WrongState
from orchestrator.core.json import JsonObject
from workspaces.access import May, find_in_workspace, find_workspace
from workspaces.domain.archive import bars_between, unpack
from workspaces.domain.detectors import Candles, Detection
from workspaces.domain.vocabulary import MessageType, SessionStatus
from workspaces.models import PatternSession, PatternWorkspace, SessionDetection
from workspaces.services.candles import find_candles
from workspaces.services.detecting import (
    current_algorithm,
    detections_for,
    settled_parameters,
)
from workspaces.services.timeline import tell

_ROWS: Final = 2_000


def start_session(
    user: User,
    workspace_id: UUID,
    *,
    candles_id: UUID,
    first_bar: int | None = None,
    last_bar: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    parameters: JsonObject | None = None,
) -> PatternSession:
    """Run the workspace's current algorithm over a range of bars and keep what it saw.

    The range is by bars or by time, all bars where neither is given; bars are counted from 0 and both ends
    are included. The algorithm runs before the transaction begins, so that nobody waits for it. Raises
    NotFound, NotAllowed, InvalidInput, and WrongState where another version was released meanwhile.
    """
    workspace = find_workspace(user, workspace_id, May.WORK)
    algorithm = current_algorithm(workspace)
    settled = settled_parameters(workspace, algorithm, parameters or {})
    row = find_candles(user, candles_id, with_data=True)
    archive = bytes(row.data)
    first, last = _range(unpack(archive), first_bar, last_bar, since, until)
    found = detections_for(workspace, archive, first, last, settled, algorithm=algorithm)
    _check_count(found)
    with transaction.atomic():
        workspace = find_workspace(user, workspace_id, May.WORK, lock=True)
        if current_algorithm(workspace) != algorithm:
            raise WrongState("Another version was released meanwhile. Start the session again.")
        session = PatternSession.objects.create(
            workspace=workspace,
            created_by=user,
            candles=row,
            first_bar=first,
            last_bar=last,
            parameters=settled,
            algorithm=algorithm,
            version=algorithm.number if algorithm is not None else workspace.version,
            detection_count=len(found),
        )
        SessionDetection.objects.bulk_create(_rows(session, found), batch_size=_ROWS)
        now = utc_now()
        PatternWorkspace.objects.filter(pk=workspace.pk).update(
            session_count=F("session_count") + 1, last_tested_at=now, updated_at=now
        )
        tell(
            workspace,
            MessageType.SESSION_CREATED,
            f"{user.username} tests it on {row.name}",
            by=user,
            content=f"{len(found):,} detections in {last - first + 1:,} bars.",
            data={"candles": row.name, "bars": last - first + 1, "detections": len(found)},
            session=session,
        )
        record_audit(user, "pattern_session.started", session, after={"version": session.version})
    return session


def _range(
    candles: Candles,
    first_bar: int | None,
    last_bar: int | None,
    since: datetime | None,
    until: datetime | None,
) -> tuple[int, int]:
    if since is not None or until is not None:
        first, last = bars_between(candles, since, until)
        if last < first:
            _refuse("since", "These candles have no bar in this time.")
    else:
        first = first_bar or 0
        last = len(candles) - 1 if last_bar is None else last_bar
    if not 0 <= first < len(candles):
        _refuse("first_bar", f"The bars are 0 to {len(candles) - 1:,}.")
    if not first <= last < len(candles):
        _refuse("last_bar", f"The last bar is between the first, {first:,}, and {len(candles) - 1:,}.")
    most = settings.SESSION_MAX_BARS
    if last - first + 1 > most:
        _refuse(
            "last_bar", f"A session looks at up to {most:,} bars; these are {last - first + 1:,}. Take fewer."
        )
    return first, last


def _check_count(found: list[Detection]) -> None:
    most = settings.SESSION_MAX_DETECTIONS
    if len(found) > most:
        _refuse(
            "last_bar",
            f"The algorithm sees {len(found):,} patterns there; a session holds up to {most:,}. "
            "Take fewer bars or stricter parameters.",
        )


def _refuse(field: str, message: str) -> None:
    raise InvalidInput(message, fields={field: [message]})


def _rows(session: PatternSession, found: list[Detection]) -> list[SessionDetection]:
    return [
        SessionDetection(
            session=session,
            number=number,
            kind=each.kind,
            direction=each.direction,
            bar=each.bar,
            price=each.price,
            confirmed_at=each.confirmed_at,
            reason=each.reason,
            top=each.top,
            bottom=each.bottom,
            origin=each.origin,
        )
        for number, each in enumerate(found, 1)
    ]


def find_session(user: User, session_id: UUID, need: May = May.READ, *, lock: bool = False) -> PatternSession:
    """Raises NotFound and NotAllowed as for its workspace.

    ``lock`` takes the workspace's row and then the session's: whatever changes either comes one after the
    other.
    """
    return find_in_workspace(PatternSession, user, session_id, need, lock=lock, called="session")


@transaction.atomic
def complete_session(user: User, session_id: UUID) -> PatternSession:
    """No more is reviewed; the workspace's success rate is drawn anew.

    Raises NotFound, NotAllowed, and WrongState for one that is completed, or of which nothing was reviewed.
    """
    session = find_session(user, session_id, May.WORK, lock=True)
    require_open(session)
    if session.detection_count and not session.reviewed_count and not session.missed_count:
        raise WrongState("Review at least one detection first: nothing could be learnt from this session.")
    session.status, session.completed_at = SessionStatus.COMPLETED.value, utc_now()
    session.save(update_fields=["status", "completed_at"])
    _draw_rate(session.workspace)
    rate = session.success_rate
    tell(
        session.workspace,
        MessageType.SESSION_COMPLETED,
        f"{user.username} completed a test session",
        by=user,
        content=summary_of(session),
        data={
            "reviewed": session.reviewed_count,
            "right": session.right_count,
            "missed": session.missed_count,
            "success_rate": rate,
        },
        session=session,
    )
    record_audit(user, "pattern_session.completed", session, after={"success_rate": rate})
    return session


@transaction.atomic
def reopen_session(user: User, session_id: UUID) -> PatternSession:
    """Review on in a completed session; until it is completed again, it counts for nothing.

    Raises NotFound, NotAllowed, and WrongState for one that is open.
    """
    session = find_session(user, session_id, May.WORK, lock=True)
    if session.status != SessionStatus.COMPLETED:
        raise WrongState("This session is open: it can be reviewed as it is.")
    session.status, session.completed_at = SessionStatus.OPEN.value, None
    session.save(update_fields=["status", "completed_at"])
    before = session.workspace.success_rate
    _draw_rate(session.workspace)
    after = session.workspace.success_rate
    tell(
        session.workspace,
        MessageType.SESSION_REOPENED,
        f"{user.username} reopened a test session",
        by=user,
        content=_moved_rate(before, after),
        data={"success_rate": {"before": before, "after": after}},
        session=session,
    )
    record_audit(
        user,
        "pattern_session.reopened",
        session,
        before={"success_rate": before},
        after={"success_rate": after},
    )
    return session


def _moved_rate(before: float | None, after: float | None) -> str:
    if before == after:
        return "The success rate stays as it is."
    if after is None:
        return "No completed session is left, so there is no success rate until one is completed."
    return f"Without it, {after:.0%} of what was reviewed is right."


def summary_of(session: PatternSession) -> str:
    """What was reviewed in it, in a sentence."""
    words = f"{session.reviewed_count:,} of {session.detection_count:,} detections reviewed"
    if session.success_rate is not None:
        words += f", {session.success_rate:.0%} of them right"
    return f"{words}; {session.missed_count:,} missed." if session.missed_count else f"{words}."


def _draw_rate(workspace: PatternWorkspace) -> None:
    workspace.last_tested_at = workspace.updated_at = utc_now()
    workspace.success_rate = rate_of(workspace)
    workspace.save(update_fields=["success_rate", "last_tested_at", "updated_at"])


def rate_of(workspace: PatternWorkspace) -> float | None:
    """Over the completed sessions of the version that is current, or else of the one that was tested last.

    None where nothing was reviewed in any completed session.
    """
    completed = PatternSession.objects.filter(workspace=workspace, status=SessionStatus.COMPLETED)
    rated = completed.filter(reviewed_count__gt=0)
    version = workspace.version
    if not rated.filter(version=version).exists():
        version = rated.order_by("-completed_at").values_list("version", flat=True).first() or version
    sums = rated.filter(version=version).aggregate(right=Sum("right_count"), reviewed=Sum("reviewed_count"))
    return sums["right"] / sums["reviewed"] if sums["reviewed"] else None


def require_open(session: PatternSession) -> None:
    """Raises WrongState for a session that is completed."""
    if session.status != SessionStatus.OPEN:
        raise WrongState("This session is completed. Reopen it to review more.")
