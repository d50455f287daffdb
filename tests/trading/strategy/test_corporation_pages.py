"""Pages and API of corporations: added by number, shown with ages, refreshed, lent, let go of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from orchestrator.accounts.models import User
from orchestrator.celery import app
from orchestrator.core.clock import utc_now
from tests.factories import make_user
from tests.trading.eve.stand_in import answer, fault
from tests.trading.strategy.scene import INFO, Scene, eve
from trading.strategy.domain.vocabulary import Access
from trading.strategy.models import Corporation, CorporationMember, Snapshot
from trading.strategy.services import refreshing
from trading.strategy.services.corporations import lend_corporation
from trading.strategy.services.fetching import Found
from trading.strategy.services.generating import generate_corporation
from trading.strategy.services.snapshots import store_snapshot

pytestmark = pytest.mark.django_db
BACKEND = "orchestrator.accounts.backends.AnyCaseBackend"


@pytest.fixture
def scene() -> Iterator[Scene]:
    with eve() as made:
        yield made


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def page(corporation: Corporation, name: str = "corporation", **more: Any) -> str:
    return reverse(f"strategy:{name}", kwargs={"pk": corporation.pk, **more})


def test_a_corporation_is_added_with_what_eve_calls_it(scene: Scene) -> None:
    bob = make_user("bob")
    client = browser(bob)

    answered = client.post(reverse("strategy:new-corporation"), {"corporation_id": " 98000001 "}, follow=True)

    made = Corporation.objects.get(owner=bob)
    assert (made.name, made.ticker) == ("Generated Industries", "GNRTD")
    assert "42 members" in answered.content.decode(), "known at once"
    again = client.post(reverse("strategy:new-corporation"), {"corporation_id": "98000001"})
    assert (again.status_code, "already" in again.content.decode()) == (409, True)


@pytest.mark.parametrize(
    ("number", "status", "says"),
    [
        ("Goonswarm", 400, "is a number"),
        ("-5", 400, "is a number"),
        ("98000009", 400, "EVE knows no corporation by the number 98000009"),
    ],
)
def test_a_number_that_is_none_is_told_beside_the_field(
    scene: Scene, number: str, status: int, says: str
) -> None:
    answered = browser(make_user("bob")).post(reverse("strategy:new-corporation"), {"corporation_id": number})

    assert (answered.status_code, says in answered.content.decode()) == (status, True)
    told = browser(make_user("cid")).post(
        reverse("api:corporations"), {"corporation_id": number}, content_type="application/json"
    )
    assert (told.status_code, list(told.json()["errors"])) == (400, ["corporation_id"])


def test_an_outage_of_esi_is_said_plainly_and_adds_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trading.eve.http.time.sleep", lambda seconds: None)
    scene.esi.replies[INFO] = fault(503)
    bob = make_user("bob")

    answered = browser(bob).post(reverse("strategy:new-corporation"), {"corporation_id": "98000001"})

    assert answered.status_code == 503
    assert "ESI has a problem of its own" in answered.content.decode()
    assert not Corporation.objects.filter(owner=bob).exists()


def test_what_is_known_stands_with_its_age_and_its_source(scene: Scene) -> None:
    old = utc_now() - timedelta(hours=4)
    store_snapshot(scene.corporation, "members", Found({"count": 1_234}, old, old))

    shown = browser(scene.owner).get(page(scene.corporation)).content.decode()

    assert "1,234 members" in shown
    assert ">4 h old</time>" in shown
    assert "EVE may know something newer" in shown
    assert "it takes a character that agrees" in shown
    data = browser(scene.owner).get(page(scene.corporation, "corporation-data", kind="members"))
    assert "1234" in data.content.decode()
    nothing = browser(scene.owner).get(page(scene.corporation, "corporation-data", kind="secrets"))
    assert nothing.status_code == 404


def test_a_refresh_is_asked_for_once_and_followed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(app, "send_task", lambda name, **more: sent.append(name))
    client = browser(scene.owner)

    for _ in range(2):
        assert client.post(page(scene.corporation, "refresh-corporation")).status_code == 302

    assert sent == [refreshing.TASK]
    part = client.get(page(scene.corporation, "refresh-progress"))
    assert "0 of 6 kinds" in part.content.decode()
    assert "HX-Refresh" not in part.headers
    scene.esi.replies["/markets/prices"] = answer([])
    monkeypatch.setattr("trading.eve.http.time.sleep", lambda seconds: None)
    refreshing.refresh_corporation(scene.corporation.pk)
    part = client.get(page(scene.corporation, "refresh-progress"))
    assert part.headers["HX-Refresh"] == "true"
    shown = client.get(page(scene.corporation)).content.decode()
    assert "EVE knows no market in the region" in shown
    told = client.get(reverse("api:corporation-refresh", args=[scene.corporation.pk])).json()
    assert (told["is_running"], told["done"], "market" in told["faults"]) == (False, 6, True)


def test_a_generated_corporation_is_labelled_and_stays_as_it_is(scene: Scene) -> None:
    bob = make_user("bob")
    made = generate_corporation(bob)
    client = browser(bob)

    shown = client.get(page(made)).content.decode()

    assert "generated: nobody plays it" in shown
    assert page(made, "refresh-corporation") not in shown
    assert client.post(page(made, "refresh-corporation")).status_code == 409
    assert client.get(page(made, "connect-character")).status_code == 409
    told = client.get(reverse("api:corporation-data", args=[made.pk])).json()
    assert {each["source"] for each in told} == {"generated"}
    wallets = client.get(reverse("api:corporation-kind", args=[made.pk, "wallets"])).json()
    assert wallets["facts"][0]["text"].endswith("ISK in all wallets together")
    assert isinstance(wallets["data"]["divisions"][0]["balance"], str)


def test_it_is_lent_and_given_back(scene: Scene) -> None:
    vic = make_user("vic")
    client = browser(scene.owner)
    bad = client.post(page(scene.corporation, "lend-corporation"), {"username": "nobody", "access": "reader"})
    assert (bad.status_code, "nobody by the name" in bad.content.decode()) == (400, True)

    client.post(page(scene.corporation, "lend-corporation"), {"username": "VIC", "access": "reader"})

    lent = browser(vic)
    shown = lent.get(page(scene.corporation)).content.decode()
    assert "lent by" in shown
    assert "Give back" in shown
    assert "Characters" not in shown, "whose characters they are is the owner's to know"
    assert scene.corporation.name in lent.get(reverse("strategy:corporations")).content.decode()
    lent.post(page(scene.corporation, "take-back-corporation"), {"username": "vic"})
    assert lent.get(page(scene.corporation)).status_code == 404
    assert not CorporationMember.objects.exists()


def test_a_corporation_with_characters_is_let_go_of_after_them(scene: Scene) -> None:
    character = scene.connect()
    client = browser(scene.owner)

    refused = client.post(page(scene.corporation, "delete-corporation"))
    assert (refused.status_code, Corporation.objects.count()) == (409, 1)
    character.delete()
    assert client.post(page(scene.corporation, "delete-corporation")).status_code == 302

    assert not Corporation.objects.exists()
    assert not Snapshot.objects.exists()


def test_the_market_of_another_region_is_chosen(scene: Scene) -> None:
    client = browser(scene.owner)
    url = reverse("api:corporation", args=[scene.corporation.pk])

    good = client.patch(url, {"region_id": 10_000_043}, content_type="application/json")
    bad = client.patch(url, {"region_id": 5}, content_type="application/json")

    assert (good.status_code, good.json()["region_id"]) == (200, 10_000_043)
    assert (bad.status_code, list(bad.json()["errors"])) == (400, ["region_id"])


def test_an_editor_refreshes_and_a_reader_does_not(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "send_task", lambda name, **more: None)
    for name, access, status in (("reader", Access.READER, 403), ("editor", Access.EDITOR, 202)):
        person = make_user(name)
        lend_corporation(scene.owner, scene.corporation.pk, username=name, access=access)
        url = reverse("api:corporation-refresh", args=[scene.corporation.pk])
        assert browser(person).post(url).status_code == status
