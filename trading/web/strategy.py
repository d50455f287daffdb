"""The page of one strategy: how its runs went, its versions and tapes, and putting it to work."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from orchestrator.core.errors import DomainError, InvalidInput, NotAllowed, NotFound
from orchestrator.core.web.paging import keyset_page
from orchestrator.executions.queries.statistics import workflow_stats
from orchestrator.workflows.access import workflow_and_access
from orchestrator.workflows.models import Access, VersionStatus, Workflow, WorkflowVersion
from orchestrator.workflows.services.visits import record_visit
from orchestrator.workflows.web.detail import page_context
from trading.domain.vocabulary import Mode, TapeStatus
from trading.models import StrategyRun, Tape
from trading.queries import strategies as found
from trading.queries.live_orders import approved_versions, live_portfolios, trading_now
from trading.queries.locks import Locks, locks_of
from trading.services.strategies import start_strategy
from trading.web.strategy_forms import BacktestForm, LiveForm, PaperForm

RUNS: Final = 20
_MOST_VERSIONS: Final = 50


@login_required
@require_safe
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    workflow, access = workflow_and_access(user, pk, Access.VIEWER)
    record_visit(user, workflow)
    return _page(request, workflow, access)


@login_required
@require_POST
def backtest(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Start a backtest, and follow it on its page."""
    return _start(request, pk, Mode.BACKTEST)


@login_required
@require_POST
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Start a run on paper, and follow it on its page."""
    return _start(request, pk, Mode.PAPER)


@login_required
@require_POST
def live(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Start a run with real money, and follow it on its page."""
    return _start(request, pk, Mode.LIVE)


def _start(request: HttpRequest, pk: UUID, mode: Mode) -> HttpResponse:
    user = person(request)
    workflow, access = workflow_and_access(user, pk, Access.EDITOR)
    forms = _forms(
        user,
        _versions(workflow),
        found.tapes_to_choose(user),
        locks_of(workflow),
        {mode: request.POST},
    )
    form = forms[mode]
    status = 400
    if form.is_valid():
        try:
            run, _ = start_strategy(user, pk, mode=mode, idempotency_key=form.key(), **form.given())
        except (NotFound, NotAllowed):
            raise
        except InvalidInput as error:
            form.take(error)
        except DomainError as error:
            form.add_error(None, error.message)
            status = error.status
        else:
            return redirect("trading:run", run.pk)
    return _page(request, workflow, access, failed={mode: form}, status=status)


def _page(
    request: HttpRequest,
    workflow: Workflow,
    access: Access,
    failed: dict[Mode, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    user = person(request)
    rows = found.runs_seen(user).filter(workflow=workflow)
    page = keyset_page(request, rows, ordering="-id", size=RUNS)
    runs = found.shown(page.items)
    versions = _versions(workflow)
    locks = locks_of(workflow)
    tapes = found.tapes_to_choose(user)
    whole = [each for each in tapes if each.status == TapeStatus.READY]
    forms = _forms(user, versions, tapes, locks, {}) | (failed or {})
    context = {
        **page_context(user, workflow, access, ""),
        "here_tab": "strategies",
        "page": page,
        "runs": runs,
        "orders": found.order_counts([each.pk for each in page.items]),
        "last": runs[0] if runs and page.previous is None else None,
        "counts": found.run_counts(user, workflow.pk),
        "stats": workflow_stats(workflow.pk),
        "versions": versions,
        "tapes": found.tapes_run_on(user, workflow.pk),
        "backtest_form": forms[Mode.BACKTEST],
        "paper_form": forms[Mode.PAPER],
        "live_form": forms[Mode.LIVE],
        "locks": locks,
        "may_approve": user.is_admin and (workflow.owner_id != user.pk or settings.LIVE_APPROVE_OWN),
        "going": trading_now(user, workflow),
        "whole_tapes": whole,
        "compare_on": _compare_on([each.run for each in runs], whole),
        "nonce": uuid4().hex,
        "failed": next(iter(failed or {}), ""),
    }
    return render(request, "trading/strategy.html", context, status=status)


def _forms(
    user: User, versions: list[WorkflowVersion], tapes: list[Tape], locks: Locks, sent: dict[Mode, Any]
) -> dict[Mode, Any]:
    whole = [each for each in tapes if each.status == TapeStatus.READY]
    now = [each for each in tapes if each.status == TapeStatus.RECORDING]
    portfolios = found.portfolios_to_choose(user)
    approved = approved_versions(versions, locks.approval.checksum if locks.approval else "")
    return {
        Mode.BACKTEST: BacktestForm(whole, versions, sent.get(Mode.BACKTEST)),
        Mode.PAPER: PaperForm(tapes, versions, portfolios, sent.get(Mode.PAPER)),
        Mode.LIVE: LiveForm(now, approved, live_portfolios(user), sent.get(Mode.LIVE)),
    }


def _compare_on(runs: list[StrategyRun], whole: list[Tape]) -> Tape | None:
    """The tape of the newest run over a whole one, else the newest there is."""
    known = {each.pk for each in whole}
    return next((each.tape for each in runs if each.tape_id in known), whole[0] if whole else None)


def _versions(workflow: Workflow) -> list[WorkflowVersion]:
    rows = workflow.versions.filter(status=VersionStatus.PUBLISHED, archived_at__isnull=True)
    return list(rows.defer("nodes", "edges").order_by("-is_current", "-number")[:_MOST_VERSIONS])
