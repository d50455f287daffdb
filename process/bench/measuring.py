"""How long the server takes for a step in a great process, and for a person's list among a million sessions.

In this process, from the request to the rendered answer, through all middleware, without the network: as
``executions/bench/library.py`` measures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Final

from django.http.response import HttpResponseBase
from django.test import Client

from orchestrator.accounts.models import Role, User
from orchestrator.core.asgi import settle_memory
from orchestrator.executions.bench.clients import client_of
from orchestrator.executions.bench.figures import Figure
from orchestrator.executions.bench.requests import figures_of, request_table
from process.bench.seed import half_way, measured_version, seed_sessions
from process.models import Session
from process.queries.compiled import process_of

WANTED: Final[dict[str, int | None]] = {
    "the smallest request: oneself": None,
    "answer a prompt and see the next": 30,
    "answer a prompt by API": None,
    "save while typing": None,
    "list of sessions": 10,
    "list of sessions by API": 10,
}
"""What the product promises of each, in milliseconds at p95."""


def measure_processes(*, sessions: int, times: int) -> Iterator[Figure]:
    """Somebody in the middle of 1,000 phases, then the list of one of a thousand people."""
    settle_memory()  # as a web process does
    version = measured_version()
    teller = seed_sessions(version, sessions=sessions)
    admin, _ = User.objects.get_or_create(username="bench-admin", defaults={"role": Role.ADMIN.value})
    client, reader = client_of(admin), client_of(teller)
    asked = (
        lambda: reader.get("/api/v1/me/"),
        stepping(client, half_way(admin, version)),
        _answering(client, half_way(admin, version)),
        _typing(client, half_way(admin, version)),
        lambda: reader.get("/processes/"),
        lambda: reader.get("/api/v1/process/sessions/"),
    )
    yield from figures_of("processes", dict(zip(WANTED, asked, strict=True)), times=times)


def processes_table(figures: Iterable[Figure]) -> str:
    """What was measured, with what is wanted and under which conditions."""
    about = f"1,000 phases, 5,000 prompts; {Session.objects.count():,} sessions."
    return request_table(figures, WANTED, about)


def stepping(client: Client, session: Session) -> Callable[[], HttpResponseBase]:
    """Answer and go on, from phase to phase: the answer is stored, and the next screen drawn."""
    forms = _forms(session)
    return lambda: client.post(f"/processes/sessions/{session.pk}/answer/", next(forms), follow=True)


def _forms(session: Session) -> Iterator[dict[str, str]]:
    """What a browser would send, screen by screen."""
    process, revision = process_of(session.process_version), session.revision
    for node in list(process.nodes.values())[session.position :]:
        following = [*(str(prompt.id) for prompt in node.prompts[1:]), ""]
        for prompt, after in zip(node.prompts, following, strict=True):
            yield {
                "prompt": str(prompt.id),
                f"value-{prompt.id}": f"A short answer to {prompt.text}",
                f"seen-{prompt.id}": "0",
                "revision": str(revision),
                "following": after,
                "go": "on",
            }
        revision += 1


def _answering(client: Client, session: Session) -> Callable[[], HttpResponseBase]:
    """The same answer again and again, each time with other words."""
    prompt, numbers = _first_prompt(session), count()

    def answer() -> HttpResponseBase:
        body = {"prompt": prompt, "value": f"A short answer, number {next(numbers)}."}
        at = f"/api/v1/process/sessions/{session.pk}/answers/"
        return client.post(at, body, content_type="application/json")

    return answer


def _typing(client: Client, session: Session) -> Callable[[], HttpResponseBase]:
    """As the page does while somebody types."""
    prompt, revisions = _first_prompt(session), count()

    def save() -> HttpResponseBase:
        seen = next(revisions)
        body = {"prompt": prompt, "value": f"A short answer, number {seen}.", "revision": seen}
        return client.post(
            f"/processes/sessions/{session.pk}/answers/save/", body, content_type="application/json"
        )

    return save


def _first_prompt(session: Session) -> str:
    process = process_of(session.process_version)
    return str(process.nodes[process.node_keys[session.current_node_id]].prompts[0].id)
