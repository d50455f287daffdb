"""Filters of the library that a person gives a name."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction
from django.http import QueryDict

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, NotFound
from orchestrator.workflows.models import SavedView

MAX_VIEWS: Final = 50
MAX_NAME: Final = 60


def view_query(text: str) -> str:
    """An address's query as it is kept: without the place in the list, in one order."""
    query = QueryDict(text, mutable=True)
    query.pop("cursor", None)
    kept = sorted((name, value) for name, values in query.lists() for value in values if value.strip())
    clean = QueryDict(mutable=True)
    for name, value in kept:
        clean.appendlist(name, value)
    return clean.urlencode()


@transaction.atomic
def save_view(user: User, *, name: str, query: str) -> SavedView:
    """Keep these filters under the name; another view of that name is replaced. Raises InvalidInput."""
    name, query = " ".join(name.split()), view_query(query[:4000])
    if not 1 <= len(name) <= MAX_NAME:
        message = f"A view's name has 1 to {MAX_NAME} characters."
        raise InvalidInput(message, fields={"name": [message]})
    if not query or len(query) > 1000:
        raise InvalidInput("There are no filters to save, or too many.")
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)  # their views are counted
    view = SavedView.objects.filter(owner=user, name__iexact=name).first()
    if view is None:
        if SavedView.objects.filter(owner=user).count() >= MAX_VIEWS:
            raise InvalidInput(f"A person has at most {MAX_VIEWS} views.")
        view = SavedView(owner=user)
    view.name, view.query = name, query
    view.save()
    return view


def forget_view(user: User, view_id: UUID) -> None:
    """Raises NotFound for somebody else's."""
    deleted, _ = SavedView.objects.filter(owner=user, pk=view_id).delete()
    if not deleted:
        raise NotFound("There is no such view, or none of yours.")
