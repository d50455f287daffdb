"""What starts a workflow by itself: the tab, the forms, and what they show while one types."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core import json
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput
from orchestrator.graphs.expressions import EvaluationError, ExpressionError, compile_binding
from orchestrator.workflows.access import find_workflow, workflow_and_access
from orchestrator.workflows.domain.schedules import Schedule, ScheduleError, read_cron, read_interval
from orchestrator.workflows.models import Access, Trigger, TriggerDelivery, TriggerKind, Workflow
from orchestrator.workflows.queries import words_of
from orchestrator.workflows.services.trigger_fields import NAMES
from orchestrator.workflows.services.triggers import (
    change_trigger,
    create_trigger,
    delete_trigger,
    enable_trigger,
    find_delivery,
    rotate_secret,
    trigger_and_access,
)
from orchestrator.workflows.web.detail import page_context
from orchestrator.workflows.web.example import example_of, one_line
from orchestrator.workflows.web.trigger_forms import PRESETS, form_for

PREVIEWED: Final = 5


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """A form for a kind of trigger; then its page."""
    user = person(request)
    if kind not in TriggerKind.values:
        raise Http404
    workflow, access = workflow_and_access(user, pk, Access.EDITOR)
    data = request.POST if request.method == "POST" else None
    form = form_for(kind, workflow, data, time_zone=user.time_zone)
    if data is not None and form.is_valid():
        try:
            trigger = create_trigger(user, pk, kind=kind, **form.given())
        except InvalidInput as error:
            form.take(error)
        else:
            messages.success(request, f"“{trigger.name}” is made.")
            return redirect("workflows:trigger", pk, trigger.pk)
    context = page_context(user, workflow, access, "triggers")
    context |= {"form": form, "kind": kind, "kind_label": TriggerKind(kind).label, "presets": PRESETS}
    return render(request, "workflows/trigger_new.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: UUID, trigger_id: UUID) -> HttpResponse:
    """One trigger: how it does, how it is set, and what came to it."""
    user = person(request)
    need = Access.EDITOR if request.method == "POST" else Access.VIEWER
    trigger, access = trigger_and_access(user, pk, trigger_id, need)
    data = request.POST if request.method == "POST" else None
    form = form_for(trigger.kind, trigger.workflow, data, trigger)
    if data is not None and form.is_valid():
        try:
            change_trigger(user, pk, trigger_id, **form.given())
        except InvalidInput as error:
            form.take(error)
        else:
            messages.success(request, "Saved. Its runs start on your behalf.")
            return redirect("workflows:trigger", pk, trigger_id)
    context = page_context(user, trigger.workflow, access, "triggers")
    context |= {"trigger": trigger, "form": form, "kind": trigger.kind, "presets": PRESETS}
    context |= _about(trigger, may_edit=context["may_edit"])
    return render(request, "workflows/trigger.html", context, status=400 if form.errors else 200)


def _about(trigger: Trigger, *, may_edit: bool) -> dict[str, Any]:
    about: dict[str, Any] = {"says": words_of(trigger)}
    if trigger.kind == TriggerKind.WEBHOOK and may_edit:
        path = reverse("hook", args=[trigger.pk, trigger.address_secret])
        deliveries = list(trigger.deliveries.defer("payload", "headers").order_by("-id"))
        example = one_line(example_of(trigger.workflow.settings.get("input_schema")))
        about |= {"address": f"{settings.BASE_URL}{path}", "deliveries": deliveries, "example": example}
    return about


@login_required
@require_POST
def enable(request: HttpRequest, pk: UUID, trigger_id: UUID) -> HttpResponse:
    """Switch on or off, as ``enabled`` says."""
    enabled = request.POST.get("enabled") == "1"
    trigger = enable_trigger(person(request), pk, trigger_id, enabled=enabled)
    messages.success(request, f"“{trigger.name}” is {'on' if enabled else 'off'} now.")
    return redirect(_tab_address(pk))


@login_required
@require_POST
def delete(request: HttpRequest, pk: UUID, trigger_id: UUID) -> HttpResponse:
    delete_trigger(person(request), pk, trigger_id)
    messages.success(request, "The trigger is deleted. Its runs stay.")
    return redirect(_tab_address(pk))


@login_required
@require_POST
def rotate(request: HttpRequest, pk: UUID, trigger_id: UUID) -> HttpResponse:
    rotate_secret(person(request), pk, trigger_id)
    messages.success(request, "The webhook has a new address. Give it to the sender: the old one is gone.")
    return redirect("workflows:trigger", pk, trigger_id)


@login_required
@require_safe
def delivery(request: HttpRequest, pk: UUID, trigger_id: UUID, delivery_id: UUID) -> HttpResponse:
    """What one delivery brought, for the log to unfold."""
    found = find_delivery(person(request), pk, trigger_id, delivery_id)
    context = {
        "delivery": found,
        "workflow_id": pk,
        "payload": json.pretty(found.payload),
        "headers": json.pretty(found.headers),
    }
    return render(request, "workflows/_delivery.html", context)


@login_required
@require_safe
def preview_schedule(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the schedule that is being typed means: in words, and its next moments."""
    find_workflow(person(request), pk, Access.VIEWER)
    try:
        schedule = _typed(request)
    except ScheduleError as error:
        return render(request, "workflows/_schedule_preview.html", {"problem": error.message})
    moments = list(islice(schedule.after(utc_now()), PREVIEWED))
    shown = [(moment, _by_the_clock(moment.astimezone(schedule.zone))) for moment in moments]
    context = {"says": schedule.describe(), "moments": shown}
    return render(request, "workflows/_schedule_preview.html", context)


