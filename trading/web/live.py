"""Pages of live trading: the kill switch, the locks of a workflow, and a portfolio's account."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import InvalidInput, NotAllowed, WrongState
from orchestrator.core.web.paging import keyset_page
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.models import Access
from trading.domain.vocabulary import Mode
from trading.models import LiveAccount
from trading.queries.live_orders import open_live_orders
from trading.queries.locks import approvals_of, locks_of, pulls, still_open, switch_now
from trading.queries.market_pages import questions_of
from trading.services import killing, locks
from trading.services.live import accounts, redeeming, stopping
from trading.services.portfolios import find_portfolio
from trading.web.live_forms import AccountForm, ApproveForm, PullForm, RevokeForm

_KEYS = ("private_key", "api_key", "api_secret", "api_passphrase")


@never_cache
@login_required
@require_safe
def stop(request: HttpRequest) -> HttpResponse:
    return _stop(request, PullForm())


@login_required
@require_POST
def pull(request: HttpRequest) -> HttpResponse:
    form = PullForm(request.POST)
    if form.is_valid():
        try:
            killing.pull(person(request), reason=form.cleaned_data["reason"])
        except InvalidInput as error:
            form.take(error)
        else:
            messages.success(request, "All trading is stopped. Open orders are being cancelled.")
            return redirect("trading:stop")
    return _stop(request, form, 400)


@login_required
@require_POST
def release(request: HttpRequest) -> HttpResponse:
    killing.release(person(request))
    messages.success(request, "Orders may be placed again. Paused runs go on when somebody resumes them.")
    return redirect("trading:stop")


def _stop(request: HttpRequest, form: PullForm, status: int = 200) -> HttpResponse:
    user = person(request)
    context = {
        "here_tab": "stop",
        "switch": switch_now(),
        "open_orders": still_open(),
        "page": keyset_page(request, pulls(), ordering="-id", size=20),
        "form": form,
        "may_pull": user.may_build,
        "may_release": user.is_admin,
    }
    return render(request, "trading/stop.html", context, status=status)


@never_cache
@login_required
@require_safe
def live_locks(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The three locks of a workflow, and who opened the second one when."""
    return _locks(request, pk, ApproveForm())


@login_required
@require_POST
def approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    if not user.is_admin:
        find_workflow(user, pk, Access.VIEWER)
        raise NotAllowed("Only an administrator approves a workflow for live orders.")
    form = ApproveForm(request.POST)
    if form.is_valid():
        try:
            approval = locks.approve(user, pk, **form.cleaned_data)
        except InvalidInput as error:
            form.take(error)
        else:
            messages.success(request, f"Version {approval.version_number} may place live orders.")
            return redirect("trading:locks", pk)
    return _locks(request, pk, form, 400)


@login_required
@require_POST
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = RevokeForm(request.POST)
    comment = form.cleaned_data["comment"] if form.is_valid() else ""
    locks.revoke(person(request), pk, comment=comment)
    messages.success(request, "No live orders are placed any more. Those that are open stay open.")
    return redirect("trading:locks", pk)


def _locks(request: HttpRequest, pk: UUID, form: ApproveForm, status: int = 200) -> HttpResponse:
    user = person(request)
    workflow = find_workflow(user, pk, Access.VIEWER)
    is_own = workflow.owner_id == user.pk and not settings.LIVE_APPROVE_OWN
    try:
        find_workflow(user, pk, Access.OWNER)
        may_revoke = True
    except NotAllowed:
        may_revoke = False
    context = {
        "here_tab": "strategies",
        "workflow": workflow,
        "locks": locks_of(workflow),
        "page": keyset_page(request, approvals_of(workflow), ordering="-id", size=20),
        "form": form,
        "may_approve": user.is_admin and not is_own,
        "must_ask_another": user.is_admin and is_own,
        "may_revoke": may_revoke,
    }
    return render(request, "trading/locks.html", context, status=status)


@never_cache
@sensitive_post_parameters(*_KEYS)
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A live portfolio's account at the exchange: its keys go in here, and never come out again."""
    user = person(request)
    portfolio = find_portfolio(user, pk)
    if portfolio.mode != Mode.LIVE:
        raise WrongState("Only a live portfolio has an account at the exchange.")
    known = LiveAccount.objects.visible_to(user).filter(portfolio=portfolio).first()
    initial = {"funder": known.funder, "signature_type": known.signature_type} if known else {}
    form, status = AccountForm(initial=initial), 200
    if request.method == "POST":
        form, status = AccountForm(request.POST), 400
        if form.is_valid():
            try:
                accounts.set_account(user, pk, **form.cleaned_data)
            except InvalidInput as error:
                form.take(error)
            else:
                messages.success(request, "The account's keys are stored, encrypted.")
                return redirect("trading:account", pk)
    context = {
        "here_tab": "portfolios",
        "portfolio": portfolio,
        "account": known,
        "form": form,
        "is_owner": portfolio.owner_id == user.pk,
    }
    return render(request, "trading/account.html", context, status=status)


@login_required
@require_POST
def disconnect(request: HttpRequest, pk: UUID) -> HttpResponse:
    accounts.delete_account(person(request), pk)
    messages.success(request, "The account's keys are forgotten.")
    return redirect("trading:account", pk)


@never_cache
@login_required
@require_safe
def open_orders(request: HttpRequest) -> HttpResponse:
    """Live orders that the exchange may still fill: one's own; an admin sees everybody's."""
    user = person(request)
    only_own = not user.is_admin or request.GET.get("mine") == "true"
    page = keyset_page(request, open_live_orders(user, only_own=only_own), ordering="-id", size=50)
    context = {
        "here_tab": "portfolios",
        "page": page,
        "only_own": only_own,
        "outcomes": questions_of({each.token for each in page.items}),
    }
    return render(request, "trading/live_orders.html", context)


@login_required
@require_POST
def book_payout(request: HttpRequest, pk: UUID) -> HttpResponse:
    redeeming.book_payout(person(request), pk, request.POST.get("token", ""))
    messages.success(request, "The end of that position is booked.")
    return redirect("trading:account", pk)


@login_required
@require_POST
def cancel_order(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Back to the open orders, where it stands until the exchange says that it is cancelled."""
    stopping.cancel_order(person(request), pk)
    messages.success(request, "The exchange is asked to cancel it. It is open until the exchange says so.")
    return redirect("trading:live-orders")
