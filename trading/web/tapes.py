"""Pages of tapes: which there are, what one holds, making, importing, recording and ending them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, TooLarge
from orchestrator.core.ids import new_id
from orchestrator.core.params import texts_of
from orchestrator.core.web.forms import StyledForm, sent
from orchestrator.core.web.paging import keyset_page
from orchestrator.core.web.streaming import file_response
from trading.domain.vocabulary import TapeOrigin, TapeStatus
from trading.models import Tape
from trading.queries.tape_pages import file_name, pieces_of, runs_on, shape_of, tapes_for
from trading.queries.tapes import markets_of
from trading.services import tapes
from trading.web.charts import rates_chart
from trading.web.tape_forms import GenerateForm, ImportForm, NameForm, RecordForm

_FILTERS: Final = ("search", "origin", "status", "mine")


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Tapes that the person sees, by what the address asks for."""
    user = person(request)
    chosen = texts_of(request.GET, _FILTERS)
    context = {
        "here_tab": "tapes",
        "page": keyset_page(request, tapes_for(user, chosen), ordering="-id", size=30),
        "chosen": chosen,
        "origins": [each.value for each in TapeOrigin],
        "statuses": [each.value for each in TapeStatus],
        "may_build": user.may_build,
    }
    return render(request, "trading/tapes.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def generate(request: HttpRequest) -> HttpResponse:
    form = GenerateForm(sent(request), initial={"key": str(new_id())})
    if form.is_bound and form.is_valid():
        data = dict(form.cleaned_data)
        key = data.pop("key")
        made = _made(request, form, key, lambda: tapes.generate_tape(person(request), **data))
        if made is not None:
            messages.success(request, f"“{made.name}” is made: {made.message_count:,} messages nobody sent.")
            return redirect("trading:tape", made.pk)
    return _form(request, "trading/generate_tape.html", form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_file(request: HttpRequest) -> HttpResponse:
    """A file that is sent here is kept, whole or not at all; with htmx, the answer says where to go."""
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else None
    if form is not None and form.is_valid():
        file = form.cleaned_data["file"]
        name = form.cleaned_data["name"]

        def take() -> Tape:
            if file.size > settings.TAPE_MAX_BYTES:
                raise TooLarge(f"The file is larger than {settings.TAPE_MAX_BYTES / 1024**2:g} MB.")
            return tapes.import_tape(person(request), file, name=name)

        made = _made(request, form, form.cleaned_data["key"], take)
        if made is not None:
            messages.success(request, f"“{made.name}” is kept: {made.message_count:,} messages.")
            if "HX-Request" in request.headers:
                to = reverse("trading:tape", args=[made.pk])
                return HttpResponse(status=204, headers={"HX-Redirect": to})
            return redirect("trading:tape", made.pk)
    form = form or ImportForm(initial={"key": str(new_id())})
    return _form(request, "trading/import_tape.html", form)


@login_required
@require_POST
def record(request: HttpRequest) -> HttpResponse:
    """Begin to record the outcomes that were ticked on a market's page."""
    form = RecordForm({**request.POST.dict(), "tokens": " ".join(request.POST.getlist("tokens"))})
    if not form.is_valid():
        raise InvalidInput("Tick at least one outcome, and give the tape a name of at most 200 characters.")
    data = form.cleaned_data
    tape, _ = tapes.once(
        person(request),
        data["key"],
        lambda: tapes.begin_recording(person(request), name=data["name"], tokens=data["tokens"].split()),
    )
    messages.success(request, f"“{tape.name}” is being recorded as soon as the recorder looks.")
    return redirect("trading:tape", tape.pk)


@login_required
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a tape holds, and what rests on it."""
    return _detail(request, tapes.find_tape(person(request), pk))


@login_required
@require_safe
def download(request: HttpRequest, pk: UUID) -> StreamingHttpResponse | HttpResponseBase:
    tape = tapes.find_tape(person(request), pk)
    return file_response(request, pieces_of(tape), name=file_name(tape), content_type="application/gzip")


@login_required
@require_POST
def rename(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = NameForm(request.POST)
    if not form.is_valid():
        raise InvalidInput("Give the tape a name of at most 200 characters.")
    tape = tapes.rename_tape(person(request), pk, name=form.cleaned_data["name"])
    messages.success(request, f"It is called “{tape.name}” now.")
    return redirect("trading:tape", pk)


@login_required
@require_POST
def stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    tapes.ask_to_stop(person(request), pk, at=utc_now())
    messages.success(request, "The recording ends when the recorder next looks.")
    return redirect("trading:tape", pk)


@login_required
@require_POST
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Gone for good, once its name was typed."""
    tape = tapes.find_tape(person(request), pk, own=True)
    typed = request.POST.get("confirm", "")
    if typed.strip() != tape.name:
        return _detail(request, tape, typed=typed, error="This is not its name. Nothing was deleted.")
    tapes.delete_tape(person(request), pk)
    messages.success(request, f"“{tape.name}” is deleted.")
    return redirect("trading:tapes")


def _detail(request: HttpRequest, tape: Tape, *, typed: str = "", error: str = "") -> HttpResponse:
    user = person(request)
    shape = shape_of(tape)
    context: dict[str, Any] = {
        "here_tab": "tapes",
        "tape": tape,
        "span_ms": _span(tape),
        "markets": markets_of(tape),
        "shape": shape,
        "chart": rates_chart(shape),
        "runs": runs_on(user, tape)[:10],
        "is_own": tape.owner_id == user.pk or user.is_admin,
        "typed": typed,
        "delete_error": error,
    }
    return render(request, "trading/tape.html", context, status=400 if error else 200)


def _made(request: HttpRequest, form: StyledForm, key: str, make: Callable[[], Tape]) -> Tape | None:
    """The tape, or the form with what was wrong."""
    try:
        return tapes.once(person(request), key, make)[0]
    except InvalidInput as error:
        form.take(error)
    except TooLarge as error:
        form.add_error("file", error.message)
    return None


def _form(request: HttpRequest, template: str, form: StyledForm) -> HttpResponse:
    if not person(request).may_build and form.is_bound:
        form.add_error(None, "Your role lets you read tapes, not make them.")
    limit = f"{settings.TAPE_MAX_BYTES / 1024**2:g} MB"
    context = {"here_tab": "tapes", "form": form, "limit": limit, "may_build": person(request).may_build}
    return render(request, template, context, status=400 if form.errors else 200)


def _span(tape: Tape) -> float | None:
    """Of market time, in milliseconds."""
    if tape.first_at is None or tape.last_at is None:
        return None
    return (tape.last_at - tape.first_at).total_seconds() * 1_000
