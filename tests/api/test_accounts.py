"""Logging in, tokens, API keys and the profile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from orchestrator.accounts.models import ApiKey, AuditRecord, TokenFamily, User
from orchestrator.core.clock import utc_now
from tests.api.conftest import ClientFor
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    user = make_user("ann", email="ann@example.test")
    user.set_password(PASSWORD)
    user.save()
    return user


def log_in(client: APIClient, username: str = "ann", password: str = PASSWORD) -> Any:
    return client.post("/api/v1/auth/token/", {"username": username, "password": password})


def bearer(access: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client


@pytest.mark.parametrize("name", ["ann", "ANN", "Ann@Example.test"])
def test_one_logs_in_with_user_name_or_address_in_any_case(ann: User, name: str) -> None:
    answer = log_in(APIClient(), name)
    assert answer.status_code == 200
    me = bearer(answer.json()["access"]).get("/api/v1/me/").json()
    assert (me["username"], me["id"]) == ("ann", str(ann.pk))


def test_a_wrong_password_an_unknown_name_and_an_inactive_account_sound_the_same(ann: User) -> None:
    gone = make_user("gone", is_active=False)
    gone.set_password(PASSWORD)
    gone.save()
    answers = [
        log_in(APIClient(), "ann", "wrong"),
        log_in(APIClient(), "nobody"),
        log_in(APIClient(), "gone"),
    ]
    assert {(answer.status_code, answer.json()["detail"]) for answer in answers} == {
        (401, "The user name or the password is wrong.")
    }


def test_errors_are_problem_details(ann: User) -> None:
    answer = log_in(APIClient(), "ann", "wrong")
    assert answer["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 401
    assert answer.json()["type"].startswith("urn:orchestrator:problem:")


def test_a_refresh_token_is_good_once(ann: User) -> None:
    first = log_in(APIClient()).json()
    second = APIClient().post("/api/v1/auth/token/refresh/", {"refresh": first["refresh"]})
    assert second.status_code == 200
    assert bearer(second.json()["access"]).get("/api/v1/me/").status_code == 200


def test_a_spent_refresh_token_revokes_its_whole_family(ann: User) -> None:
    client = APIClient()
    first = log_in(client).json()
    second = client.post("/api/v1/auth/token/refresh/", {"refresh": first["refresh"]}).json()
    stolen = client.post("/api/v1/auth/token/refresh/", {"refresh": first["refresh"]})
    assert (stolen.status_code, stolen.json()["code"]) == (401, "token_not_valid")
    honest = client.post("/api/v1/auth/token/refresh/", {"refresh": second["refresh"]})
    assert honest.status_code == 401
    assert TokenFamily.objects.get().revoked_reason == "a spent refresh token came back"


def test_other_log_ins_of_the_person_stay_when_one_family_is_revoked(ann: User) -> None:
    client = APIClient()
    first, other = log_in(client).json(), log_in(client).json()
    for _ in range(2):
        client.post("/api/v1/auth/token/refresh/", {"refresh": first["refresh"]})
    assert client.post("/api/v1/auth/token/refresh/", {"refresh": other["refresh"]}).status_code == 200


def test_logging_out_ends_the_log_in(ann: User) -> None:
    client = APIClient()
    pair = log_in(client).json()
    assert client.post("/api/v1/auth/logout/", {"refresh": pair["refresh"]}).status_code == 204
    assert client.post("/api/v1/auth/token/refresh/", {"refresh": pair["refresh"]}).status_code == 401


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c"])
def test_a_token_that_is_none_is_refused(ann: User, token: str) -> None:
    assert APIClient().post("/api/v1/auth/token/refresh/", {"refresh": token}).status_code in (400, 401)
    refused = bearer(token).get("/api/v1/me/")
    assert refused.status_code == 401
    assert "{" not in refused.json()["detail"]


def test_an_expired_access_token_is_refused(ann: User) -> None:
    access = log_in(APIClient()).json()["access"]
    with time_machine.travel(utc_now() + timedelta(days=1)):
        assert bearer(access).get("/api/v1/me/").status_code == 401


def test_a_key_is_shown_once_and_only_its_hash_is_stored(ann: User, client_for: ClientFor) -> None:
    client = client_for(ann)
    made = client.post("/api/v1/me/api-keys/", {"name": "ci", "scopes": ["read"]})
    assert made.status_code == 201
    secret = made.json()["key"]
    assert secret not in str(client.get("/api/v1/me/api-keys/").json())
    row = ApiKey.objects.get()
    assert secret not in str(row.__dict__)
    assert secret.startswith(row.prefix)
    assert secret not in str(list(AuditRecord.objects.values()))


def key_client(user: User, client_for: ClientFor, **fields: Any) -> tuple[APIClient, str]:
    body = {"name": "k", "scopes": ["read"], **fields}
    made = client_for(user).post("/api/v1/me/api-keys/", body).json()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {made['key']}")
    return client, made["id"]


def test_a_key_opens_what_its_scopes_allow(ann: User, client_for: ClientFor) -> None:
    client, _ = key_client(ann, client_for)
    assert client.get("/api/v1/workflows/").status_code == 200
    refused = client.post("/api/v1/workflows/", {"name": "x"})
    assert (refused.status_code, refused.json()["detail"]) == (403, 'This API key lacks the scope "write".')


def test_a_key_makes_and_revokes_no_keys(ann: User, client_for: ClientFor) -> None:
    client, key_id = key_client(ann, client_for, scopes=["read", "write"])
    wider = client.post("/api/v1/me/api-keys/", {"name": "wider", "scopes": ["run", "approve", "write"]})
    assert (wider.status_code, ApiKey.objects.count()) == (403, 1)
    assert "Log in" in wider.json()["detail"]
    assert client.delete(f"/api/v1/me/api-keys/{key_id}/").status_code == 403
    assert client.get("/api/v1/me/api-keys/").status_code == 200


def test_a_key_s_use_is_noted(ann: User, client_for: ClientFor) -> None:
    client, key_id = key_client(ann, client_for)
    assert ApiKey.objects.get(pk=key_id).last_used_at is None
    client.get("/api/v1/me/")
    assert ApiKey.objects.get(pk=key_id).last_used_at is not None


def test_a_revoked_an_expired_and_an_unknown_key_open_nothing(ann: User, client_for: ClientFor) -> None:
    revoked, revoked_id = key_client(ann, client_for)
    client_for(ann).delete(f"/api/v1/me/api-keys/{revoked_id}/")
    expired, _ = key_client(ann, client_for, expires_at=(utc_now() + timedelta(hours=1)).isoformat())
    unknown = APIClient()
    unknown.credentials(HTTP_AUTHORIZATION="Api-Key orc_nothing")

    assert revoked.get("/api/v1/me/").status_code == 401
    assert unknown.get("/api/v1/me/").status_code == 401
    assert expired.get("/api/v1/me/").status_code == 200
    with time_machine.travel(utc_now() + timedelta(hours=2)):
        assert expired.get("/api/v1/me/").status_code == 401


def test_nobody_sees_or_revokes_the_keys_of_others(ann: User, client_for: ClientFor) -> None:
    _, key_id = key_client(ann, client_for)
    other = client_for(make_user())
    assert other.get("/api/v1/me/api-keys/").json()["results"] == []
    assert other.delete(f"/api/v1/me/api-keys/{key_id}/").status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [("scopes", ["all"]), ("scopes", []), ("name", ""), ("expires_at", "2020-01-01T00:00:00Z")],
)
def test_a_key_that_makes_no_sense_is_refused_with_the_field(
    ann: User, client_for: ClientFor, field: str, value: Any
) -> None:
    answer = client_for(ann).post("/api/v1/me/api-keys/", {"name": "k", "scopes": ["read"], field: value})
    assert answer.status_code == 400
    assert any(key.startswith(field) for key in answer.json()["errors"])


def test_one_changes_one_s_preferences_and_not_one_s_role(ann: User, client_for: ClientFor) -> None:
    client = client_for(ann)
    answer = client.patch(
        "/api/v1/me/", {"theme": "dark", "time_zone": "Europe/Paris", "notify_email": False, "role": "admin"}
    )
    assert answer.status_code == 200
    ann.refresh_from_db()
    assert (ann.theme, ann.time_zone, ann.notify_email, ann.role) == ("dark", "Europe/Paris", False, "user")


@pytest.mark.parametrize(
    ("field", "value"),
    [("time_zone", "Mars/Olympus"), ("theme", "pink"), ("email", "nobody"), ("email", "BEN@example.test")],
)
def test_a_preference_that_makes_no_sense_is_refused_with_the_field(
    ann: User, client_for: ClientFor, field: str, value: str
) -> None:
    make_user("ben", email="ben@example.test")
    answer = client_for(ann).patch("/api/v1/me/", {field: value})
    assert answer.status_code == 400, answer.json()
    assert field in str(answer.json()["errors"])
