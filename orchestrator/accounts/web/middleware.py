"""What every request of a browser leaves behind: when its log-in was last used."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from orchestrator.accounts.services.sessions import note_use


class SessionUseMiddleware:
    """Comes after authentication. Writes every few minutes only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            note_use(request)
        return self.get_response(request)
