"""What pages and the API show of test sessions: lists, figures, and all that a chart draws."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Count, Max, Q, QuerySet, Sum

from orchestrator.core import json
from workspaces.domain.archive import times_in
from workspaces.domain.releases import Release
from workspaces.domain.vocabulary import SessionStatus, Verdict
from workspaces.models import CandleSet, FeedbackItem, PatternSession, PatternWorkspace

COLUMNS: Final = (
    "number", "kind", "direction", "bar", "price", "confirmed_at",
    "top", "bottom", "origin", "verdict", "reason",
)  # fmt: skip


def sessions_of(workspace: PatternWorkspace) -> QuerySet[PatternSession]:
    """The newest first, with whose they are and what they look at, the bars themselves left out."""
    rows = PatternSession.objects.filter(workspace=workspace).select_related("created_by", "candles")
    return rows.defer("candles__data").order_by("-id")


def rated_lately(workspace: PatternWorkspace, most: int = 60) -> list[PatternSession]:
    """The latest sessions of which something was reviewed, the oldest of them first."""
    rows = PatternSession.objects.filter(workspace=workspace, reviewed_count__gt=0).order_by("-id")
    return list(rows.only("version", "created_at", "reviewed_count", "right_count")[:most])[::-1]


def feedback_of(workspace: PatternWorkspace) -> QuerySet[FeedbackItem]:
    """All corrections, the oldest first, with the number of what they speak of."""
    return FeedbackItem.objects.filter(workspace=workspace).select_related("detection").order_by("id")


def corrections_of(workspace: PatternWorkspace) -> QuerySet[FeedbackItem]:
    """The same with where and by whom they were said, for a page."""
    rows = feedback_of(workspace).select_related("detection", "session__candles", "created_by")
    return rows.defer("session__candles__data")


def cart_counts(workspace: PatternWorkspace) -> dict[str, int]:
    """How many reviews wait to be sent: corrections, and what is to be kept as it is."""
    waiting = feedback_of(workspace).filter(sent_to_claude_at__isnull=True).order_by()
    is_right = Q(verdict=Verdict.RIGHT.value)
    return waiting.aggregate(
        waiting=Count("id"),
        corrections=Count("id", filter=~is_right),
        kept=Count("id", filter=is_right),
    )


def cart_of(session: PatternSession) -> QuerySet[FeedbackItem]:
    """What was said in a session and not sent yet."""
    return feedback_of(session.workspace).filter(session=session, sent_to_claude_at__isnull=True)


def detection_columns(session: PatternSession) -> bytes:
    """All detections of a session as JSON, a list a column: a third of the size of a list of objects.

    With the times of their bars, so that they can be told before any bar is loaded, and the session's
    ``span``.
    """
    times = times_in(CandleSet.objects.values_list("data", flat=True).get(pk=session.candles_id))
    rows = list(session.detections.order_by("number").values_list(*COLUMNS))
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in COLUMNS]
    told: dict[str, Any] = dict(zip(COLUMNS, columns, strict=True))
    told["time"] = times[told["bar"]].tolist() if rows else []
    told["known_time"] = times[told["confirmed_at"]].tolist() if rows else []
    told["span"] = times[[session.first_bar, session.last_bar]].tolist()
    return json.dumps(told)


def cart_rows(session: PatternSession) -> list[dict[str, Any]]:
    return [
        {
            "id": str(item.pk),
            "detection": item.detection.number if item.detection else None,
            "verdict": item.verdict,
            "kind": item.kind,
            "direction": item.direction,
            "bar": item.bar,
            "price": item.price,
            "note": item.note,
        }
        for item in cart_of(session)
    ]


def workspace_stats(workspace: PatternWorkspace) -> dict[str, Any]:
    """How well the algorithm does: in all, version by version, and kind by kind of what was reviewed."""
    versions = _versions(workspace)
    totals = {
        name: sum(row[name] for row in versions)
        for name in ("sessions", "completed", "detections", "reviewed", "right", "missed")
    }
    return {
        **totals,
        "success_rate": _rate(totals["right"], totals["reviewed"]),
        "in_cart": feedback_of(workspace).filter(sent_to_claude_at__isnull=True).count(),
        "versions": versions,
        "kinds": _kinds(workspace),
    }


def _versions(workspace: PatternWorkspace) -> list[dict[str, Any]]:
    """The oldest version first, so that a trend reads from left to right."""
    sessions = PatternSession.objects.filter(workspace=workspace).order_by()
    completed = dict(
        sessions.filter(status=SessionStatus.COMPLETED).values("version").annotate(count=Count("id"))
        .values_list("version", "count")
    )  # fmt: skip
    rows = sessions.values("version").annotate(
        sessions=Count("id"),
        seen=Sum("detection_count"),
        reviewed=Sum("reviewed_count"),
        right=Sum("right_count"),
        missed=Sum("missed_count"),
        last_at=Max("created_at"),
    )
    told = [
        {
            **{name: value for name, value in row.items() if name != "seen"},
            "detections": row["seen"],
            "completed": completed.get(row["version"], 0),
            "success_rate": _rate(row["right"], row["reviewed"]),
        }
        for row in rows
    ]
    return sorted(told, key=lambda row: Release.read(row["version"]))


def _kinds(workspace: PatternWorkspace) -> list[dict[str, Any]]:
    """Every review is a correction or a confirmation, so these say it without a look at all detections."""
    kinds: dict[str, dict[str, Any]] = {}
    counted = FeedbackItem.objects.filter(workspace=workspace).order_by().values_list("kind", "verdict")
    for kind, verdict, count in counted.annotate(count=Count("id")):
        kinds.setdefault(kind, dict.fromkeys([each.value for each in Verdict], 0))[verdict] = count
    return [
        {
            "kind": kind,
            **row,
            "success_rate": _rate(row["right"], row["right"] + row["wrong"] + row["adjust"]),
        }
        for kind, row in sorted(kinds.items())
    ]


def _rate(right: int, reviewed: int) -> float | None:
    return right / reviewed if reviewed else None