def _by_the_clock(local: datetime) -> str:
    exact = "%H:%M:%S" if local.second else "%H:%M"
    return f"{local:%a %-d %b %Y, {exact}} {local.tzname()}"


def _typed(request: HttpRequest) -> Schedule:
    given = request.GET
    zone = given.get("time_zone", "UTC")
    if given.get("mode") != "interval":
        return read_cron(given.get("cron", "").replace("\0", ""), zone)
    every = given.get("every", "")
    if not (every.isascii() and every.isdecimal() and len(every) <= 9):
        raise ScheduleError("every", "Say every how many.")
    return read_interval(int(every), given.get("unit", ""), _anchor(given.get("anchor_at", ""), zone), zone)


def _anchor(text: str, zone: str) -> datetime:
    """Now, unless a moment of the zone's clock was typed."""
    try:
        typed = parse_datetime(text)
    except ValueError:
        typed = None
    now = utc_now().replace(microsecond=0)
    return now if typed is None else typed.replace(tzinfo=read_cron("@daily", zone).zone)


@login_required
@require_POST
def preview_input(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the template that is being typed makes of the last delivery, or of a schedule's next moment."""
    user = person(request)
    workflow = find_workflow(user, pk, Access.EDITOR)
    sample = _sample(request, workflow)
    try:
        template = json.loads(request.POST.get("input", "") or "null")
        made = compile_binding(template, names=NAMES).evaluate({"trigger": sample}, now=utc_now())
        context = {"made": json.pretty(made), "sample": json.pretty(sample)}
    except (json.NotJson, ExpressionError, EvaluationError) as error:
        context = {"problem": str(error), "sample": json.pretty(sample)}
    return render(request, "workflows/_input_preview.html", context)


def _sample(request: HttpRequest, workflow: Workflow) -> dict[str, Any]:
    """``trigger`` as the template would see it: a delivery's, else one that brings the workflow's input."""
    now = utc_now().isoformat()
    base = {"id": "", "name": request.POST.get("name", "")[:100], "fired_at": now}
    if request.POST.get("kind") != TriggerKind.WEBHOOK:
        return {**base, "type": request.POST.get("kind", "")[:8], "scheduled_at": now}
    found = _chosen(workflow.pk, request.POST.get("trigger", ""), request.POST.get("sample", ""))
    base |= {"type": "webhook", "delivery": str(found.pk) if found else ""}
    if found is None:
        payload = example_of(workflow.settings.get("input_schema"))
        return {**base, "payload": payload, "headers": {}, "query": {}}
    return {**base, "payload": found.payload, "headers": found.headers, "query": found.query}


def _chosen(pk: UUID, trigger_id: str, delivery_id: str) -> TriggerDelivery | None:
    """The delivery that serves as a sample: the one chosen, else the latest that brought something."""
    try:
        trigger = Trigger.objects.get(workflow=pk, pk=UUID(trigger_id))
        chosen = UUID(delivery_id) if delivery_id else None
    except (Trigger.DoesNotExist, ValueError):
        return None
    rows = trigger.deliveries.exclude(status="rejected").order_by("-id")
    return (rows.filter(pk=chosen) if chosen else rows).first()


def _tab_address(pk: UUID) -> str:
    return reverse("workflows:detail", args=[pk]) + "?tab=triggers"
