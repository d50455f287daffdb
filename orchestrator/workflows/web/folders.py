"""Folders on pages: the forms behind the tree, and the move dialog of a workflow."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from orchestrator.accounts.current import person
from orchestrator.core.errors import InvalidInput
from orchestrator.workflows.access import require_builder
from orchestrator.workflows.models import Folder
from orchestrator.workflows.queries.folders import flat, folder_tree
from orchestrator.workflows.services import folders
from orchestrator.workflows.web.forms import FolderForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A dialog of its own, opened by the tree; a page where there is no script."""
    user = person(request)
    require_builder(user)
    choices = list(flat(folder_tree(user.pk)))
    form = FolderForm(
        choices,
        request.POST if request.method == "POST" else None,
        initial={"parent": request.GET.get("parent", "")},
    )
    if form.is_valid():
        try:
            made = folders.create_folder(user, name=form.cleaned_data["name"], parent_id=form.parent_id())
        except InvalidInput as error:
            form.take(error)
        else:
            messages.success(request, f"Folder “{made.name}” made.")
            return _back_to(made)
    status = 400 if form.errors else 200
    return render(request, "workflows/library/folder_form.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Rename, move and delete one."""
    user = person(request)
    folder = folders.find_folder(user, pk)
    below = {each.pk for each in Folder.objects.within(folder)}
    choices = [each for each in flat(folder_tree(folder.owner_id)) if each.id not in below]
    initial = {"name": folder.name, "parent": str(folder.parent_id) if folder.parent else ""}
    form = FolderForm(choices, request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            changed = folders.change_folder(
                user, pk, name=form.cleaned_data["name"], parent_id=form.parent_id()
            )
        except InvalidInput as error:
            form.take(error)
        else:
            messages.success(request, "Folder changed.")
            return _back_to(changed)
    context = {
        "form": form,
        "folder": folder,
        "workflows": folder.workflows.count(),
        "children": folder.children.count(),
    }
    return render(request, "workflows/library/folder_form.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Delete a folder; what is in it moves up if the person said so."""
    user = person(request)
    folder = folders.find_folder(user, pk)
    parent = folder.parent
    folders.delete_folder(user, pk, move_up=request.POST.get("contents") == "move_up")
    messages.success(request, f"Folder “{folder.name}” deleted.")
    return _back_to(parent)


@login_required
@require_POST
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a workflow into the chosen folder, or into none."""
    chosen = request.POST.get("folder_id", "")
    try:
        folder_id = UUID(chosen) if chosen else None
    except ValueError as error:
        raise InvalidInput("There is no such folder.") from error
    workflow = folders.file_workflow(person(request), pk, folder_id=folder_id)
    place = f"It lies in {workflow.folder.path} now." if workflow.folder else "It lies in no folder now."
    messages.success(request, place)
    return redirect("workflows:detail", pk=pk)


def _back_to(folder: Folder | None) -> HttpResponse:
    query = f"?{urlencode({'folder': folder.path})}" if folder else ""
    return redirect(reverse("workflows:list") + query)
