"""Pages that follow something while it goes on: a part of them asks for itself anew until it is over."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def mark_of(*shown: object) -> str:
    """Changes when one of the values does, or a loaded column of one of the rows."""
    told = [_columns(each) if isinstance(each, Model) else each for each in shown]
    return blake2b(repr(told).encode(), digest_size=8).hexdigest()


def follow(
    request: HttpRequest,
    context: Mapping[str, Any],
    *,
    page: str,
    part: str,
    goes_on: bool,
    mark: str = "",
) -> HttpResponse:
    """The page; or, asked by htmx, its part, and once it is over the wish to load the whole page.

    A part that sends its ``mark`` along, as ``X-Seen``, is left as it is until there is something new.
    """
    if not request.headers.get("HX-Request"):
        return render(request, page, {**context, "mark": mark})
    if not goes_on:
        return load_anew()
    if mark and request.headers.get("X-Seen") == mark:
        return HttpResponse(status=204)
    return render(request, part, {**context, "mark": mark})


def load_anew() -> HttpResponse:
    """The wish to load the whole page."""
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


def _columns(row: Model) -> dict[str, Any]:
    return {name: value for name, value in sorted(vars(row).items()) if not name.startswith("_")}
