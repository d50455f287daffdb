"""The form that starts a run."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from orchestrator.accounts.current import person
from orchestrator.core.errors import DomainError, InvalidInput, NotAllowed, NotFound
from orchestrator.executions.models import Execution
from orchestrator.executions.services.starting import start_execution
from orchestrator.executions.web.forms import StartForm
from orchestrator.executions.web.schema_form import SchemaForm
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.models import Access, VersionStatus, Workflow, WorkflowStatus, WorkflowVersion

_MOST_VERSIONS = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def run(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    workflow = find_workflow(user, pk, Access.EDITOR)
    versions = _versions(workflow)
    data = request.POST if request.method == "POST" else None
    form = SchemaForm(workflow.settings.get("input_schema"), data=data)
    start = StartForm(versions, data)
    obstacle = _obstacle(workflow, versions)
    status = 200
    if data is not None:
        started = _start(request, workflow, form, start)
        if isinstance(started, Execution):
            return redirect("executions:detail", started.pk)
        status = started
    context = {
        "workflow": workflow,
        "versions": versions,
        "form": form,
        "start": start,
        "obstacle": obstacle,
        "has_schema": bool(workflow.settings.get("input_schema")),
    }
    return render(request, "executions/run.html", context, status=status)


def _start(request: HttpRequest, workflow: Workflow, form: SchemaForm, start: StartForm) -> Execution | int:
    """The run, or the status with which the form is shown again."""
    if not form.is_valid() or not start.is_valid():
        return 400
    given = form.value()
    chosen = start.cleaned_data["version"]
    try:
        execution, _ = start_execution(
            person(request), workflow.pk, input=given, version=chosen, idempotency_key=start.key(given)
        )
    except (NotFound, NotAllowed):
        raise
    except InvalidInput as error:
        form.take_faults(error, root="input")
        return error.status
    except DomainError as error:
        form.add_error(None, error.message)
        return error.status
    return execution


def _versions(workflow: Workflow) -> list[WorkflowVersion]:
    published = workflow.versions.filter(status=VersionStatus.PUBLISHED).defer("nodes", "edges")
    return list(published.order_by("-is_current", "-number")[:_MOST_VERSIONS])


def _obstacle(workflow: Workflow, versions: list[WorkflowVersion]) -> str:
    if workflow.status == WorkflowStatus.ARCHIVED:
        return "This workflow is archived. Restore it to run it."
    return "" if versions else "Nothing of this workflow is published yet. Publish a version to run it."
