"""Pages of corporations: which there are, what is known of one and since when, and whom it is lent to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from orchestrator.accounts.services.guessing import TooManyTries
from orchestrator.core.errors import DomainError, InvalidInput, NotAllowed, NotFound
from orchestrator.core.web.forms import StyledForm, sent
from orchestrator.core.web.paging import keyset_page
from trading.eve.sso import SCOPES
from trading.eve.wire import Named
from trading.strategy.access import May, find_corporation, rights_in
from trading.strategy.domain.kinds import KINDS
from trading.strategy.domain.tables import tables_of
from trading.strategy.models import Corporation
from trading.strategy.queries import corporations as queries
from trading.strategy.services import corporations as services
from trading.strategy.services.adding import add_by_number, find_by_name
from trading.strategy.services.characters import LEAVING
from trading.strategy.services.refreshing import Progress, progress_of, start_refresh
from trading.strategy.web.corporation_forms import (
    FindCorporationForm,
    LendForm,
    NewCorporationForm,
    RegionForm,
)
from trading.strategy.web.kind_charts import charts_of


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Those that the person added, and those that were lent to them."""
    user = person(request)
    rows = queries.corporations_for(user)
    context = {
        "here_tab": "corporations",
        "page": keyset_page(request, rows, ordering="-id", size=30),
        "may_build": user.may_build,
    }
    return render(request, "strategy/corporations.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """By its number, which is looked up at ESI; with ``?name=`` its number is looked up before."""
    user = person(request)
    form, status = NewCorporationForm(sent(request)), 200
    finder = FindCorporationForm(request.GET if "name" in request.GET else None)
    found: list[Named] = []
    if finder.is_bound and finder.is_valid():
        try:
            found = find_by_name(user, finder.cleaned_data["name"])
        except NotAllowed:
            raise
        except DomainError as error:
            status = error.status
            _tell(finder, error)
    elif finder.is_bound:
        status = 400
    if form.is_bound:
        status = 400
        if form.is_valid():
            try:
                made = add_by_number(user, form.cleaned_data["corporation_id"])
            except NotAllowed:
                raise
            except DomainError as error:
                status = error.status
                _tell(form, error)
            else:
                messages.success(request, f"{made.name} is added.")
                return redirect("strategy:corporation", made.pk)
    context = {
        "here_tab": "corporations",
        "form": form,
        "finder": finder,
        "found": found,
        "may_build": user.may_build,
    }
    return render(request, "strategy/new_corporation.html", context, status=status)


@login_required
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is known of it, each with its age and who said so."""
    user = person(request)
    return _detail(request, user, find_corporation(user, pk))


@login_required
@require_safe
def data(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """One kind of data as tables and charts, its facts as they are cited, and the snapshot as it is kept."""
    user = person(request)
    corporation = find_corporation(user, pk)
    if kind not in KINDS:
        raise NotFound(f"There is no kind of data called “{kind[:40]}”.")
    known = queries.known(KINDS[kind], queries.newest_snapshots(corporation).get(kind))
    told = known.snapshot.data if known.snapshot else None
    context = {
        "here_tab": "corporations",
        "corporation": corporation,
        "known": known,
        "tables": tables_of(kind, told) if told is not None else [],
        "charts": charts_of(known.kind, told, queries.course_of(corporation, known.kind)) if told else [],
        "scope": SCOPES.get(known.kind.scope, ""),
    }
    return render(request, "strategy/corporation_data.html", context)


@login_required
@require_POST
def refresh(request: HttpRequest, pk: UUID) -> HttpResponse:
    start_refresh(person(request), pk)
    return redirect("strategy:corporation", pk)


@login_required
@require_safe
def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The part of the page that tells how far the refresh is; ended, it has the page shown anew."""
    corporation = find_corporation(person(request), pk)
    going = progress_of(pk)
    response = render(request, "strategy/_refresh.html", {**_going(going), "corporation": corporation})
    if going is None or not going.is_running:
        response.headers["HX-Refresh"] = "true"
    return response


@login_required
@require_POST
def lend(request: HttpRequest, pk: UUID) -> HttpResponse:
    user, form, status = person(request), LendForm(request.POST), 400
    if form.is_valid():
        try:
            member = services.lend_corporation(user, pk, **form.cleaned_data)
        except InvalidInput as error:
            form.take(error)
        except TooManyTries as error:
            form.add_error(None, error.message)
            status = error.status
        else:
            messages.success(request, f"Lent to {member.user.username}.")
            return redirect("strategy:corporation", pk)
    corporation = find_corporation(user, pk, May.OWN)
    return _detail(request, user, corporation, status=status, lend_form=form)


@login_required
@require_POST
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    user, username = person(request), request.POST.get("username", "")
    services.take_back_corporation(user, pk, username=username)
    if username.strip().lower() == user.username.lower():
        messages.success(request, "You no longer see it.")
        return redirect("strategy:corporations")
    messages.success(request, "Taken back. This person no longer sees it.")
    return redirect("strategy:corporation", pk)


@login_required
@require_POST
def region(request: HttpRequest, pk: UUID) -> HttpResponse:
    user, form = person(request), RegionForm(request.POST)
    if form.is_valid():
        try:
            services.choose_region(user, pk, region_id=form.cleaned_data["region_id"])
        except InvalidInput as error:
            form.take(error)
        else:
            messages.success(request, "The next refresh looks at that market.")
            return redirect("strategy:corporation", pk)
    corporation = find_corporation(user, pk, May.OWN)
    return _detail(request, user, corporation, status=400, region_form=form)


@login_required
@require_POST
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    services.delete_corporation(person(request), pk)
    messages.success(request, "It is gone, with its sessions and all that was known of it.")
    return redirect("strategy:corporations")


def _tell(form: StyledForm, error: DomainError) -> None:
    if isinstance(error, InvalidInput):
        form.take(error)
    else:
        form.add_error(None, error.message)


def _going(going: Progress | None) -> dict[str, Any]:
    faults = going.faults if going else {}
    return {
        "going": going,
        "going_title": KINDS[going.kind].title if going and going.kind in KINDS else "",
        "faults": [(KINDS[kind].title, why) for kind, why in faults.items() if kind in KINDS],
    }


def _detail(
    request: HttpRequest, user: User, corporation: Corporation, *, status: int = 200, **forms: StyledForm
) -> HttpResponse:
    rights = rights_in(user, corporation) or May.READ
    is_own = corporation.owner_id == user.pk
    context = {
        "here_tab": "corporations",
        "corporation": corporation,
        "is_own": is_own,
        "may_own": rights >= May.OWN,
        "may_work": rights >= May.WORK,
        "known": queries.known_of(corporation),
        "members": list(corporation.members.select_related("user")),
        "characters": [
            (
                each,
                [why for scope, why in SCOPES.items() if scope in each.scopes],
                [why for scope, why in SCOPES.items() if scope not in each.scopes],
            )
            for each in (queries.characters_of(corporation) if is_own else [])
        ],
        "leaving": LEAVING,
        "lend_form": LendForm(),
        "region_form": RegionForm(initial={"region_id": corporation.region_id}),
        **_going(progress_of(corporation.pk)),
        **forms,
    }
    return render(request, "strategy/corporation.html", context, status=status)
