"""The pages about how one logs in, and where one is logged in."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from orchestrator.accounts.current import person
from orchestrator.accounts.queries import log_ins_of
from orchestrator.accounts.services.logging_in import LockedOut, WrongPassword, confirm_password
from orchestrator.accounts.services.passwords import change_password
from orchestrator.accounts.services.sessions import (
    end_family,
    end_log_ins,
    end_session,
    remember_session,
)
from orchestrator.accounts.services.two_step import (
    disable_two_steps,
    enable_two_steps,
    has_two_steps,
    new_secret,
    picture_of,
    recovery_codes_left,
    renew_recovery_codes,
)
from orchestrator.accounts.web.forms import ChangePasswordForm, ConfirmForm, TwoStepsForm
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput
from orchestrator.core.web.forms import StyledForm, sent

_SECRET: Final = "two_step_secret"  # noqa: S105 - the name of a place in the session


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def security_page(request: HttpRequest) -> HttpResponse:
    """Password, second step and log-ins. The POST changes the password."""
    user = person(request)
    form = ChangePasswordForm(sent(request))
    if request.method == "POST" and form.is_valid() and _is_owner(request, form):
        try:
            change_password(user, form.cleaned_data["new"], keep_session=request.session.session_key)
        except InvalidInput as error:
            form.take(error)
        else:
            update_session_auth_hash(request, user)
            remember_session(request, user)
            messages.success(request, "Your password is changed. All other log-ins were ended.")
            return redirect("accounts:security")
    context = {
        "form": form,
        "two_steps": has_two_steps(user),
        "codes_left": recovery_codes_left(user),
        "log_ins": log_ins_of(user, now=utc_now(), current_session=request.session.session_key),
    }
    return render(request, "accounts/security.html", context, status=_status(form))


@login_required
@require_POST
def end_browser(request: HttpRequest, pk: UUID) -> HttpResponse:
    end_session(person(request), pk)
    messages.success(request, "That browser is logged out.")
    return redirect("accounts:security")


@login_required
@require_POST
def end_program(request: HttpRequest, pk: UUID) -> HttpResponse:
    end_family(person(request), pk)
    messages.success(request, "That program is logged out.")
    return redirect("accounts:security")


@login_required
@require_POST
def log_out_everywhere(request: HttpRequest) -> HttpResponse:
    """This browser too, unless ``but_here`` is sent."""
    user = person(request)
    keep = request.session.session_key if request.POST.get("but_here") else None
    end_log_ins(user, user, keep_session=keep)
    if keep is None:
        request.session.flush()
        return redirect("accounts:login")
    messages.success(request, "All other log-ins are ended.")
    return redirect("accounts:security")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def two_steps_page(request: HttpRequest) -> HttpResponse:
    """Turn two-step log-in on: scan, prove with a code, keep the recovery codes."""
    user = person(request)
    if has_two_steps(user):
        return redirect("accounts:security")
    secret = request.session.setdefault(_SECRET, new_secret())
    form = TwoStepsForm(sent(request))
    if request.method == "POST" and form.is_valid() and _is_owner(request, form):
        try:
            codes = enable_two_steps(user, secret=secret, code=form.cleaned_data["code"])
        except InvalidInput as error:
            form.take(error)
        else:
            del request.session[_SECRET]
            return _recovery_codes(request, codes)
    context = {"form": form, "secret": secret, "picture": picture_of(user, secret)}
    return render(request, "accounts/two_steps.html", context, status=_status(form))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes_page(request: HttpRequest) -> HttpResponse:
    """New recovery codes, for the present password."""
    user = person(request)
    form = ConfirmForm(sent(request))
    if request.method == "POST" and form.is_valid() and _is_owner(request, form):
        return _recovery_codes(request, renew_recovery_codes(user))
    return _confirm(request, form, "New recovery codes", "Make new codes", "Those you have now stop working.")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def two_steps_off_page(request: HttpRequest) -> HttpResponse:
    """Turn two-step log-in off, for the present password."""
    user = person(request)
    form = ConfirmForm(sent(request))
    if request.method == "POST" and form.is_valid() and _is_owner(request, form):
        disable_two_steps(user, user)
        messages.success(request, "Two-step log-in is off.")
        return redirect("accounts:security")
    return _confirm(
        request, form, "Turn two-step log-in off", "Turn off", "The password alone is enough then."
    )


def _is_owner(request: HttpRequest, form: StyledForm) -> bool:
    """Whether the present password was given; if not, the form says so."""
    try:
        confirm_password(request, person(request), form.cleaned_data["current"])
    except (WrongPassword, LockedOut) as error:
        form.add_error("current", ValidationError(error.message, code=error.code))
        return False
    return True


def _status(form: StyledForm) -> int:
    if form.has_error("current", LockedOut.code):
        return LockedOut.status
    return 400 if form.errors else 200


def _recovery_codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "text": "\n".join(codes)})


def _confirm(request: HttpRequest, form: StyledForm, title: str, action: str, text: str) -> HttpResponse:
    context = {"form": form, "title": title, "action": action, "text": text}
    return render(request, "accounts/confirm.html", context, status=_status(form))
