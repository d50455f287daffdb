"""Errors of web pages: every domain error becomes its page, or for htmx a message in the corner."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Final, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django_htmx.middleware import HtmxDetails

from orchestrator.core.errors import DomainError
from orchestrator.core.problems import CONTENT_TYPE, problem

Handler = Callable[[HttpRequest], HttpResponse]

_API: Final = "/api/"
_TITLES: Final = {
    400: "This cannot be done as asked",
    403: "You may not do this",
    404: "There is nothing here",
    409: "Not in the present state",
    413: "Too large",
    500: "Something went wrong on our side",
}
_NOT_FOUND: Final = "The address leads nowhere, or to something that you may not see."


class DomainErrorMiddleware:
    """Answers domain errors that a view raised and did not turn into messages beside its fields.

    The API has its own handler, so that none of its errors arrive here.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        return problem_page(request, error.status, error.message)


def problem_page(request: HttpRequest, status: int, message: str) -> HttpResponse:
    """An error page with its status; to htmx a toast, whatever the request's target was."""
    title = _TITLES.get(status, HTTPStatus(status).phrase)
    htmx = cast(HtmxDetails | None, getattr(request, "htmx", None))
    if htmx:
        context = {"message": message, "tone": "bad", "icon": "circle-alert"}
        toast = HttpResponse(render_to_string("components/toast.html", context), status=status)
        toast["HX-Retarget"], toast["HX-Reswap"] = "#toasts", "beforeend"
        return toast
    page = {"status": status, "title": title, "message": message}
    return render(request, [f"errors/{status}.html", "errors/error.html"], page, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400, "The request could not be understood.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, "Your account does not have the rights for this.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, _NOT_FOUND)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _answer(request, 403, "The page was open for too long or came from elsewhere. Load it again.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither database nor session, either of which may be what is broken."""
    if request.path.startswith(_API):
        detail = "Something went wrong on the server; it has been logged."
        return JsonResponse(problem(500, "error", detail), status=500, content_type=CONTENT_TYPE)
    return HttpResponse(_page_500(), status=500)


def _page_500() -> SafeString:
    return render_to_string("errors/500.html", {"title": _TITLES[500]})


def _answer(request: HttpRequest, status: int, message: str) -> HttpResponse:
    if request.path.startswith(_API):
        code = HTTPStatus(status).phrase.lower().replace(" ", "_")
        return JsonResponse(problem(status, code, message), status=status, content_type=CONTENT_TYPE)
    return problem_page(request, status, message)
