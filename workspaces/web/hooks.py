"""The addresses that Vercel calls, of the server and of a workspace. No log-in, no session, no cookies."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from orchestrator.core.errors import DomainError, InvalidInput, TooLarge
from orchestrator.core.problems import CONTENT_TYPE, problem_of
from workspaces.services.deployments.receiving import receive_event
from workspaces.vercel.signature import HEADER

_MOST_BYTES: Final = 256 * 1024


@csrf_exempt
@require_POST
def vercel(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    """200 for whatever is signed, whether or not it is of interest here; 401 for what is not."""
    try:
        receive_event(pk, _body(request), request.headers.get(HEADER, ""))
    except DomainError as error:
        answer = JsonResponse(problem_of(error), status=error.status, content_type=CONTENT_TYPE)
    else:
        answer = JsonResponse({"received": True})
    answer["Cache-Control"] = "no-store"
    return answer


def _body(request: HttpRequest) -> bytes:
    try:
        body = request.read(_MOST_BYTES + 1)
    except (RawPostDataException, UnreadablePostError, OSError) as error:
        raise InvalidInput("The body did not arrive completely.") from error
    if len(body) > _MOST_BYTES:
        raise TooLarge(f"The body is larger than {_MOST_BYTES // 1024} KiB.")
    return body
