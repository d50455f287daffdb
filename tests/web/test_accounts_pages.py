"""Logging in and out, the settings page, API keys and the theme."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from pytest_django.fixtures import Settings

from orchestrator.accounts.models import ApiKey, AuditRecord
from orchestrator.accounts.services.keys import create_api_key
from orchestrator.accounts.services.people import DEMO_PASSWORD, ensure_demo_people
from tests.factories import PASSWORD, make_user
from tests.web.conftest import Visit

pytestmark = pytest.mark.django_db
XSS = "<script>alert(1)</script>"


def test_logging_in_takes_name_or_mail_in_any_case_and_leads_where_one_wanted_to_go(client: Client) -> None:
    user = make_user("Kim", email="kim@example.test")
    user.set_password(PASSWORD)
    user.save()
    for name in ("kim", "KIM@example.test"):
        client.logout()
        answer = client.post("/login/?next=/settings/", {"username": name, "password": PASSWORD})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/settings/")


def test_a_log_in_does_not_lead_to_other_sites(client: Client) -> None:
    user = make_user("kim")
    user.set_password(PASSWORD)
    user.save()
    form = {"username": "kim", "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post("/login/", form).headers["Location"] == "/"


def test_a_wrong_password_is_told_and_the_name_is_kept_and_escaped(client: Client) -> None:
    answer = client.post("/login/", {"username": XSS, "password": "wrong"})
    page = answer.content.decode()
    assert "The user name or the password is wrong." in page
    assert XSS not in page
    assert "&lt;script&gt;" in page


def test_demo_people_are_offered_only_where_the_demo_may_be_and_is(
    client: Client, settings: Settings
) -> None:
    settings.DEMO_ALLOWED = True
    assert DEMO_PASSWORD not in client.get("/login/").content.decode()
    ensure_demo_people()
    assert DEMO_PASSWORD in client.get("/login/").content.decode()
    settings.DEMO_ALLOWED = False
    assert DEMO_PASSWORD not in client.get("/login/").content.decode()


def test_logging_out_is_a_post(visit: Visit) -> None:
    client = visit(make_user())
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").headers["Location"] == "/login/"
    assert client.get("/settings/").status_code == 302


def test_profile_and_preferences_are_saved_apart(visit: Visit) -> None:
    user = make_user("kim", first_name="Kim")
    client = visit(user)
    client.post("/settings/", {"part": "preferences", "theme": "dark", "time_zone": "Europe/Paris"})
    user.refresh_from_db()
    assert (user.first_name, user.theme, user.time_zone) == ("Kim", "dark", "Europe/Paris")
    client.post("/settings/", {"part": "profile", "first_name": "Kimberly", "email": "new@example.test"})
    user.refresh_from_db()
    assert (user.first_name, user.email, user.theme) == ("Kimberly", "new@example.test", "dark")
    client.post("/settings/notifications/", {"notify_push": "on"})
    user.refresh_from_db()
    assert (user.notify_email, user.notify_push, user.theme) == (False, True, "dark")
    assert AuditRecord.objects.filter(action="profile.changed").count() == 3


def test_a_taken_address_is_told_beside_what_was_typed(visit: Visit) -> None:
    make_user("ann", email="ann@example.test")
    user = make_user("kim")
    form = {"part": "profile", "first_name": "Typed", "email": "ANN@example.test"}
    answer = visit(user).post("/settings/", form)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="Typed"' in page
    assert 'value="ANN@example.test"' in page
    assert "already" in page or "exists" in page or "violated" in page
    user.refresh_from_db()
    assert user.first_name == ""


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd"])
def test_a_time_zone_nobody_knows_is_refused(visit: Visit, zone: str) -> None:
    user = make_user()
    answer = visit(user).post("/settings/", {"part": "preferences", "theme": "dark", "time_zone": zone})
    assert answer.status_code == 400
    user.refresh_from_db()
    assert (user.time_zone, user.theme) == ("UTC", "system")


def test_a_key_is_shown_once(visit: Visit) -> None:
    user = make_user()
    client = visit(user)
    form = {"name": XSS, "scopes": ["read", "run"], "lifetime": "30"}
    page = client.post("/settings/api-keys/", form).content.decode()
    key = ApiKey.objects.get()
    assert page.count(key.prefix) >= 2
    assert XSS not in page
    assert key.expires_at is not None
    secret = page.split('id="secret"')[1].split(">")[1].split("<")[0]
    assert secret.startswith("orc_")
    again = client.get("/settings/api-keys/").content.decode()
    assert secret not in again
    assert key.prefix in again


def test_a_key_without_scopes_is_refused_and_its_name_kept(visit: Visit) -> None:
    answer = visit(make_user()).post("/settings/api-keys/", {"name": "nightly", "lifetime": "30"})
    assert answer.status_code == 400
    assert 'value="nightly"' in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_only_ones_own_keys_can_be_revoked(visit: Visit) -> None:
    owner = make_user()
    key, _ = create_api_key(owner, name="k", scopes=["read"])
    url = f"/settings/api-keys/{key.pk}/revoke/"
    assert visit(make_user()).post(url).status_code == 404
    answer = visit(owner).post(url)
    assert answer.status_code == 302
    assert [str(each) for each in get_messages(answer.wsgi_request)] == ["“k” no longer works."]
    key.refresh_from_db()
    assert not key.is_active


def test_the_theme_is_stored_and_stands_on_the_next_page(visit: Visit) -> None:
    client = visit(make_user())
    assert "data-theme=" not in client.get("/settings/").content.decode().split(">", 2)[1]
    answer = client.post("/settings/theme/", {"theme": "dark"}, HTTP_X_REQUESTED_WITH="fetch")
    assert answer.status_code == 204
    assert 'data-theme="dark"' in client.get("/settings/").content.decode()
    back = client.post(
        "/settings/theme/", {"theme": "light"}, HTTP_REFERER="http://testserver/workflows/?a=1"
    )
    assert back.headers["Location"] == "http://testserver/workflows/?a=1"
    away = client.post("/settings/theme/", {"theme": "light"}, HTTP_REFERER="https://evil.example/")
    assert away.headers["Location"] == "/"
    assert client.post("/settings/theme/", {"theme": "pink"}).status_code == 400
