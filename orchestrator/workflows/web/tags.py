"""Managing tags: renaming, merging and deleting one in all of a person's workflows."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import InvalidInput
from orchestrator.core.params import text_of
from orchestrator.workflows.queries.tags import tags_of
from orchestrator.workflows.services import tags

MOST = 500


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return _page(request)


@login_required
@require_POST
def rename(request: HttpRequest) -> HttpResponse:
    """Into a tag that exists already, the two become one."""
    old, new = request.POST.get("tag", ""), request.POST.get("new", "")
    try:
        number = tags.rename_tag(person(request), old, new)
    except InvalidInput as error:
        return _page(request, wrong={"tag": old, "new": new, "message": error.message})
    messages.success(request, f"“{old}” is “{new.strip().lower()}” now, in {number:,} workflows.")
    return redirect("workflows:tags")


@login_required
@require_POST
def delete(request: HttpRequest) -> HttpResponse:
    tag = request.POST.get("tag", "")
    number = tags.delete_tag(person(request), tag)
    messages.success(request, f"“{tag}” is taken from {number:,} workflows.")
    return redirect("workflows:tags")


def _page(request: HttpRequest, wrong: dict[str, str] | None = None) -> HttpResponse:
    search = text_of(request.GET, "search").lower()
    user = person(request)
    rows = [{"name": row["name_"], "count": row["count"]} for row in tags_of(user) if search in row["name_"]][
        :MOST
    ]
    context = {"tags": rows, "search": search, "wrong": wrong, "may_build": user.may_build, "most": MOST}
    return render(request, "workflows/library/tags.html", context, status=400 if wrong else 200)
