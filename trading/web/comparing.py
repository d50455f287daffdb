"""Two runs side by side: their figures, both curves in one chart, and where their nodes first differ."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.params import text_of
from orchestrator.core.web.following import load_anew
from orchestrator.workflows.access import workflow_and_access
from orchestrator.workflows.models import Access
from trading.queries import runs as read
from trading.queries import strategies as found
from trading.queries.comparing import compare_runs as compared
from trading.services.comparing import start_both
from trading.templatetags.trading import gain, percent, plain, rounded, usdc
from trading.web.curves import both_curves

_FIGURES: Final = (
    ("profit", "Profit or loss", gain),
    ("total_return", "Return", percent),
    ("hit_rate", "Hit rate", percent),
    ("round_trips", "Round trips", plain),
    ("profit_factor", "Profit factor", rounded),
    ("sharpe", "Sharpe ratio", rounded),
    ("drawdown", "Largest drawdown", usdc),
    ("fees", "Fees", usdc),
    ("fills", "Fills", plain),
    ("turnover", "Turnover", rounded),
    ("exposure", "Time invested", percent),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of both; ``change`` is empty where one of them has none."""

    title: str
    before: str
    after: str
    change: str
    tone: str


@login_required
@require_safe
def compare(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Two versions on one tape: their newest runs there. Without them, the page offers to have them run."""
    user = person(request)
    workflow, access = workflow_and_access(user, pk, Access.VIEWER)
    asked = {name: text_of(request.GET, name, most=36) for name in ("before", "after", "tape")}
    pair = found.newest_backtests(user, pk, asked["tape"], (asked["before"], asked["after"]))
    if pair is not None:
        return redirect("trading:compare-runs", pair[0].pk, pair[1].pk)
    context = {
        "here_tab": "strategies",
        "workflow": workflow,
        "asked": asked,
        "tape": found.tape_named(user, asked["tape"]),
        "may_run": access is not Access.VIEWER,
        "nonce": uuid4().hex,
    }
    return render(request, "trading/compare_missing.html", context)


@login_required
@require_POST
def run_both(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Compare two versions on a tape: their newest backtests there, or else new ones, while they run."""
    user = person(request)
    workflow_and_access(user, pk, Access.EDITOR)
    asked = {name: text_of(request.POST, name, most=64) for name in ("before", "after", "tape", "nonce")}
    tape = found.tape_named(user, asked["tape"])
    if tape is None or not (asked["before"].isdecimal() and asked["after"].isdecimal()):
        return redirect(f"{reverse('trading:compare', args=[pk])}?{urlencode(asked)}")
    known = found.newest_backtests(user, pk, asked["tape"], (asked["before"], asked["after"]))
    if known is not None:
        return redirect("trading:compare-runs", known[0].pk, known[1].pk)
    numbers = (int(asked["before"]), int(asked["after"]))
    before, after = start_both(user, pk, tape_id=tape.pk, versions=numbers, nonce=asked["nonce"])
    return redirect("trading:compare-runs", before.pk, after.pk)


@login_required
@require_safe
def compare_runs(request: HttpRequest, before_id: UUID, after_id: UUID) -> HttpResponse:
    """Two runs over one tape, whichever they are; the address can be shared."""
    user = person(request)
    pair = [found.find_run(user, each) for each in (before_id, after_id)]
    both = found.shown(pair)
    is_over = all(each.is_over for each in both)
    if is_over and request.headers.get("HX-Request"):
        return load_anew()
    names = _names(both)
    context = {
        "here_tab": "strategies",
        "both": both,
        "before": both[0],
        "after": both[1],
        "names": names,
        "is_over": is_over,
        "lines": lines_of(read.figures_of(pair[0]), read.figures_of(pair[1])),
        "curve": both_curves({name: found.curve_of(each) for name, each in zip(names, pair, strict=True)}),
        "nodes": compared(pair[0], pair[1]).nodes,
    }
    return render(request, "trading/compare.html", context)


def lines_of(before: dict[str, Any], after: dict[str, Any]) -> list[Line]:
    return [
        Line(title, say(before[key]), say(after[key]), *_change(before[key], after[key], key, say))
        for key, title, say in _FIGURES
    ]


_MORE_IS_BETTER: Final = {"profit", "total_return", "hit_rate", "profit_factor", "sharpe"}
_LESS_IS_BETTER: Final = {"drawdown", "fees"}


def _change(before: Any, after: Any, key: str, say: Any) -> tuple[str, str]:
    if before is None or after is None:
        return "", "tone-muted"
    difference = Decimal(str(after)) - Decimal(str(before))
    if not difference:
        return "the same", "tone-muted"
    said = say(difference)
    said = said if difference < 0 or said.startswith("+") else f"+{said}"
    if key not in _MORE_IS_BETTER | _LESS_IS_BETTER:
        return said, "tone-muted"
    return said, "tone-good" if (difference > 0) == (key in _MORE_IS_BETTER) else "tone-bad"


def _names(both: list[found.Shown]) -> list[str]:
    numbers = [each.version for each in both]
    if all(numbers) and numbers[0] != numbers[1] and both[0].run.workflow_id == both[1].run.workflow_id:
        return [f"Version {number}" for number in numbers]
    return [f"{name}: {str(each.run.pk)[-8:]}" for name, each in zip(("First", "Second"), both, strict=True)]
