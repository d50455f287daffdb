"""The API of strategy sessions: in the document's shape, changed by clear rules, each fault at its place."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from orchestrator.accounts.models import AuditRecord, Role, User
from tests.factories import make_user
from tests.trading.strategy.domain.test_documents import VALIDATOR, make_document
from tests.trading.strategy.making import make_corporation, make_session
from tests.workspaces.test_pages import client_of
from trading.strategy.domain.documents import snake
from trading.strategy.domain.vocabulary import Access
from trading.strategy.models import Corporation, StrategicSession
from trading.strategy.services.corporations import lend_corporation

pytestmark = pytest.mark.django_db
JSON = "application/json"
SESSIONS = "/api/v1/strategy/sessions/"
FIELDS = {
    "corporation_id", "session_id", "initiator", "status", "created_at", "updated_at", "steps",
    "current_step", "session_log",
}  # fmt: skip


@pytest.fixture
def owner() -> User:
    return make_user("owner")


@pytest.fixture
def corporation(owner: User) -> Corporation:
    return make_corporation(owner)


def of(session: StrategicSession) -> str:
    return f"{SESSIONS}{session.pk}/"


def patched(client: Client, session: StrategicSession, body: Any) -> Any:
    return client.patch(of(session), body, content_type=JSON)


def test_a_session_is_told_in_exactly_the_documents_shape_in_both_spellings(
    owner: User, corporation: Corporation
) -> None:
    session, client = make_session(corporation), client_of(owner)

    told = client.get(of(session)).json()
    camel = client.get(f"{of(session)}?case=camel").json()

    assert set(told) == FIELDS
    VALIDATOR.validate(camel)
    assert snake(camel) == told
    refused = client.get(f"{of(session)}?case=kebab")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["case"])


@pytest.mark.parametrize("case", ["snake", "camel"])
def test_what_is_told_imports_again_to_the_same(owner: User, corporation: Corporation, case: str) -> None:
    session = make_session(corporation)
    told = client_of(owner).get(f"{of(session)}?case={case}").json()
    other = make_user("other")
    make_corporation(other)
    client = client_of(other)

    made = client.post(f"{SESSIONS}?case={case}", told, content_type=JSON)
    again = client.post(f"{SESSIONS}?case={case}", told, content_type=JSON)

    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json() == again.json() == told
    assert client.get(f"{made['Location']}?case={case}").json() == told


def test_a_list_is_narrowed_searched_and_ordered(owner: User, corporation: Corporation) -> None:
    client = client_of(owner)
    first = make_session(corporation, initiator="agent:planner")
    second = make_session(corporation, status="paused")
    patched(client, second, {"title": "Autumn war"})
    other = make_session(make_corporation(owner, eve_id=98_000_002), status="archived")

    def found(query: str) -> list[str]:
        return [each["id"] for each in client.get(f"{SESSIONS}?{query}").json()["results"]]

    assert found("") == [str(each.pk) for each in (other, second, first)]
    assert found("ordering=created_at") == [str(each.pk) for each in (first, second, other)]
    assert found("ordering=title")[0] == str(second.pk)
    assert found("status=paused") == found("search=WAR") == [str(second.pk)]
    assert found("corporation=98000002") == found(f"corporation={other.corporation_id}") == [str(other.pk)]
    assert found("initiator=Agent:Planner") == [str(first.pk)]
    assert not found("corporation=98000009")
    row = client.get(f"{SESSIONS}?status=paused").json()["results"][0]
    assert (row["steps"], row["completed_steps"], row["corporation_id"]) == (2, 1, "98000001")
    for wrong in ("status=gone", "ordering=colour"):
        assert client.get(f"{SESSIONS}?{wrong}").status_code == 400


def test_a_list_is_spelled_as_asked_for_and_keeps_its_cursor(owner: User, corporation: Corporation) -> None:
    client = client_of(owner)
    for _ in range(2):
        make_session(corporation)

    page = client.get(f"{SESSIONS}?case=camel&page_size=1").json()

    assert {"sessionId", "corporationId", "currentStep", "completedSteps"} <= set(page["results"][0])
    assert "sessionId" in client.get(page["next"]).json()["results"][0]
    assert client.get(f"{SESSIONS}?case=kebab").status_code == 400


def test_a_list_by_cursor_gives_each_once_in_any_order(owner: User, corporation: Corporation) -> None:
    client = client_of(owner)
    made = {str(make_session(corporation).pk) for _ in range(5)}
    for ordering in ("-created_at", "updated_at", "title"):
        seen: list[str] = []
        url: str | None = f"{SESSIONS}?page_size=2&ordering={ordering}"
        while url:
            page = client.get(url).json()
            seen += [each["id"] for each in page["results"]]
            url = page["next"]
        assert (len(seen), set(seen)) == (5, made), ordering


def test_title_objective_status_and_current_step_are_changed_and_logged(
    owner: User, corporation: Corporation
) -> None:
    session, client = make_session(corporation), client_of(owner)

    told = patched(client, session, {"title": " War ", "status": "paused", "current_step": 0})

    assert (told.status_code, told.json()["status"], told.json()["current_step"]) == (200, "paused", 0)
    assert told.json()["session_log"][-1]["details"] == {"changed": ["current_step", "status", "title"]}
    session.refresh_from_db()
    assert (session.title, session.last_seq) == ("War", 1)
    assert AuditRecord.objects.get(action="strategic_session.changed").after["status"] == "paused"
    patched(client, session, {"title": "War"})
    session.refresh_from_db()
    assert session.last_seq == 1, "what changes nothing is no event"


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"current_step": 2}, "current_step", "between 0 and 1"),
        ({"current_step": "x"}, "current_step", "integer"),
        ({"status": "deleted"}, "status", "not one of"),
        ({"title": ""}, "title", "has a title"),
        ({"title": 5}, "title", "text"),
        ({"objective": "x" * 10_001}, "objective", "10,000"),
        ({"corporation_id": "98000002"}, "corporation_id", "98000001"),
        ({"session_id": "other"}, "session_id", "stays"),
        ({"initiator": "somebody"}, "initiator", "stays"),
        ({"colour": 1}, "colour", "no such field"),
        ({"steps": [{"step_type": 5}]}, "steps.0.step_type", "string"),
    ],
)
def test_what_cannot_be_is_told_at_its_place(
    owner: User, corporation: Corporation, body: dict[str, Any], field: str, words: str
) -> None:
    session = make_session(corporation)
    before = client_of(owner).get(of(session)).json()

    refused = patched(client_of(owner), session, body)

    assert refused.status_code == 400
    assert words in " ".join(refused.json()["errors"][field])
    assert client_of(owner).get(of(session)).json() == before


@pytest.mark.parametrize("confidence", [-0.1, 1.5, 90])
def test_a_confidence_outside_0_and_1_is_refused(
    owner: User, corporation: Corporation, confidence: float
) -> None:
    session, client = make_session(corporation), client_of(owner)
    steps = client.get(of(session)).json()["steps"]
    steps[0]["confidence_score"] = confidence

    refused = patched(client, session, {"steps": steps})

    errors = refused.json()["errors"]
    assert (refused.status_code, list(errors)) == (400, ["steps.0.confidence_score"])
    steps[0]["confidence_score"] = 0.25
    assert patched(client, session, {"steps": steps}).json()["steps"] == steps


def test_a_whole_document_is_put_in_its_place(owner: User, corporation: Corporation) -> None:
    session, client = make_session(corporation), client_of(owner)
    kept = session.steps.get(position=0).pk
    told = client.get(of(session)).json()
    told["steps"][1] |= {"status": "completed", "output": {"camelKey": 1}, "recommendations": [{"a": 1}]}
    told["steps"].append({"step_type": "plan", "status": "pending", "started_at": "2026-11-22T12:00:00Z"})

    put = client.put(of(session), told, content_type=JSON).json()

    assert [each["step_type"] for each in put["steps"]] == ["situation", "my_own", "plan"]
    assert put["steps"][1]["output"] == {"camelKey": 1}
    assert session.steps.get(position=0).pk == kept, "a step that says the same stays"
    del told["status"]
    refused = client.put(of(session), told, content_type=JSON)
    assert (refused.status_code, "status" in str(refused.json()["errors"])) == (400, True)


@pytest.mark.parametrize("target", ["active", "paused", "completed"])
def test_an_archived_session_moves_nowhere(owner: User, corporation: Corporation, target: str) -> None:
    session = make_session(corporation, status="archived")

    refused = patched(client_of(owner), session, {"status": target})

    assert (refused.status_code, "archived" in refused.json()["detail"]) == (409, True)
    assert patched(client_of(owner), session, {"title": "Else"}).status_code == 409
    assert patched(client_of(owner), session, {"status": "archived"}).status_code == 200


def test_a_move_that_there_is_not_is_told(owner: User, corporation: Corporation) -> None:
    session = make_session(corporation, status="completed")

    refused = patched(client_of(owner), session, {"status": "active"})

    assert refused.status_code == 409
    assert refused.json()["detail"] == "A session that is completed cannot become active."


@pytest.mark.parametrize("number", ["Goonswarm", "98000009", "-1", ""])
def test_a_corporation_that_is_no_number_or_unknown_is_told(
    owner: User, corporation: Corporation, number: str
) -> None:
    document = make_document(corporationId=number)
    for body, field in ((document, "corporationId"), (snake(document), "corporation_id")):
        refused = client_of(owner).post(SESSIONS, body, content_type=JSON)
        assert refused.status_code == 400
        assert {each.lower().replace("_", "") for each in refused.json()["errors"]} == {"corporationid"}
        assert field in refused.json()["errors"] or number == "98000009"


def test_strangers_and_administrators_find_nothing_and_readers_change_nothing(
    owner: User, corporation: Corporation
) -> None:
    session = make_session(corporation)
    reader = make_user("reader")
    lend_corporation(owner, corporation.pk, username="reader", access=Access.READER)
    for person in (make_user("stranger"), make_user("ada", role=Role.ADMIN)):
        client = client_of(person)
        assert client.get(of(session)).status_code == patched(client, session, {}).status_code == 404
        assert not client.get(SESSIONS).json()["results"]
    assert client_of(reader).get(of(session)).status_code == 200
    assert patched(client_of(reader), session, {"title": "Mine"}).status_code == 403
