"""Every route and method of the API under garbage: a problem document, never a 5xx."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from pytest_django import Settings

from orchestrator.accounts.models import Role, User
from orchestrator.accounts.services.keys import create_api_key
from orchestrator.executions.models import Approval, Execution
from orchestrator.workflows.models import WorkflowTemplate
from orchestrator.workflows.services.bulk import start_bulk_job
from orchestrator.workflows.services.folders import create_folder
from tests.factories import make_user, make_workflow, node
from tests.stand_in import Answer, Received, stand_in
from tests.trading.strategy.making import make_session
from trading.strategy.models import Recommendation
from trading.strategy.services.generating import generate_corporation
from trading.strategy.services.matrices import create_matrix

PROBLEM = "application/problem+json"
BACKEND = "orchestrator.accounts.backends.AnyCaseBackend"
NOWHERE = "00000000-0000-7000-8000-000000000000"


def _routes() -> Iterator[tuple[str, str]]:
    generator: Any = SchemaGenerator
    with redirect_stderr(io.StringIO()):
        document = generator().get_schema(request=None, public=True)
    for path, methods in document["paths"].items():
        for method in methods:
            yield method, path


ROUTES = sorted(_routes())
WRITES = [route for route in ROUTES if route[0] in ("post", "put", "patch")]
NESTED = b'{"a":' * 50_000 + b"1" + b"}" * 50_000

BODIES: dict[str, bytes] = {
    "not JSON": b"{",
    "not text": b"\xff\xfe\x00",
    "a word": b'"word"',
    "a number": b"12",
    "a list": b"[1, 2]",
    "null": b"null",
    "NaN": b'{"a": NaN}',
    "huge number": b'{"version": 1e999, "estimated_minutes": 99999999999999999999999999}',
    "nested": NESTED,
    "nested lists": b"[" * 100_000,
    "null bytes": rb'{"name": "a\u0000b", "username": "\u0000", "note": "\u0000", "comment": "\u0000", '
    rb'"reason": "\u0000", "password": "\u0000", "from": "\u0000", "input": {"a\u0000": "\u0000"}, '
    rb'"payload": "\u0000", "description": "\u0000", "nodes": [{"id": "\u0000"}], "first_name": "\u0000", '
    rb'"tags": ["\u0000"], "settings": {"\u0000": 1}, "access": "viewer", "scopes": ["read"]}',
    "half a character": rb'{"name": "\ud800", "comment": "\ud800", "input": "\ud800", "payload": "\ud800", '
    rb'"username": "\ud800", "nodes": [], "reason": "\ud800", "from": "\ud800", "scopes": ["read"]}',
    "wrong types": b'{"name": {"a": 1}, "username": [1], "password": {}, "refresh": [], "nodes": "x", '
    b'"edges": 7, "tags": {"a": 1}, "settings": [1], "note": [1], "comment": {}, "payload": [[]], '
    b'"from": {}, "version": {}, "reason": [], "scopes": "read", "expires_at": 5, "access": [], '
    b'"theme": 4, "time_zone": 9, "email": [], "estimated_minutes": "x", "base_checksum": {}, "input": 1}',
    "odd graph": b'{"name": "x", "nodes": [1, null, [], {"id": 5}, {"id": "a", "type": [], "data": 3}, '
    b'{"id": "b", "type": "map", "data": {"config": {"items": 1, "body": []}}}], '
    b'"edges": [2, {"id": {}, "source": 1, "target": null, "condition": {}}], "scopes": []}',
    "odd settings": b'{"name": "x", "settings": {"timeout_seconds": -1, "max_cost": "NaN", '
    b'"input_schema": {"type": 7, "$ref": "http://127.0.0.1/x"}}, "time_zone": "../../etc/passwd"}',
}


_STEP = b'{"step_type": "situation", "status": "completed", "started_at": "2026-11-22T12:00:00Z"'
_SESSION = (
    b'{"corporation_id": "98000001", "initiator": "x", "status": "active", "current_step": 0, "steps": ['
)
_TIMES = b'"created_at": "2026-11-22T12:00:00Z", "updated_at": "2026-11-22T12:00:00Z", '
BODIES |= {
    "odd session": _SESSION
    + _STEP
    + b', "confidence_score": -1e308, "recommendations": [[]]}, 7, null, {}], "session_log": [{"event": 5}], '
    b'"created_at": "0001-01-01T00:00:00+14:00", "updated_at": 5, "session_id": "x"}',
    "session of ten thousand steps": _SESSION
    + b", ".join([_STEP + b"}"] * 10_000)
    + b"], "
    + _TIMES
    + b'"session_id": "y"}',
    "session of a long event": _SESSION
    + _STEP
    + b"}], "
    + _TIMES
    + b'"session_id": "z", "session_log": [{"event": "'
    + b"x" * 5_000
    + b'"}]}',
    "odd matrix": b'{"title": "x", "corporation": [], "options": [{}], "criteria": {"weight": "NaN"}, '
    b'"scores": [{"option": -1, "criterion": 1e400, "score": "Infinity"}], "name": "", '
    b'"weights": [{"criterion": 0, "weight": "1e99"}], "revision": 99999999999999999999, '
    b'"position": 99999999999999999999}',
    "odd review": b'{"action": "edit", "output": [], "confidence_score": "NaN", "recommendations": [5], '
    b'"remark": 5, "judgement": [], "outcome": {}, "region_id": 1e40, "scopes": [{}], "access": {}}',
}


@pytest.fixture(scope="module")
def exchange() -> Iterator[str]:
    """Where markets are looked for: it is there, and knows none."""

    def answer(request: Received) -> Answer:
        is_list = any(part in request.path for part in ("keyset", "public-search"))
        return Answer(200, b"{}") if is_list else Answer(404, b"{}")

    with stand_in(answer) as server:
        yield server.url


@pytest.fixture
def ids(db: None, drain: Callable[[], None], settings: Settings, exchange: str) -> dict[str, Any]:
    """One workflow with a run that asks for an approval, and the person who owns it all."""
    settings.POLYMARKET_URLS = dict.fromkeys(settings.POLYMARKET_URLS, exchange)
    owner = make_user("owner", role=Role.ADMIN)
    workflow = make_workflow(owner, nodes=[node("ask", "human", {"approvers": ["user:owner"]})])
    client = Client(raise_request_exception=False)
    client.force_login(owner, backend=BACKEND)
    client.post(f"/api/v1/workflows/{workflow.pk}/execute/", {}, content_type="application/json")
    drain()
    key, _ = create_api_key(owner, name="k", scopes=["read"])
    return {
        "client": client,
        "workflows": workflow.pk,
        "executions": Execution.objects.get().pk,
        "approvals": Approval.objects.get().pk,
        "folders": create_folder(owner, name="Folder").pk,
        "templates": WorkflowTemplate.objects.earliest("id").pk,
        "bulk-jobs": start_bulk_job(owner, subject="workflows", action="archive", ids=[workflow.pk]).pk,
        "key_id": key.pk,
        **_strategy(owner),
    }


def _strategy(owner: User) -> dict[str, Any]:
    """A corporation with a session, its matrix and what it recommends."""
    corporation = generate_corporation(owner)
    session = make_session(corporation)
    advice = Recommendation.objects.create(
        step=session.steps.get(position=0), number=1, title="Keep a reserve"
    )
    return {
        "strategy/corporations": corporation.pk,
        "strategy/sessions": session.pk,
        "strategy/recommendations": advice.pk,
        "strategy/matrices": create_matrix(owner, corporation.pk, title="Where to move").pk,
    }


class _Anything(dict[str, Any]):
    """What stands in a path; for parameters without a value of their own, the id of nothing."""

    def __missing__(self, name: str) -> str:
        return NOWHERE


def _url(path: str, ids: dict[str, Any], **other: Any) -> str:
    subject = path.split("/")[3]
    if subject == "strategy":
        subject = f"strategy/{path.split('/')[4]}"
    values = {
        "id": ids.get(subject, NOWHERE),
        "key_id": ids["key_id"],
        "number": 1,
        "other": 1,
        "name": "go",
        "position": 0,
    }
    return path.format_map(_Anything({**values, "provider": "groq", **other}))


def _check(answer: Any, what: str) -> None:
    assert answer.status_code < 500, (what, answer.status_code, answer.content[:300])
    if answer.status_code >= 400:
        assert answer["content-type"] == PROBLEM, (what, answer.status_code, answer["content-type"])
        assert answer.json()["status"] == answer.status_code, what


@pytest.mark.parametrize("route", WRITES, ids=" ".join)
def test_a_body_of_garbage_is_answered_with_a_problem(route: tuple[str, str], ids: dict[str, Any]) -> None:
    method, path = route
    url = _url(path, ids)
    for what, body in BODIES.items():
        answer = getattr(ids["client"], method)(url, body, content_type="application/json")
        _check(answer, f"{method} {url}: {what}")


@pytest.mark.parametrize("route", WRITES, ids=" ".join)
def test_another_content_type_is_answered_with_a_problem(route: tuple[str, str], ids: dict[str, Any]) -> None:
    method, path = route
    url = _url(path, ids)
    for kind in ("text/plain", "multipart/form-data", "application/x-www-form-urlencoded", "nonsense", ""):
        answer = getattr(ids["client"], method)(url, b"a=1&b=2", content_type=kind)
        _check(answer, f"{method} {url} as {kind}")


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_garbage_in_the_query_is_answered_with_a_problem(route: tuple[str, str], ids: dict[str, Any]) -> None:
    method, path = route
    url = _url(path, ids)
    for query in (
        "cursor=garbage&ordering=nonsense&started_after=x&page_size=-1&page_size=x",
        "cursor=cD0y&status=nonsense&workflow=x&mine=perhaps&execution=5&after=-1&seq=1e9",
        "cursor=cD0lMDA%3D&status=%00&search=%00&tag=%00,%00&folder=%00&started_by=%00&trigger=%00",
        "cursor=bz05OTk5OTk5OTk5OTk5OTk5OTk5OTk5&after=99999999999999999999&seq=%C2%B2",
        "search=%27%22%3B--%20%28%29%3A%2A%26%7C%21&ordering=-name,name,pk&started_after=9999-12-31T23:59:59Z",
        "started_before=0001-01-01T00:00:00%2B14:00&started_after=2026-02-30&tag=,,,&page_size=999999999999",
        "cursor=" + "A" * 3000,
        "%FF%FE=%FF&format=html",
    ):
        answer = getattr(ids["client"], method)(f"{url}?{query}", content_type="application/json")
        _check(answer, f"{method} {url}?{query}")


@pytest.mark.parametrize("route", [route for route in ROUTES if "{" in route[1]], ids=" ".join)
def test_garbage_in_the_path_is_answered_with_a_problem(route: tuple[str, str], ids: dict[str, Any]) -> None:
    method, path = route
    for bad in ("nonsense", "%00", "0", "-1", "..%2F..", NOWHERE.upper(), "9" * 30, "ü"):
        answer = getattr(ids["client"], method)(
            re.sub(r"\{\w+\}", bad, path), content_type="application/json"
        )
        _check(answer, f"{method} {path} with {bad}")


@pytest.mark.parametrize("number", ["2147483648", "9" * 30])
def test_a_version_number_beyond_the_column_is_not_found(ids: dict[str, Any], number: str) -> None:
    for path in ("versions/{}/", "versions/1/diff/{}/"):
        url = f"/api/v1/workflows/{ids['workflows']}/{path.format(number)}"
        assert ids["client"].get(url).status_code == 404


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer x", "Bearer a.b.c", "Api-Key", "Api-Key \x00", "Api-Key ü", "Basic eDp5", "x" * 4000],
)
def test_a_garbage_authorization_header_is_a_401(db: None, header: str) -> None:
    client = Client(raise_request_exception=False)
    answer = client.get("/api/v1/me/", headers={"authorization": header})
    assert (answer.status_code, answer["content-type"]) == (401, PROBLEM)


def test_a_garbage_idempotency_key_is_answered_with_a_problem(ids: dict[str, Any]) -> None:
    url = f"/api/v1/workflows/{ids['workflows']}/execute/"
    for key in ("", "x" * 201, "\x00", "ü\x7f", " "):
        answer = ids["client"].post(
            url, {}, content_type="application/json", headers={"idempotency-key": key}
        )
        _check(answer, f"Idempotency-Key {key!r}")


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_a_method_that_does_not_exist_is_answered_with_a_problem(
    route: tuple[str, str], ids: dict[str, Any]
) -> None:
    url = _url(route[1], ids)
    for method in ("TRACE", "PROPFIND", "NONSENSE"):
        answer = ids["client"].generic(method, url)
        _check(answer, f"{method} {url}")
        assert answer.status_code == 405


def test_an_unknown_address_below_the_api_is_a_problem_too(db: None) -> None:
    answer = Client(raise_request_exception=False).get("/api/v1/nothing/")
    assert (answer.status_code, answer["content-type"]) == (404, PROBLEM)
