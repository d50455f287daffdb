"""Pages of candles: those that a person keeps, uploading, making up, naming, deleting."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from orchestrator.accounts.current import person
from orchestrator.core.errors import InvalidInput, TooLarge
from orchestrator.core.web.forms import StyledForm
from orchestrator.core.web.paging import keyset_page
from workspaces.models import CandleSet
from workspaces.services.candles import (
    delete_candles,
    make_up_candles,
    rename_candles,
    upload_candles,
)
from workspaces.web.candle_forms import GenerateForm, NameForm, UploadForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """One's candles and those for everybody; a file that is sent here is kept."""
    if request.method != "POST":
        return _page(request)
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > settings.CANDLES_MAX_BYTES:  # before its content is taken into memory
                raise TooLarge(f"The file is larger than {settings.CANDLES_MAX_BYTES / 1024 / 1024:g} MB.")
            kept = upload_candles(
                person(request),
                name=form.cleaned_data["name"] or PurePath(file.name).stem,
                content=file.read(),
                day_first=form.which_first(),
            )
        except InvalidInput as error:
            form.take(error)
        except TooLarge as error:
            form.add_error("file", error.message)
        else:
            messages.success(request, f"“{kept.name}” is kept: {kept.count:,} bars.")
            return redirect("workspaces:candles")
    return _page(request, upload=form)


@login_required
@require_POST
def generate(request: HttpRequest) -> HttpResponse:
    form = GenerateForm(request.POST)
    if form.is_valid():
        try:
            kept = make_up_candles(person(request), **form.cleaned_data)
        except InvalidInput as error:
            form.take(error)
        else:
            messages.success(request, f"“{kept.name}” is made: {kept.count:,} bars that nobody traded.")
            return redirect("workspaces:candles")
    return _page(request, generated=form)


def _page(
    request: HttpRequest, *, upload: StyledForm | None = None, generated: StyledForm | None = None
) -> HttpResponse:
    user = person(request)
    rows = CandleSet.objects.visible_to(user).defer("data").select_related("owner")
    context: dict[str, Any] = {
        "page": keyset_page(request, rows, ordering="-id", size=30),
        "upload": upload or UploadForm(),
        "generate": generated or GenerateForm(auto_id="generate_%s"),
        "limit": f"{settings.CANDLES_MAX_BYTES / 1024 / 1024:g} MB",
        "may_build": user.may_build,
    }
    return render(request, "workspaces/candles.html", context, status=400 if upload or generated else 200)


@login_required
@require_POST
def rename(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = NameForm(request.POST)
    if not form.is_valid():
        raise InvalidInput("Give the candles a name of at most 200 characters.")
    kept = rename_candles(person(request), pk, name=form.cleaned_data["name"])
    messages.success(request, f"They are called “{kept.name}” now.")
    return redirect("workspaces:candles")


@login_required
@require_POST
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    delete_candles(person(request), pk)
    messages.success(request, "The candles are deleted.")
    return redirect("workspaces:candles")
