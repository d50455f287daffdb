"""EVE's log-in: what is asked for and why, the way there and back, and letting go."""

from __future__ import annotations

import hmac
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from orchestrator.core.errors import DomainError, InvalidInput, NotFound
from orchestrator.core.web.forms import sent
from trading.eve.sso import SCOPES
from trading.strategy.access import May, find_corporation
from trading.strategy.models import Corporation
from trading.strategy.services import characters as services
from trading.strategy.services.log_ins import Kept, take_attempt
from trading.strategy.web.corporation_forms import ScopesForm

_KEY: Final = "eve_log_in"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose what may be read. Then the link to EVE: a form may not lead to another site."""
    user = person(request)
    corporation = find_corporation(user, pk, May.OWN)
    services.refuse_unless_connectable(corporation)
    form, status = ScopesForm(sent(request)), 200
    if form.is_bound:
        status = 400
        if form.is_valid():
            chosen = frozenset(form.cleaned_data["scopes"])
            back = settings.BASE_URL + reverse("strategy:eve-back")
            try:
                attempt = services.begin_connecting(user, pk, scopes=chosen, redirect_uri=back)
            except InvalidInput as error:
                form.take(error)
            else:
                kept = {"state": attempt.state, "verifier": attempt.verifier, "corporation": str(pk)}
                request.session[_KEY] = kept
                context = {
                    "here_tab": "corporations",
                    "corporation": corporation,
                    "url": attempt.url,
                    "reasons": [SCOPES[scope] for scope in SCOPES if scope in chosen],
                }
                return render(request, "strategy/go_to_eve.html", context)
    context = {"here_tab": "corporations", "corporation": corporation, "form": form}
    return render(request, "strategy/connect_character.html", context, status=status)


@login_required
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Where EVE sends the browser. What was kept for it is good for one time, whatever comes."""
    user = person(request)
    kept = _kept(request, user, request.GET.get("state", ""))
    if kept is None:
        fault = "This answer belongs to no log-in that was begun in this browser, or was used before."
        return _failed(request, fault, None, 400)
    try:
        corporation = find_corporation(user, kept.corporation_id, May.OWN)
    except NotFound:
        return _failed(request, "The corporation is gone.", None, 404)
    code = request.GET.get("code", "")
    if not code:
        denied = request.GET.get("error", "") == "access_denied"
        fault = "EVE was told no, so nothing is read." if denied else "EVE's log-in gave no consent."
        return _failed(request, fault, corporation, 400)
    try:
        character = services.finish_connecting(user, corporation.pk, code=code, verifier=kept.verifier)
    except DomainError as error:
        return _failed(request, error.message, corporation, error.status)
    messages.success(request, f"{character.name} is connected. Refresh to see what it may read.")
    return redirect("strategy:corporation", corporation.pk)


@login_required
@require_POST
def disconnect(request: HttpRequest, pk: UUID) -> HttpResponse:
    character = services.disconnect_character(person(request), pk)
    messages.success(request, f"{character.name} is no longer used. EVE is told to forget its consent.")
    return redirect("strategy:corporation", character.corporation_id)


def _kept(request: HttpRequest, user: User, state: str) -> Kept | None:
    """What this browser's session keeps, or what the same person began by the API."""
    told: dict[str, Any] | None = request.session.pop(_KEY, None)
    if told is not None and hmac.compare_digest(str(told["state"]).encode(), state.encode()):
        return Kept(UUID(told["corporation"]), told["verifier"])
    return take_attempt(user, state)


def _failed(request: HttpRequest, fault: str, corporation: Corporation | None, status: int) -> HttpResponse:
    context = {"here_tab": "corporations", "fault": fault, "corporation": corporation}
    return render(request, "strategy/not_connected.html", context, status=status)
