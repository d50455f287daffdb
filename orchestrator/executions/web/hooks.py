"""The addresses that other systems call: ``/hooks/<id>/<secret>/``. No log-in, no session, no cookies."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from orchestrator.core.errors import DomainError, InvalidInput, TooLarge
from orchestrator.core.problems import CONTENT_TYPE, problem_of
from orchestrator.executions.services.receiving import Incoming, Received, receive_delivery
from orchestrator.workflows.domain.payloads import MAX_BYTES


@csrf_exempt
@require_POST
def receive(request: HttpRequest, pk: UUID, secret: str) -> JsonResponse:
    """202 with the run's id or why there is none, 200 for a delivery that came before, else a problem."""
    try:
        received = receive_delivery(pk, secret, _incoming(request))
    except DomainError as error:
        return _problem(error)
    code = 200 if received.status == "duplicate" else 202
    return JsonResponse(_answer(received), status=code, headers={"Cache-Control": "no-store"})


def _incoming(request: HttpRequest) -> Incoming:
    """Raises TooLarge before a large body is read into memory."""
    try:
        length = int(request.headers.get("content-length") or 0)
    except ValueError:
        length = 0
    if length > MAX_BYTES:
        raise TooLarge(f"The body is larger than {MAX_BYTES // 1024} KiB.")
    try:
        body = request.read(MAX_BYTES + 1)
    except (RawPostDataException, UnreadablePostError, OSError) as error:
        raise InvalidInput("The body did not arrive completely.") from error
    if len(body) > MAX_BYTES:
        raise TooLarge(f"The body is larger than {MAX_BYTES // 1024} KiB.")
    return Incoming(
        body=body,
        content_type=request.headers.get("content-type", ""),
        headers={name: value for name, value in request.headers.items() if name.lower() != "host"},
        query=request.META.get("QUERY_STRING", ""),
        ip_address=request.META.get("REMOTE_ADDR", ""),
    )


def _answer(received: Received) -> dict[str, object]:
    return {
        "status": received.status,
        "delivery": str(received.delivery_id),
        "execution": str(received.execution_id) if received.execution_id else None,
        "url": f"{settings.BASE_URL}/executions/{received.execution_id}/" if received.execution_id else None,
        "reason": received.reason,
    }


def _problem(error: DomainError) -> JsonResponse:
    answer = JsonResponse(problem_of(error), status=error.status, content_type=CONTENT_TYPE)
    answer["Cache-Control"] = "no-store"
    if error.status == 429:
        answer["Retry-After"] = str(error.extra.get("retry_after", 60))
    if error.status == 401:
        answer["WWW-Authenticate"] = "Signature"
    return answer
