"""The notifications of a workflow and of a run: who is told, what was sent, and trying again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import InvalidInput, NotFound
from orchestrator.core.web.forms import StyledForm
from orchestrator.core.web.paging import keyset_page
from orchestrator.executions.access import find_execution
from orchestrator.executions.models import EndpointKind, NotificationEndpoint, NotificationState
from orchestrator.executions.queries.notifications import dangling_channels, given_up, notifications_for
from orchestrator.executions.services.notifications import steering
from orchestrator.workflows.access import workflow_and_access
from orchestrator.workflows.domain.channels import PEOPLE, read_channel
from orchestrator.workflows.domain.settings import WorkflowSettings
from orchestrator.workflows.models import Access, Workflow
from orchestrator.workflows.web.detail import page_context

_OF_A_RUN: Final = 50
_SIZE: Final = 25


class WhoIsToldForm(StyledForm):
    """The rules of a workflow's notifications; people, addresses and endpoints make up its channels."""

    notify_on_failure = forms.BooleanField(required=False, label="When a run fails or takes too long")
    notify_on_success = forms.BooleanField(required=False, label="When a run completes")
    notify_on_approval = forms.BooleanField(
        required=False,
        label="When an approval waits",
        help_text="Endpoints and addresses only. The people who are asked are always told.",
    )
    people = forms.MultipleChoiceField(
        required=False,
        choices=list(PEOPLE.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="In the way they chose in their settings. With nobody and nothing chosen: the owners.",
    )
    addresses = forms.CharField(
        required=False,
        label="E-mail addresses",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Separated by commas or lines.",
    )
    endpoints = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    @classmethod
    def of(cls, workflow: Workflow, endpoints: list[NotificationEndpoint], data: Any = None) -> WhoIsToldForm:
        settings = WorkflowSettings.model_validate(workflow.settings)
        channels = []
        for text in settings.notification_channels:
            try:
                channels.append(read_channel(text))
            except ValueError:
                continue
        initial = {
            "notify_on_failure": settings.notify_on_failure,
            "notify_on_success": settings.notify_on_success,
            "notify_on_approval": settings.notify_on_approval,
            "people": [each.name for each in channels if each.kind == "people"] if channels else ["owner"],
            "addresses": ", ".join(each.name for each in channels if each.kind == "email"),
            "endpoints": [each.text for each in channels if each.kind in EndpointKind.values],
        }
        form = cls(data, initial=initial, auto_id="told_%s")
        if endpoints:
            shown = [f"{each.name} ({each.get_kind_display()}, {each.host})" for each in endpoints]
            choices = list(zip(map(str, endpoints), shown, strict=True))
            form.fields["endpoints"].choices = choices  # type: ignore[attr-defined]
        else:
            del form.fields["endpoints"]
        return form

    def channels(self) -> list[str]:
        given = self.cleaned_data
        addresses = [each for each in re.split(r"[\s,;]+", given["addresses"]) if each]
        people = [f"email:{each}" for each in given["people"]]
        return [*people, *(f"email:{each}" for each in addresses), *given.get("endpoints", ())]


class EndpointForm(StyledForm):
    kind = forms.ChoiceField(choices=EndpointKind.choices, label="Kind")
    name = forms.CharField(max_length=50, help_text="For example “alerts”.")
    url = forms.CharField(
        max_length=2_000,
        label="Address",
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="Stored encrypted and not shown again.",
    )


@login_required
@require_safe
def of_workflow(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A tab of the workflow's page: the rules, the endpoints, and what was sent."""
    return _page(request, *workflow_and_access(person(request), pk, Access.VIEWER))


def _page(
    request: HttpRequest, workflow: Workflow, access: Access, status: int = 200, **extra: Any
) -> HttpResponse:
    user = person(request)
    context = page_context(user, workflow, access, "notifications")
    endpoints = list(NotificationEndpoint.objects.filter(workflow=workflow)) if context["may_edit"] else []
    state = request.GET.get("state", "")
    rows = notifications_for(user).filter(workflow=workflow)
    if state in NotificationState.values:
        rows = rows.filter(state=state)
    context |= {
        "form": WhoIsToldForm.of(workflow, endpoints),
        "endpoint_form": EndpointForm(auto_id="endpoint_%s"),
        "endpoints": endpoints,
        "dangling": dangling_channels(workflow, endpoints) if context["may_edit"] else [],
        "given_up": given_up(workflow.pk) if context["may_edit"] else 0,
        "page": keyset_page(request, rows, ordering="-id", size=_SIZE),
        "state": state,
        "states": NotificationState.choices,
        **extra,
    }
    return render(request, "executions/notifications.html", context, status=status)


@login_required
@require_POST
def save_rules(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    workflow, access = workflow_and_access(user, pk, Access.EDITOR)
    endpoints = list(NotificationEndpoint.objects.filter(workflow=workflow))
    form = WhoIsToldForm.of(workflow, endpoints, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            steering.choose_who_is_told(
                user,
                pk,
                on_failure=given["notify_on_failure"],
                on_success=given["notify_on_success"],
                on_approval=given["notify_on_approval"],
                channels=form.channels(),
            )
        except InvalidInput as error:
            _take_channel_faults(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("notifications:of-workflow", pk)
    return _page(request, workflow, access, 400, form=form)


def _take_channel_faults(form: WhoIsToldForm, error: InvalidInput) -> None:
    """What is typed here and can be wrong are addresses."""
    for path, complaints in error.fields.items():
        where = "addresses" if path.startswith("settings.notification_channels") else None
        for complaint in complaints:
            form.add_error(where, complaint.removeprefix("Value error, "))


@login_required
@require_POST
def add_endpoint(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save one and show its signing secret in the answer, this once."""
    user = person(request)
    workflow, access = workflow_and_access(user, pk, Access.EDITOR)
    form = EndpointForm(request.POST, auto_id="endpoint_%s")
    if form.is_valid():
        try:
            endpoint, secret = steering.add_endpoint(user, pk, **form.cleaned_data)
        except InvalidInput as error:
            form.take(error)
        else:
            return _page(request, workflow, access, new_endpoint=endpoint, secret=secret)
    return _page(request, workflow, access, 400, endpoint_form=form)


@login_required
@require_POST
def remove_endpoint(request: HttpRequest, pk: UUID, endpoint_id: UUID) -> HttpResponse:
    endpoint = steering.remove_endpoint(person(request), pk, endpoint_id)
    messages.success(request, f"{endpoint} is removed.")
    return redirect("notifications:of-workflow", pk)


@login_required
@require_POST
def try_endpoint(request: HttpRequest, pk: UUID, endpoint_id: UUID) -> HttpResponse:
    steering.try_endpoint(person(request), pk, endpoint_id)
    messages.success(request, "A test message is on its way; what becomes of it stands below.")
    return redirect(reverse("notifications:of-workflow", args=[pk]) + "#sent")


@login_required
@require_POST
def retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = steering.retry_notification(person(request), pk)
    messages.success(request, "It is tried again.")
    return redirect(reverse("notifications:of-workflow", args=[found.workflow_id]) + "#sent")


@login_required
@require_safe
def of_run(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Part of a run's page: who was told of it, and of its approvals."""
    user = person(request)
    find_execution(user, pk)
    rows = list(notifications_for(user).filter(execution=pk)[:_OF_A_RUN])
    return render(request, "executions/_notifications_of_run.html", {"notifications": rows})


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that shows notifications while no page is open. It rules the addresses below its own."""
    path = finders.find("dist/service-worker.js")
    if path is None:
        raise NotFound("The front end is not built.")
    answer = HttpResponse(Path(path).read_bytes(), content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer
