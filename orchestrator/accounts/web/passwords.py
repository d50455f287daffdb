"""Pages for people who have no password yet, or forgot theirs, and for signing up where that is allowed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from orchestrator.accounts.services.passwords import request_password_reset, set_password_by_link
from orchestrator.accounts.services.people import sign_up
from orchestrator.accounts.web.forms import ForgottenForm, NewPasswordForm, SignUpForm
from orchestrator.core.errors import DomainError, InvalidInput
from orchestrator.core.rates import seconds_to_wait
from orchestrator.core.web.forms import sent
from orchestrator.rate import Rate

_BY_ADDRESS = Rate(10, 3_600)
_BY_MAILBOX = Rate(3, 3_600)


class TooManyMails(DomainError):
    """Mails were asked for too often, from one address or for one."""

    code = "too_many_mails"
    status = 429


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Answers the same whether an account has the address or not."""
    form = ForgottenForm(sent(request))
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"].lower()
        if _may_mail(request, address):
            request_password_reset(address)
        return render(request, "accounts/mail_sent.html", {"address": address})
    return render(request, "accounts/forgotten.html", {"form": form}, status=_status(form))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up_page(request: HttpRequest) -> HttpResponse:
    if not settings.SIGN_UP:
        raise Http404
    form = SignUpForm(sent(request))
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"].lower()
        try:
            if _may_mail(request, address):
                sign_up(username=form.cleaned_data["username"], email=address)
        except InvalidInput as error:
            form.take(error)
        else:
            return render(request, "accounts/mail_sent.html", {"address": address, "signed_up": True})
    return render(request, "accounts/sign_up.html", {"form": form}, status=_status(form))


class SetPassword(PasswordResetConfirmView):
    """Django's page for signed links: the token moves into the session and out of the address at once."""

    template_name = "accounts/set_password.html"
    success_url = reverse_lazy("accounts:login")

    def get_form(self, form_class: Any = None) -> Any:
        return NewPasswordForm(sent(self.request))

    def form_valid(self, form: Any) -> HttpResponse:
        assert self.user is not None
        try:
            set_password_by_link(self.user, form.cleaned_data["new"])
        except InvalidInput as error:
            form.take(error)
            return self.form_invalid(form)
        del self.request.session["_password_reset_token"]
        messages.success(self.request, "Your password is set. Log in with it.")
        return redirect("accounts:login")

    def form_invalid(self, form: Any) -> HttpResponse:
        answer = self.render_to_response(self.get_context_data(form=form))
        answer.status_code = 400
        return answer


def _may_mail(request: HttpRequest, address: str) -> bool:
    """Raises TooManyMails for one who asks too often. Too many for one mailbox are not sent, and not told."""
    wait = seconds_to_wait("mail-from", str(request.META.get("REMOTE_ADDR", "")), _BY_ADDRESS)
    if wait:
        raise TooManyMails(f"Too many mails were asked for. Try again in {wait // 60 + 1} minutes.")
    return not seconds_to_wait("mail-to", address, _BY_MAILBOX)


def _status(form: Any) -> int:
    return 400 if form.errors else 200
